package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.PageExchange.Pending;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.CallEvents.QuotaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
  private final @Nullable AccountList list;

  /** Every account that was ever read by this task, since what is known of it stays known. */
  private final Map<AccountId, AccountReader> accounts = new ConcurrentHashMap<>();

  /** Those of them that are to be read. */
  private final Set<AccountReader> listed = ConcurrentHashMap.newKeySet();

  private final PriorityQueue<AccountReader> waiting =
      new PriorityQueue<>(
          Comparator.comparing(AccountReader::due)
              .thenComparing(reader -> reader.account().value()));
  private final Set<AccountReader> active = ConcurrentHashMap.newKeySet();
  private Instant ready;
  private @Nullable String refusal;
  private @Nullable String listRefusal;

  TenantReader(
      String name,
      TenantClients.Opened opened,
      @Nullable AccountList list,
      int parallel,
      Clock clock) {
    this.name = name;
    this.opened = opened;
    this.list = list;
    this.parallel = parallel;
    this.clock = clock;
    this.ready = clock.instant();
  }

  String name() {
    return name;
  }

  /** The list of its accounts, where it reads all that it sees. */
  @Nullable AccountList list() {
    return list;
  }

  /** Whether this is known to it, be it read or not. */
  boolean knows(AccountId account) {
    return accounts.containsKey(account);
  }

  /** Whether this is one of its accounts. */
  boolean reads(AccountId account) {
    AccountReader reader = accounts.get(account);
    return reader != null && listed.contains(reader);
  }

  /** Takes new accounts in. */
  void add(List<AccountReader> added) {
    for (AccountReader account : added) {
      accounts.put(account.account(), account);
      listed.add(account);
      waiting.add(account);
    }
  }

  /**
   * Reads these of its known accounts and no others.
   *
   * @return the accounts that are no longer read
   */
  List<AccountId> readOnly(Set<AccountId> ids) {
    List<AccountId> gone = new ArrayList<>();
    for (AccountReader account : accounts.values()) {
      if (!ids.contains(account.account())) {
        if (listed.remove(account)) {
          gone.add(account.account());
          waiting.remove(account);
        }
      } else if (listed.add(account) && !active.contains(account)) {
        waiting.add(account);
      }
    }
    return gone;
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

  /** Takes note that it may not list its accounts. */
  void listRefused(String reason) {
    listRefusal = reason;
  }

  /** Takes note that it has listed its accounts. */
  void listed() {
    listRefusal = null;
    accepted();
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
    String last = listRefusal;
    for (AccountReader account : listed) {
      last = account.refusal();
      if (last == null) {
        return null;
      }
    }
    return last;
  }

  /** How many accounts cannot be read. */
  long refusedAccounts() {
    return refusal != null
        ? listed.size()
        : listed.stream().filter(account -> account.refusal() != null).count();
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
    Instant next = list == null ? Instant.MAX : list.due();
    return waiting.isEmpty() || active.size() >= parallel || !waiting.peek().due().isBefore(next)
        ? next
        : waiting.peek().due();
  }

  /**
   * Begins to list its accounts if that is due, and nothing holds the credential back.
   *
   * @return what has come of the listing before, once; null if nothing has
   */
  @Nullable Pending<List<AccountId>> listDue(PageExchange exchange) {
    return list == null || clock.instant().isBefore(ready) ? null : list.readDue(exchange);
  }

  /** The account is no longer read; it is due again when it says. */
  void release(AccountReader account) {
    if (active.remove(account) && listed.contains(account)) {
      waiting.add(account);
    }
  }

  /** Stops at once: what waits sends nothing more. */
  @Override
  public void close() {
    opened.close();
  }
}
