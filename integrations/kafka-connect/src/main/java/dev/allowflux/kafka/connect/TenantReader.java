package dev.allowflux.kafka.connect;

import dev.allowflux.reactor.CallEvents.QuotaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A credential: its client and quota, and which of its accounts are read. What it waits for holds
 * up no other credential. Used by the thread of the task alone, but for {@link #close()}.
 */
final class TenantReader implements AutoCloseable {

  private final String name;
  private final TenantClients.Opened opened;
  private final Clock clock;
  private final int parallel;
  private final List<AccountReader> accounts;
  private final PriorityQueue<AccountReader> waiting =
      new PriorityQueue<>(
          Comparator.comparing(AccountReader::due)
              .thenComparing(reader -> reader.account().value()));
  private final Set<AccountReader> active = ConcurrentHashMap.newKeySet();
  private Instant ready;
  private @Nullable String refusal;

  TenantReader(
      String name,
      TenantClients.Opened opened,
      List<AccountReader> accounts,
      int parallel,
      Clock clock) {
    this.name = name;
    this.opened = opened;
    this.accounts = List.copyOf(accounts);
    this.parallel = parallel;
    this.clock = clock;
    this.ready = clock.instant();
    waiting.addAll(accounts);
  }

  String name() {
    return name;
  }

  List<AccountReader> accounts() {
    return accounts;
  }

  QuotaState quota() {
    return opened.quota().state();
  }

  /** Sends nothing for a while. */
  void waitFor(Duration time) {
    ready = clock.instant().plus(time);
  }

  /** Takes note that the credential itself is refused, and asks again after a while. */
  void refused(String reason, Duration wait) {
    refusal = reason;
    waitFor(wait);
  }

  /** Takes note that the credential works. */
  void accepted() {
    refusal = null;
  }

  /** Why nothing of this credential can be read; null if something can, or may. */
  @Nullable String refusal() {
    if (refusal != null) {
      return refusal;
    }
    return accounts.stream().allMatch(account -> account.refusal() != null)
        ? accounts.get(0).refusal()
        : null;
  }

  /** How many accounts cannot be read. */
  long refusedAccounts() {
    return refusal != null
        ? accounts.size()
        : accounts.stream().filter(account -> account.refusal() != null).count();
  }

  /**
   * Begins what is due.
   *
   * @return when there is something to begin next
   */
  Instant readDue(PageExchange exchange) {
    Instant now = clock.instant();
    if (now.isBefore(ready)) {
      return ready;
    }
    while (active.size() < parallel && !waiting.isEmpty() && !waiting.peek().due().isAfter(now)) {
      AccountReader account = waiting.remove();
      active.add(account);
      account.read(opened.client(), exchange);
    }
    return waiting.isEmpty() || active.size() >= parallel ? Instant.MAX : waiting.peek().due();
  }

  /** The account is no longer read; it is due again when it says. */
  void release(AccountReader account) {
    if (active.remove(account)) {
      waiting.add(account);
    }
  }

  /** Stops at once: what waits sends nothing more. */
  @Override
  public void close() {
    opened.close();
  }
}
