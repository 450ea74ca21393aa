package dev.allowflux.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyMatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Created policies find their requests in any order, with any fields absent. */
class CreatePairsTest {

  private static final int LARGEST_BATCH = 1_000;

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static NewAllowPolicy request(String pattern, boolean trusted, String comments) {
    return request(pattern, false, trusted, comments);
  }

  private static NewAllowPolicy request(
      String pattern, boolean regex, boolean trusted, String comments) {
    return NewAllowPolicy.builder()
        .pattern(pattern)
        .patternType(PatternType.DOMAIN)
        .isRegex(regex)
        .isTrustedSender(trusted)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true)
        .comments(comments)
        .build();
  }

  /** The policy that a service creates for a request, with all that was sent. */
  private static AllowPolicy.Builder created(int id, NewAllowPolicy of) {
    return AllowPolicy.builder()
        .id(new PolicyId("id" + id))
        .createdAt(Instant.EPOCH)
        .pattern(of.pattern())
        .patternTypeName(of.patternType().name())
        .isRegex(of.isRegex())
        .isTrustedSender(of.isTrustedSender())
        .isAcceptableSender(of.isAcceptableSender())
        .isExemptRecipient(of.isExemptRecipient())
        .verifySender(of.verifySender())
        .comments(of.comments());
  }

  /** How many requests were paired; each pair matches, and no policy is in two of them. */
  private int paired(List<NewAllowPolicy> requests, List<AllowPolicy> found) {
    List<AllowPolicy> pairs = CreatePairs.of(requests, found);
    assertThat(pairs).hasSameSizeAs(requests);
    List<PolicyId> used = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      AllowPolicy policy = pairs.get(i);
      if (policy != null) {
        assertThat(PolicyMatch.of(requests.get(i), policy).isSame()).as("seed " + seed).isTrue();
        used.add(policy.id());
      }
    }
    assertThat(used).as("seed " + seed).doesNotHaveDuplicates();
    return used.size();
  }

  /** The most pairs that there are, found by trying them all. */
  private static int most(List<NewAllowPolicy> requests, List<AllowPolicy> found, int from) {
    if (from == requests.size()) {
      return 0;
    }
    int best = most(requests, found, from + 1);
    for (int i = 0; i < found.size(); i++) {
      AllowPolicy policy = found.get(i);
      if (PolicyMatch.of(requests.get(from), policy).isSame()) {
        List<AllowPolicy> rest = new ArrayList<>(found);
        rest.remove(i);
        best = Math.max(best, 1 + most(requests, rest, from + 1));
      }
    }
    return best;
  }

  /** Changes spelling and leaves fields out, as a service may. */
  private AllowPolicy respelt(AllowPolicy.Builder policy, NewAllowPolicy of) {
    if (random.nextInt(3) == 0) {
      policy.pattern(of.pattern().toLowerCase(Locale.ROOT));
    }
    if (random.nextInt(4) == 0) {
      policy.pattern(null);
    }
    if (random.nextInt(4) == 0) {
      policy.isTrustedSender(null);
    }
    if (random.nextInt(4) == 0) {
      policy.comments(null);
    }
    if (random.nextInt(6) == 0) {
      policy.isRegex(null);
    }
    if (random.nextInt(6) == 0) {
      policy.patternTypeName(null);
    }
    if (random.nextInt(8) == 0) {
      policy.verifySender(null);
    }
    return policy.build();
  }

  @Test
  void asManyArePairedAsCanBeWhateverIsAbsent() {
    int imperfect = 0;
    for (int round = 0; round < 3_000; round++) {
      int size = 1 + random.nextInt(5);
      List<NewAllowPolicy> requests = new ArrayList<>();
      List<AllowPolicy> found = new ArrayList<>();
      String[] comments = {null, "", " x", "x", "y"};
      for (int i = 0; i < size; i++) {
        NewAllowPolicy request =
            request(
                random.nextBoolean() ? "A.Example" : "a.example",
                random.nextInt(4) == 0,
                random.nextBoolean(),
                comments[random.nextInt(comments.length)]);
        requests.add(request);
        NewAllowPolicy source =
            random.nextInt(8) == 0 ? request("A.Example", random.nextBoolean(), "z") : request;
        found.add(respelt(created(i, source), source));
      }
      Collections.shuffle(found, random);
      int most = most(requests, found, 0);
      assertThat(paired(requests, found)).as("seed %d round %d", seed, round).isEqualTo(most);
      imperfect += most < size ? 1 : 0;
    }
    assertThat(imperfect).as("rounds without a partner for each").isPositive();
  }

  @Test
  void anExactPartnerIsLeftToTheRequestThatHasNoOther() {
    NewAllowPolicy blank = request("a.example", true, null);
    NewAllowPolicy commented = request("a.example", true, "c");
    AllowPolicy withoutComments = created(0, blank).build();
    AllowPolicy withEmptyComments = created(1, blank).comments("").build();
    for (List<AllowPolicy> found :
        List.of(
            List.of(withoutComments, withEmptyComments),
            List.of(withEmptyComments, withoutComments))) {
      assertThat(paired(List.of(blank, commented), found)).isEqualTo(2);
      assertThat(paired(List.of(commented, blank), found)).isEqualTo(2);
    }
  }

  @Test
  void requestsThatDifferInTheirSpellingGetTheirOwn() {
    NewAllowPolicy upper = request("A.Example", true, "c");
    NewAllowPolicy lower = request("a.example", true, "c");
    List<AllowPolicy> pairs =
        CreatePairs.of(
            List.of(upper, lower), List.of(created(0, lower).build(), created(1, upper).build()));
    assertThat(pairs)
        .extracting(policy -> Objects.requireNonNull(policy).pattern())
        .containsExactly("A.Example", "a.example");
  }

  @Test
  void aPolicyOfAnUnknownKindHasNoRequest() {
    NewAllowPolicy request = request("a.example", true, null);
    AllowPolicy unknown = created(0, request).patternTypeName("UNKNOWN").build();
    assertThat(CreatePairs.of(List.of(request), List.of(unknown)))
        .isEqualTo(Collections.singletonList(null));
  }

  /** A thousand requests that equal each other but for one, which stands where it hurts most. */
  @Test
  @Timeout(value = 240, unit = TimeUnit.SECONDS)
  void aThousandAlikeArePairedWhereverTheOddOneStands() {
    for (int odd : new int[] {0, 1, 499, 998, 999}) {
      List<NewAllowPolicy> requests = new ArrayList<>();
      List<AllowPolicy> found = new ArrayList<>();
      for (int i = 0; i < LARGEST_BATCH; i++) {
        requests.add(request("same.example", i == odd, i % 2 == 0 ? "even" : null));
      }
      for (int i = 0; i < LARGEST_BATCH; i++) {
        NewAllowPolicy source = requests.get(LARGEST_BATCH - 1 - i);
        found.add(created(i, source).pattern("SAME.example").build());
      }
      assertThat(paired(requests, found)).isEqualTo(LARGEST_BATCH);
      found.set(3, created(3, request("same.example", false, "foreign")).build());
      assertThat(paired(requests, found)).isEqualTo(LARGEST_BATCH - 1);
    }
  }

  /** Each policy lacks another set of fields, and those that fit everywhere come first. */
  @Test
  @Timeout(value = 240, unit = TimeUnit.SECONDS)
  void aThousandThatLackFieldsArePairedInTheWorstOrder() {
    List<NewAllowPolicy> requests = new ArrayList<>();
    for (int i = 0; i < LARGEST_BATCH; i++) {
      requests.add(request("d" + i % 40 + ".example", i % 2 == 0, i % 3 == 0 ? "c" + i % 9 : null));
    }
    for (int round = 0; round < 4; round++) {
      List<AllowPolicy> vague = new ArrayList<>();
      List<AllowPolicy> precise = new ArrayList<>();
      for (int i = 0; i < LARGEST_BATCH; i++) {
        AllowPolicy.Builder policy = created(i, requests.get(i));
        int lacking = random.nextInt(64);
        if ((lacking & 1) != 0) {
          policy.pattern(null);
        }
        if ((lacking & 2) != 0) {
          policy.isTrustedSender(null);
        }
        if ((lacking & 4) != 0) {
          policy.comments(null);
        }
        if ((lacking & 8) != 0) {
          policy.isRegex(null);
        }
        if ((lacking & 16) != 0) {
          policy.verifySender(null);
        }
        if ((lacking & 32) != 0) {
          policy.patternTypeName(null);
        }
        (Integer.bitCount(lacking) > 2 ? vague : precise).add(policy.build());
      }
      List<AllowPolicy> found = new ArrayList<>(vague);
      found.addAll(precise);
      assertThat(paired(requests, found)).as("seed " + seed).isEqualTo(LARGEST_BATCH);
      Collections.reverse(found);
      assertThat(paired(requests, found)).as("seed " + seed).isEqualTo(LARGEST_BATCH);
    }
  }

  /** Each policy but the last has two requests, so that one choice pushes all others on. */
  @Test
  @Timeout(value = 240, unit = TimeUnit.SECONDS)
  void aChainOfChoicesIsFollowedToItsEnd() {
    List<NewAllowPolicy> requests = new ArrayList<>();
    List<AllowPolicy> found = new ArrayList<>();
    for (int i = 0; i < LARGEST_BATCH; i++) {
      requests.add(request("d" + (i + 1) / 2 + ".example", true, "c" + i / 2));
      AllowPolicy.Builder policy = created(i, requests.get(i));
      found.add((i % 2 == 0 ? policy.comments(null) : policy.pattern(null)).build());
    }
    Collections.reverse(found);
    assertThat(paired(requests, found)).isEqualTo(LARGEST_BATCH);
  }

  @Test
  void noPolicyIsPairedWhereNoneIsFound() {
    assertThat(CreatePairs.of(List.of(), List.of())).isEmpty();
  }
}
