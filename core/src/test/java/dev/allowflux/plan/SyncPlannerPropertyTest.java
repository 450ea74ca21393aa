package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random desired policies and random accounts; few patterns in many spellings, so that they meet.
 */
class SyncPlannerPropertyTest {
  private static final int CASES = 5_000;
  private static final String OWN = "[allowflux:team-a]";
  private static final String OTHER = "[allowflux:team-b]";

  private static final List<PatternType> KINDS =
      List.of(PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP, PatternType.UNKNOWN);

  private static final SyncMode[] MODES = {
    new SyncMode.Upsert(), new SyncMode.Owned("team-a"), new SyncMode.All()
  };

  @Test
  void anAppliedPlanGivesWhatIsDesiredAndNothingElseChanges() {
    long seed = System.nanoTime();
    long changes = 0;
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(seed + i);
      SyncMode mode = MODES[i % 3];
      boolean deletesDuplicates = random.nextBoolean();
      SyncLimits limits = limits(deletesDuplicates);
      List<DesiredPolicy> desired = desired(random);
      List<AllowPolicy> before = existing(random);
      Account account = account(before);
      SyncPlan plan = account.plan(mode, limits, desired);
      changes += plan.changes().size();
      account.apply(plan);

      String describe = "seed %s, case %s, %s".formatted(seed, i, mode);
      check(describe, mode, deletesDuplicates, desired, before, account.policies());
      SyncPlan again = account.plan(mode, limits, desired);
      assertThat(again.changes()).as(describe).isEmpty();
      assertThat(again.counts().unchanged() + foreign(mode, desired, before))
          .as(describe)
          .isEqualTo(keys(desired).size());
    }
    System.out.printf(
        "planner: %d random cases, %d changes, all as desired, planned again: 0 changes%n",
        CASES, changes);
    assertThat(changes).isGreaterThan(CASES);
  }

  @Test
  void thePlanIsTheSameInWhateverOrderThingsCome() {
    long seed = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      Random random = new Random(seed + i);
      SyncMode mode = MODES[i % 3];
      List<DesiredPolicy> desired = desired(random);
      List<AllowPolicy> existing = existing(random);
      SyncPlan plan = account(existing).plan(mode, limits(true), desired);
      Collections.shuffle(desired, random);
      Collections.shuffle(existing, random);

      assertThat(account(existing).plan(mode, limits(true), desired).digest())
          .as("seed %s, case %s", seed, i)
          .isEqualTo(plan.digest());
    }
  }

  private static void check(
      String describe,
      SyncMode mode,
      boolean deletesDuplicates,
      List<DesiredPolicy> desired,
      List<AllowPolicy> before,
      List<AllowPolicy> after) {
    boolean owned = mode instanceof SyncMode.Owned;
    Map<PolicyId, AllowPolicy> now = new HashMap<>();
    after.forEach(policy -> now.put(policy.id(), policy));
    Set<PolicyId> known = new HashSet<>();
    before.forEach(policy -> known.add(policy.id()));
    Set<PolicyKey> keys = keys(desired);
    for (DesiredPolicy one : desired) {
      List<AllowPolicy> candidates =
          after.stream()
              .filter(policy -> one.key().equals(PolicyKey.of(policy)))
              .filter(policy -> !owned || !has(policy, OTHER))
              .sorted(
                  Comparator.comparing(AllowPolicy::createdAt).thenComparing(p -> p.id().value()))
              .toList();
      if (candidates.isEmpty()) {
        // Only another owner's policy may stand in the way.
        assertThat(before)
            .as(describe)
            .anyMatch(policy -> one.key().equals(PolicyKey.of(policy)) && has(policy, OTHER));
        continue;
      }
      AllowPolicy meant = candidates.get(0);
      assertThat(holds(one.isTrustedSender(), meant.isTrustedSender())).as(describe).isTrue();
      assertThat(holds(one.isAcceptableSender(), meant.isAcceptableSender())).as(describe).isTrue();
      assertThat(holds(one.isExemptRecipient(), meant.isExemptRecipient())).as(describe).isTrue();
      assertThat(holds(one.verifySender(), meant.verifySender())).as(describe).isTrue();
      if (owned) {
        assertThat(meant.comments()).as(describe).contains(OWN);
      } else if (one.managesComments()) {
        assertThat(PolicySnapshot.textOrNull(meant.comments()))
            .as(describe)
            .isEqualTo(one.comments());
      }
      if (deletesDuplicates && !owned) {
        assertThat(candidates).as(describe).hasSize(1);
      }
    }
    for (AllowPolicy policy : before) {
      PolicyKey key = PolicyKey.of(policy);
      boolean isDesired = key != null && keys.contains(key);
      AllowPolicy left = now.get(policy.id());
      if (key == null || (owned && has(policy, OTHER))) {
        assertThat(left).as(describe).isEqualTo(policy);
      } else if (!isDesired) {
        boolean gone = mode instanceof SyncMode.All || (owned && has(policy, OWN));
        assertThat(left).as(describe).isEqualTo(gone ? null : policy);
      } else if (left == null) {
        assertThat(deletesDuplicates).as(describe).isTrue();
      }
    }
    for (AllowPolicy policy : after) {
      if (!known.contains(policy.id())) {
        assertThat(keys).as(describe).contains(Objects.requireNonNull(PolicyKey.of(policy)));
      }
    }
  }

  private static boolean holds(@Nullable Boolean required, @Nullable Boolean is) {
    return required == null || required.equals(is);
  }

  private static boolean has(AllowPolicy policy, String marker) {
    return policy.comments() != null && policy.comments().contains(marker);
  }

  /** How many desired policies another owner stands in the way of. */
  private static long foreign(
      SyncMode mode, List<DesiredPolicy> desired, List<AllowPolicy> existing) {
    if (!(mode instanceof SyncMode.Owned)) {
      return 0;
    }
    return keys(desired).stream()
        .filter(
            key -> {
              List<AllowPolicy> same =
                  existing.stream().filter(policy -> key.equals(PolicyKey.of(policy))).toList();
              return !same.isEmpty() && same.stream().allMatch(policy -> has(policy, OTHER));
            })
        .count();
  }

  private static Set<PolicyKey> keys(List<DesiredPolicy> desired) {
    Set<PolicyKey> keys = new HashSet<>();
    desired.forEach(one -> keys.add(one.key()));
    return keys;
  }

  private static SyncLimits limits(boolean deletesDuplicates) {
    SyncLimits.Builder limits =
        SyncLimits.builder()
            .maxDeletePercent(100)
            .maxDeletes(1_000)
            .maxEditPercent(100)
            .deletesDuplicates(deletesDuplicates);
    for (SafetyRule rule : SafetyRule.values()) {
      if (rule.canBeAllowed()) {
        limits.allow(rule);
      }
    }
    return limits.build();
  }

  private static Account account(List<AllowPolicy> policies) {
    Account account = new Account();
    policies.forEach(account::add);
    return account;
  }

  private static List<DesiredPolicy> desired(Random random) {
    Map<PolicyKey, DesiredPolicy> byKey = new HashMap<>();
    List<DesiredPolicy> desired = new ArrayList<>();
    for (int n = 1 + random.nextInt(12); n > 0; n--) {
      PatternType type = KINDS.get(random.nextInt(3));
      DesiredPolicy.Builder builder = DesiredPolicy.builder();
      builder.patternType(type).pattern(pattern(random, type)).isRegex(random.nextInt(4) == 0);
      builder.isTrustedSender(flag(random)).isAcceptableSender(flag(random));
      builder.isExemptRecipient(flag(random)).verifySender(flag(random));
      if (random.nextBoolean()) {
        String comments = comments(random, OWN);
        builder.comments(comments != null && comments.contains(OTHER) ? OWN : comments);
      }
      // Every third one is made again, maybe in another spelling.
      for (int times = random.nextInt(3) == 0 ? 2 : 1; times > 0; times--) {
        DesiredPolicy policy = builder.build();
        DesiredPolicy first = byKey.putIfAbsent(policy.key(), policy);
        if (first == null || first.agreesWith(policy)) {
          desired.add(policy);
        }
        builder.pattern(pattern(random, type));
      }
    }
    return desired;
  }

  private static List<AllowPolicy> existing(Random random) {
    List<AllowPolicy> existing = new ArrayList<>();
    for (int n = random.nextInt(20); n > 0; n--) {
      PatternType type = KINDS.get(random.nextInt(4));
      existing.add(
          AllowPolicy.builder()
              .id(new PolicyId("e" + n))
              .createdAt(Account.START.minusSeconds(random.nextInt(10)))
              .pattern(pattern(random, type))
              .patternTypeName(type.name())
              .isRegex(random.nextInt(4) == 0 ? Boolean.TRUE : Boolean.FALSE)
              .isTrustedSender(flag(random))
              .isAcceptableSender(flag(random))
              .isExemptRecipient(flag(random))
              .verifySender(flag(random))
              .comments(comments(random, random.nextInt(3) == 0 ? OTHER : OWN))
              .build());
    }
    return existing;
  }

  private static String pattern(Random random, PatternType type) {
    String[] patterns =
        switch (type) {
          case EMAIL -> new String[] {"a@x.example", "a@X.example", "b@x.example", "b@X.EXAMPLE"};
          case IP ->
              new String[] {"203.0.113.0/24", "203.0.113.9/24", "2001:db8::1", "2001:DB8:0::1"};
          default -> new String[] {"x.example", "X.example", "\u00fc.example", "xn--tda.example"};
        };
    return patterns[random.nextInt(patterns.length)];
  }

  private static @Nullable Boolean flag(Random random) {
    return random.nextInt(3) == 0 ? null : (Boolean) random.nextBoolean();
  }

  private static @Nullable String comments(Random random, String marker) {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> "";
      case 2 -> "by hand";
      case 3 -> marker;
      case 4 -> random.nextInt(3) == 0 ? OWN + OTHER : "x " + marker;
      default -> "y";
    };
  }
}
