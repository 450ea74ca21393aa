package dev.allowflux.internal.paging;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An account whose policies are added and deleted between two reads, behind a service that answers
 * in one of the ways that the API's description allows. It knows nothing of how it is read.
 */
final class ChangingAccount {

  /** How the service behaves; drawn at random. */
  record Service(
      int cap,
      boolean oneSize,
      boolean saysSize,
      boolean saysTotal,
      int totalOff,
      boolean shufflesTies,
      boolean addsLate) {

    static Service draw(Random random) {
      boolean oneSize = random.nextInt(10) == 0;
      boolean saysSize = oneSize || random.nextInt(4) > 0;
      int cap = random.nextInt(3) == 0 ? 1 + random.nextInt(60) : 1000;
      return new Service(
          cap,
          oneSize,
          saysSize,
          random.nextInt(4) > 0,
          random.nextInt(6) == 0 ? random.nextInt(-30, 30) : 0,
          random.nextInt(3) == 0,
          !oneSize && cap >= 20 && random.nextInt(3) == 0);
    }

    /** The size of the pages that the service puts out when it is asked for {@code perPage}. */
    int size(int perPage) {
      return oneSize ? cap : Math.min(cap, perPage);
    }
  }

  private static final List<String> TYPES = List.of("EMAIL", "DOMAIN", "IP");
  private static final Duration LATEST = Duration.ofMinutes(9);

  private final Random random;
  private final Service service;
  private final int tiePercent;
  private final List<AllowPolicy> policies = new ArrayList<>();
  private final Set<PolicyId> gone = new HashSet<>();
  private Instant clock = Instant.parse("2024-03-01T00:00:00.000000001Z");
  private int nextId;

  ChangingAccount(Random random, Service service, int size) {
    this.random = random;
    this.service = service;
    this.tiePercent = new int[] {0, 10, 60, 98}[random.nextInt(service.addsLate ? 2 : 4)];
    for (int i = 0; i < size; i++) {
      add();
    }
  }

  Set<PolicyId> ids() {
    Set<PolicyId> ids = new HashSet<>();
    policies.forEach(policy -> ids.add(policy.id()));
    return ids;
  }

  AllowPolicy find(PolicyId id) {
    return policies.stream().filter(policy -> policy.id().equals(id)).findFirst().orElseThrow();
  }

  Set<PolicyId> gone() {
    return gone;
  }

  int size() {
    return policies.size();
  }

  private AllowPolicy policy(Instant created) {
    return AllowPolicy.builder()
        .id(new PolicyId("id " + nextId++ + ",;%"))
        .createdAt(created)
        .patternTypeName(TYPES.get(random.nextInt(TYPES.size())))
        .isTrustedSender(random.nextBoolean() ? null : (Boolean) random.nextBoolean())
        .build();
  }

  void add() {
    if (random.nextInt(100) >= tiePercent) {
      clock = clock.plusNanos(random.nextLong(1, Duration.ofMinutes(4).toNanos()));
    }
    policies.add(policy(clock));
  }

  /** Shows up among older ones, as what a slow transaction adds. */
  void addLate() {
    Instant created = clock.minusNanos(random.nextLong(LATEST.toNanos()));
    int at = policies.size();
    while (at > 0 && policies.get(at - 1).createdAt().isAfter(created)) {
      at--;
    }
    policies.add(at, policy(created));
  }

  void delete(int count) {
    for (int i = 0; i < count && !policies.isEmpty(); i++) {
      gone.add(policies.remove(random.nextInt(policies.size())).id());
    }
  }

  /** Deletes a stretch, old ones more often than new ones. */
  void deleteMany() {
    int from = random.nextInt(policies.size() + 1) / (1 + random.nextInt(3));
    List<AllowPolicy> range =
        policies.subList(from, from + random.nextInt(policies.size() - from + 1));
    range.forEach(policy -> gone.add(policy.id()));
    range.clear();
  }

  void change(int most) {
    delete(random.nextInt(most + 1));
    // What was created at one instant was created at one go.
    clock = clock.plusNanos(1);
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      if (service.addsLate && random.nextInt(4) == 0) {
        addLate();
      } else {
        add();
      }
    }
    if (most > 0 && random.nextInt(60) == 0) {
      deleteMany();
    }
  }

  ApiResult<PageBody> read(int page, int perPage) {
    if (service.shufflesTies) {
      shuffleTies();
    }
    int size = service.size(perPage);
    int from = (int) Math.min(policies.size(), (page - 1L) * size);
    List<AllowPolicy> part =
        List.copyOf(policies.subList(from, Math.min(policies.size(), from + size)));
    Long total =
        service.saysTotal ? (Long) (long) Math.max(0, policies.size() + service.totalOff) : null;
    return answer(part, page, service.saysSize ? (Long) (long) size : null, total);
  }

  static ApiResult<PageBody> answer(
      List<AllowPolicy> policies, int page, @Nullable Long perPage, @Nullable Long total) {
    return new ApiResult<>(
        new PageBody(policies, (long) policies.size(), (long) page, perPage, total),
        200,
        List.of(),
        null,
        null);
  }

  private void shuffleTies() {
    int start = 0;
    for (int i = 1; i <= policies.size(); i++) {
      if (i == policies.size()
          || !policies.get(i).createdAt().equals(policies.get(start).createdAt())) {
        Collections.shuffle(policies.subList(start, i), random);
        start = i;
      }
    }
  }
}
