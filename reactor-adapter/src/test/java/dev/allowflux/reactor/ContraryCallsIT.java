package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service that contradicts, is late and speaks twice: no wrong value is a success. */
@Timeout(600)
class ContraryCallsIT {

  private static final int CALLS = Soak.count(1_000, 10_000);
  private static final int AT_ONCE = 8;
  private static final Duration SETTLE = Duration.ofMillis(200);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<String> wrong = new ArrayList<>();
  private final Map<String, Integer> endings = new TreeMap<>();

  /** Policies that no call is busy with, and whose state is certain. */
  private final Deque<PolicyId> free = new ArrayDeque<>();

  private int patterns;

  @Test
  void noWrongValueIsEverASuccess() {
    try (ApiSimulator api =
            ApiSimulator.builder()
                .policies(CALLS)
                .seed(seed)
                .noRateLimit()
                .contrary(seed, 0.25, SETTLE)
                .start();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                ClientSettings.builder(Credential.apiToken(api.token()))
                    .baseUrl(api.baseUrl())
                    .rateLimiter(ApiQuota.unlimited())
                    .connections(connections -> connections.max(AT_ONCE))
                    .retries(retries -> retries.maxAttempts(8).firstBackoff(Duration.ofMillis(1)))
                    .build())) {
      api.policyIds().forEach(id -> free.add(new PolicyId(id)));
      AccountId account = new AccountId(api.accountId());
      Flux.range(0, CALLS)
          .flatMap(
              number ->
                  Mono.defer(() -> call(api, client, account).then())
                      .onErrorResume(EmailSecurityException.class, this::failed),
              AT_ONCE)
          .blockLast(Duration.ofMinutes(9));
    }
    System.out.printf(
        "contrary service: %d calls, %d wrong values as success, endings %s; seed %d%n",
        CALLS, wrong.size(), endings, seed);
    assertThat(wrong).as("seed " + seed).isEmpty();
    assertThat(endings.get("success")).as("successes").isGreaterThan(CALLS / 2);
    assertThat(endings).as("what a create or a batch ends in").containsKey("OutcomeUnknown");
  }

  private synchronized Mono<?> call(ApiSimulator api, AllowPolicyClient client, AccountId account) {
    return switch (random.nextInt(5)) {
      case 0 -> get(api, client, account);
      case 1 -> create(api, client, account);
      case 2 -> edit(api, client, account);
      case 3 -> delete(api, client, account);
      default -> batch(api, client, account);
    };
  }

  private Mono<?> get(ApiSimulator api, AllowPolicyClient client, AccountId account) {
    PolicyId id = free.removeFirst();
    return client
        .get(account, id)
        .doOnNext(
            policy -> {
              check(policy.id().equals(id), "get of " + id + " gave " + policy.id());
              check(
                  stored(api, id).path("pattern").asString().equals(policy.pattern()),
                  "get of " + id + " gave another pattern");
              succeeded(id);
            });
  }

  private Mono<?> create(ApiSimulator api, AllowPolicyClient client, AccountId account) {
    NewAllowPolicy policy = policy();
    return client.create(account, policy).doOnNext(created -> created(api, policy, created));
  }

  private void created(ApiSimulator api, NewAllowPolicy policy, AllowPolicy created) {
    JsonNode stored = stored(api, created.id());
    check(
        stored.path("pattern").asString().equalsIgnoreCase(policy.pattern())
            && stored.path("is_trusted_sender").asBoolean() == policy.isTrustedSender()
            && stored.path("verify_sender").asBoolean() == policy.verifySender(),
        "create of " + policy.pattern() + " gave " + created.id() + ", which is " + stored);
    succeeded(null);
  }

  private Mono<?> edit(ApiSimulator api, AllowPolicyClient client, AccountId account) {
    PolicyId id = free.removeFirst();
    String comments = "edit " + random.nextInt(1_000_000);
    AllowPolicyEdit edit =
        AllowPolicyEdit.builder().comments(comments).isTrustedSender(random.nextBoolean()).build();
    return client
        .edit(account, id, edit)
        .doOnNext(
            edited -> {
              check(
                  stored(api, id).path("comments").asString("").equals(comments),
                  "edit of " + id + " was not made");
              succeeded(id);
            });
  }

  private Mono<?> delete(ApiSimulator api, AllowPolicyClient client, AccountId account) {
    PolicyId id = free.removeFirst();
    return client
        .delete(account, id)
        .doOnSuccess(
            gone -> {
              check(api.policyJson(id.value()) == null, "delete of " + id + " was not made");
              succeeded(null);
            });
  }

  private Mono<?> batch(ApiSimulator api, AllowPolicyClient client, AccountId account) {
    PolicyId gone = free.removeFirst();
    PolicyId edited = free.removeFirst();
    NewAllowPolicy one = policy();
    NewAllowPolicy other = policy();
    AllowPolicyBatch batch =
        AllowPolicyBatch.builder()
            .delete(gone)
            .edit(edited, AllowPolicyEdit.builder().comments("by batch").build())
            .create(one)
            .create(other)
            .build();
    return client
        .batch(account, batch)
        .doOnNext(
            result -> {
              check(api.policyJson(gone.value()) == null, "batch did not delete " + gone);
              check(
                  stored(api, edited).path("comments").asString("").equals("by batch"),
                  "batch did not edit " + edited);
              check(
                  result.creates().stream().allMatch(policy -> exists(api, policy, one, other)),
                  "batch did not create " + one.pattern() + " and " + other.pattern());
              succeeded(edited);
            });
  }

  private static boolean exists(
      ApiSimulator api, AllowPolicy created, NewAllowPolicy one, NewAllowPolicy other) {
    String pattern = stored(api, created.id()).path("pattern").asString("");
    return pattern.equalsIgnoreCase(one.pattern()) || pattern.equalsIgnoreCase(other.pattern());
  }

  private NewAllowPolicy policy() {
    return NewAllowPolicy.builder()
        .pattern("Contrary-" + patterns++ + ".Example")
        .patternType(PatternType.DOMAIN)
        .isRegex(false)
        .isTrustedSender(random.nextBoolean())
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(random.nextBoolean())
        .build();
  }

  private static JsonNode stored(ApiSimulator api, PolicyId id) {
    String json = api.policyJson(id.value());
    return json == null ? JSON.createObjectNode() : JSON.readTree(json);
  }

  private synchronized void check(boolean right, String what) {
    if (!right) {
      wrong.add(what);
    }
  }

  private synchronized void succeeded(PolicyId id) {
    endings.merge("success", 1, Integer::sum);
    if (id != null) {
      free.addLast(id);
    }
  }

  /** What a write that failed leaves behind may still change, so its policy is not used again. */
  private synchronized Mono<Void> failed(EmailSecurityException failure) {
    endings.merge(
        failure instanceof OutcomeUnknown ? "OutcomeUnknown" : failure.getClass().getSimpleName(),
        1,
        Integer::sum);
    return Mono.empty();
  }
}
