package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.PageExchange.Pending;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallOptions;
import dev.allowflux.reactor.Priority;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Which accounts a credential sees: asked at the beginning, and again each interval, but at most
 * once a minute, so that it takes little of the quota. Used by the thread of the task alone.
 */
final class AccountList {

  /** Accounts come and go seldom, and a listing of many takes many calls. */
  private static final Duration SHORTEST_INTERVAL = Duration.ofMinutes(1);

  /** It waits for its turn as the policies do. */
  private static final CallOptions BULK = CallOptions.builder().priority(Priority.BULK).build();

  private final AllowPolicyClient client;
  private final Duration interval;
  private final Set<AccountId> others;
  private final Clock clock;
  private final Backoff backoff = new Backoff();
  private Instant begun = Instant.MIN;
  private Instant due = Instant.MIN;
  private @Nullable Pending<List<AccountId>> pending;

  AccountList(AllowPolicyClient client, Duration interval, Set<AccountId> others, Clock clock) {
    this.client = client.with(BULK);
    this.interval = interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval;
    this.others = others;
    this.clock = clock;
  }

  /** The accounts, each once, when all of the listing has come. */
  static Mono<List<AccountId>> of(AllowPolicyClient client) {
    return client.accounts().map(Account::id).distinct().collectList();
  }

  /** Whether another credential reads this account, by its name. */
  boolean isOfOthers(AccountId account) {
    return others.contains(account);
  }

  /** When it is to be read next; long in the future while it is read. */
  Instant due() {
    return due;
  }

  /**
   * Begins to read it if that is due.
   *
   * @return what has come of the reading before, once; null if nothing has
   */
  @Nullable Pending<List<AccountId>> readDue(PageExchange exchange) {
    Instant now = clock.instant();
    if (pending == null && !now.isBefore(due)) {
      begun = now;
      due = Instant.MAX;
      pending = exchange.ask(of(client));
    }
    Pending<List<AccountId>> asked = pending;
    if (asked == null || !asked.isDone()) {
      return null;
    }
    pending = null;
    return asked;
  }

  /** It came whole: it is read again an interval after it was begun. */
  void succeeded() {
    backoff.reset();
    due = begun.plus(interval);
  }

  /** It did not come: it is asked for again after a while. */
  Duration failed() {
    Duration wait = backoff.next();
    due = clock.instant().plus(wait);
    return wait;
  }
}
