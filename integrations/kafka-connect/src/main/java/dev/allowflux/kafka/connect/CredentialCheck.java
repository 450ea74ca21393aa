package dev.allowflux.kafka.connect;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.kafka.connect.SourceSettings.Tenant;
import dev.allowflux.reactor.AccessCheck;
import dev.allowflux.reactor.AllowPolicyClient;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks the API whether credentials work, for {@code validate}, whose thread Connect makes to wait.
 * One call for each of the first hundred credentials, some at a time.
 */
final class CredentialCheck {

  private static final int MOST = 100;
  private static final int AT_ONCE = 8;

  private CredentialCheck() {}

  private record Finding(String key, String problem) {}

  /** Puts what is refused into {@code problems}; an API that cannot be reached is a problem too. */
  static void run(List<Tenant> tenants, SourceSettings settings, Map<String, String> problems) {
    List<Finding> findings =
        Flux.fromIterable(tenants)
            .take(MOST)
            .flatMap(tenant -> check(tenant, settings), AT_ONCE)
            .collectList()
            .blockOptional(TenantClients.CHECK_TIME.multipliedBy(1 + MOST / AT_ONCE))
            .orElseGet(List::of);
    findings.forEach(finding -> problems.put(finding.key(), finding.problem()));
  }

  private static Mono<Finding> check(Tenant tenant, SourceSettings settings) {
    return Mono.using(
        () -> AllowPolicyClient.create(TenantClients.checkSettings(tenant, settings)),
        client ->
            client
                .check(tenant.accounts().get(0))
                .filter(check -> !check.works())
                .map(check -> finding(tenant, check))
                .onErrorResume(
                    EmailSecurityException.class,
                    failure ->
                        Mono.just(
                            new Finding(
                                SourceSettings.BASE_URL,
                                "the API cannot be asked: " + failure.getMessage()))));
  }

  private static Finding finding(Tenant tenant, AccessCheck check) {
    boolean ofAccount =
        check.reason() != null
            && switch (check.reason()) {
              case NOT_FOUND, NOT_SUBSCRIBED -> true;
              default -> false;
            };
    return new Finding(
        SourceSettings.key(tenant.name(), ofAccount ? "accounts" : "token"), check.advice());
  }
}
