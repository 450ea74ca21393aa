package dev.allowflux.kafka.connect;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.kafka.connect.SourceSettings.Tenant;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AccessCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks the API whether credentials work, for {@code validate}, whose thread Connect makes to wait.
 * One call for each of the first hundred credentials, some at a time, from the quota's store where
 * one is configured; for a credential that reads all accounts, the calls that list them.
 */
final class CredentialCheck {

  private static final Logger LOG = LoggerFactory.getLogger(CredentialCheck.class);
  private static final int MOST = 100;
  private static final int AT_ONCE = 8;

  /** How long all of it may take: Connect gives up on a request after 90 s. */
  private static final Duration ALL_TIME = Duration.ofSeconds(80);

  private CredentialCheck() {}

  private record Finding(String key, String problem) {}

  /**
   * Puts what is refused into {@code problems}; an API that cannot be reached is a problem too, and
   * so is a store that grants nothing. A quota that is used up is none, and neither is a credential
   * that there was no time for.
   */
  static void run(List<Tenant> tenants, SourceSettings settings, Map<String, String> problems) {
    Map<String, List<AccountId>> seen = new ConcurrentHashMap<>();
    List<Finding> findings =
        Flux.fromIterable(tenants)
            .take(MOST)
            .flatMap(tenant -> check(tenant, settings, seen), AT_ONCE)
            .take(ALL_TIME)
            .collectList()
            .blockOptional()
            .orElseGet(List::of);
    findings.forEach(finding -> problems.put(finding.key(), finding.problem()));
    putOverlaps(tenants, seen, problems);
  }

  /** No two credentials may read one account, nor can tasks know what others see. */
  private static void putOverlaps(
      List<Tenant> tenants, Map<String, List<AccountId>> seen, Map<String, String> problems) {
    Map<AccountId, String> first = new HashMap<>();
    for (Tenant tenant : tenants) {
      for (AccountId account : seen.getOrDefault(tenant.name(), List.of())) {
        String other = tenant.others().contains(account) ? null : first.get(account);
        if (other == null) {
          first.putIfAbsent(account, tenant.name());
        } else {
          problems.put(
              SourceSettings.key(tenant.name(), "accounts"),
              "account "
                  + account
                  + " is among all of "
                  + other
                  + " too: name the accounts of one");
        }
      }
    }
  }

  private static Mono<Finding> check(
      Tenant tenant, SourceSettings settings, Map<String, List<AccountId>> seen) {
    return Mono.using(
            () -> TenantClients.openForCheck(tenant, settings),
            opened -> check(tenant, opened, seen),
            TenantClients.Opened::close)
        .onErrorResume(
            IllegalArgumentException.class,
            // The message may have the address, and the address a password.
            failure ->
                Mono.just(
                    new Finding(
                        SourceSettings.QUOTA_STORE, "its address or folder cannot be used")));
  }

  private static Mono<Finding> check(
      Tenant tenant, TenantClients.Opened opened, Map<String, List<AccountId>> seen) {
    Mono<Finding> found = tenant.all() ? list(tenant, opened, seen) : read(tenant, opened);
    return found
        .onErrorResume(
            EmailSecurityException.Throttled.class,
            failure -> {
              String store = opened.storeFailure();
              if (store != null) {
                return Mono.just(
                    new Finding(SourceSettings.QUOTA_STORE, "it grants no call: " + store));
              }
              LOG.warn(
                  "Credential {} was not checked, since its quota gave no call: {}",
                  tenant.name(),
                  failure.getMessage());
              return Mono.empty();
            })
        .onErrorResume(
            EmailSecurityException.class,
            failure ->
                Mono.just(
                    new Finding(
                        SourceSettings.BASE_URL,
                        "the API cannot be asked: " + failure.getMessage())));
  }

  private static Mono<Finding> read(Tenant tenant, TenantClients.Opened opened) {
    return opened
        .client()
        .check(tenant.accounts().get(0))
        .filter(check -> !check.works())
        .map(check -> finding(tenant, check));
  }

  private static Mono<Finding> list(
      Tenant tenant, TenantClients.Opened opened, Map<String, List<AccountId>> seen) {
    return AccountList.of(opened.client())
        .doOnNext(accounts -> seen.put(tenant.name(), accounts))
        .filter(List::isEmpty)
        .map(none -> ofAccounts(tenant, "the credential sees no account"))
        .onErrorResume(
            EmailSecurityException.Rejected.class,
            refused ->
                Mono.just(
                    refused.reason() == RejectionReason.CREDENTIAL
                        ? new Finding(
                            SourceSettings.key(tenant.name(), "token"),
                            "the credential is refused: check the token, or make a new one")
                        : ofAccounts(
                            tenant,
                            "all cannot be listed; name the accounts, or let the credential read"
                                + " account settings: "
                                + refused.getMessage())));
  }

  private static Finding ofAccounts(Tenant tenant, String problem) {
    return new Finding(SourceSettings.key(tenant.name(), "accounts"), problem);
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
