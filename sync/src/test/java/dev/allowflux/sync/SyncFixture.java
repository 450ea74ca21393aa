package dev.allowflux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.ApprovedPlan;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.FaultScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What an account of a simulator is to hold in the end, and the plan that leads there. */
final class SyncFixture {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final AccountId account;
  final SyncPlan plan;
  private final Map<PolicyKey, @Nullable String> expected = new TreeMap<>();

  /** Edits and deletes two thirds of what is there, in equal parts, and creates some more. */
  SyncFixture(ApiSimulator api, int creates) {
    account = new AccountId(api.accountId());
    List<DesiredPolicy> desired = new ArrayList<>();
    try (AllowPolicyClient client = client(api).create()) {
      int number = 0;
      for (AllowPolicy policy : client.list(account).collectList().block(PATIENCE)) {
        PolicyKey key = PolicyKey.of(policy);
        if (key == null || expected.containsKey(key)) {
          continue;
        }
        if (number % 3 != 1) {
          String comments = number % 3 == 0 ? "edited " + number : policy.comments();
          expected.put(key, comments);
          desired.add(
              DesiredPolicy.builder()
                  .pattern(policy.pattern())
                  .patternType(policy.patternType())
                  .isRegex(key.isRegex())
                  .comments(comments)
                  .build());
        }
        number++;
      }
      for (int i = 0; i < creates; i++) {
        DesiredPolicy create =
            DesiredPolicy.builder()
                .pattern("new-" + i + ".example.org")
                .patternType(PatternType.DOMAIN)
                .isRegex(false)
                .isAcceptableSender(true)
                .comments("created " + i)
                .build();
        desired.add(create);
        expected.put(new PolicyKey(PatternType.DOMAIN, false, create.pattern()), "created " + i);
      }
      SyncLimits.Builder limits =
          SyncLimits.builder()
              .maxDeletePercent(100)
              .maxDeletes(1_000_000)
              .maxEditPercent(100)
              .deletesDuplicates(true);
      for (SafetyRule rule : SafetyRule.values()) {
        if (rule.canBeAllowed()) {
          limits.allow(rule);
        }
      }
      plan =
          AllowPolicySync.of(client)
              .plan(account, Flux.fromIterable(desired), new SyncMode.All(), limits.build())
              .block(PATIENCE);
    }
  }

  ApprovedPlan approved() {
    return plan.approve(plan.digest());
  }

  record ClientOf(ClientSettings.Builder settings) {
    AllowPolicyClient create() {
      return AllowPolicyClient.create(settings.build());
    }
  }

  static ClientOf client(ApiSimulator api) {
    return new ClientOf(
        ClientSettings.builder(Credential.apiToken(api.token()))
            .baseUrl(api.baseUrl())
            .rateLimiter(ApiQuota.unlimited())
            .timeouts(limits -> limits.attempt(Duration.ofSeconds(3)))
            .retries(retries -> retries.firstBackoff(Duration.ofMillis(2))));
  }

  /** Compares the account with the expected policies. Returns how many are there twice: none. */
  int check(ApiSimulator api, String when) {
    api.faults(FaultScript.none());
    Map<PolicyKey, @Nullable String> found = new TreeMap<>();
    List<PolicyKey> twice = new ArrayList<>();
    try (AllowPolicyClient client = client(api).create()) {
      for (AllowPolicy policy : client.list(account).collectList().block(PATIENCE)) {
        PolicyKey key = PolicyKey.of(policy);
        if (key != null && found.containsKey(key)) {
          twice.add(key);
        } else if (key != null) {
          found.put(key, policy.comments());
        }
      }
    }
    assertThat(twice).as(when + ": policies that are there twice").isEmpty();
    assertThat(found.keySet()).as(when).isEqualTo(expected.keySet());
    expected.forEach(
        (key, comments) ->
            assertThat(Objects.requireNonNullElse(found.get(key), ""))
                .as("%s: %s", when, key)
                .isEqualTo(Objects.requireNonNullElse(comments, "")));
    return twice.size();
  }
}
