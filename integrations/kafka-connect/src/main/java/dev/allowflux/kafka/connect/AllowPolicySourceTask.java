package dev.allowflux.kafka.connect;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.kafka.connect.PageExchange.Arrival;
import dev.allowflux.kafka.connect.PageExchange.Pending;
import dev.allowflux.kafka.connect.PageExchange.Reading;
import dev.allowflux.kafka.connect.SourceSettings.Tenant;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.Page;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task: reads the accounts of its credentials, in rounds.
 *
 * <p>Made and driven by Connect. {@link #poll()} waits on Connect's thread, for at most 200 ms, and
 * gives the records of one page or of a few small ones. A credential that waits for its quota, or
 * is refused, holds up no other one of the task.
 *
 * @since 0.1
 */
public final class AllowPolicySourceTask extends SourceTask {

  private static final Logger LOG = LoggerFactory.getLogger(AllowPolicySourceTask.class);
  private static final Duration WAIT = Duration.ofMillis(200);
  private static final int ENOUGH_RECORDS = 1000;
  private static final String CREDENTIAL_REFUSED =
      "{}. It is asked again in {} s; until then nothing is read with this credential";

  /** The client lengthens the window by as much, for services that count in whole seconds. */
  private static final int WINDOW_MARGIN = 150;

  private final Clock clock;
  private final PageExchange exchange = new PageExchange();
  private final List<TenantReader> tenants = new ArrayList<>();
  private final Map<AccountReader, TenantReader> tenantOf = new HashMap<>();
  private final Deque<AccountReader> ending = new ArrayDeque<>();
  private final TaskMetrics metrics = new TaskMetrics();
  private @Nullable TransactionContext transactions;
  private @Nullable AccountReaders readers;

  /** Makes a task, as Connect does. */
  public AllowPolicySourceTask() {
    this(Clock.systemUTC());
  }

  AllowPolicySourceTask(Clock clock) {
    this.clock = clock;
  }

  /**
   * Returns the version of the connector.
   *
   * @return that of allowflux
   */
  @Override
  public String version() {
    return ConnectorVersion.get();
  }

  /**
   * Reads back where each account stands, and makes the clients. Nothing is sent before the first
   * {@link #poll()}.
   *
   * @param props the task's configuration
   * @throws ConnectException if the configuration or the stored offsets cannot be used
   */
  @Override
  public void start(Map<String, String> props) {
    try {
      start(TaskSettings.read(props));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new ConnectException(
          "The configuration of this task cannot be used: " + e.getMessage(), e);
    }
  }

  private void start(SourceSettings settings) {
    transactions = context.transactionContext();
    AccountReaders made =
        new AccountReaders(
            settings,
            new StoredOffsets(
                context.offsetStorageReader(), settings.topic(), transactions != null),
            clock);
    readers = made;
    for (Tenant tenant : settings.tenants()) {
      tenants.add(reader(tenant, settings));
    }
    metrics.register(context, tenants, made::policiesKnown);
  }

  private TenantReader reader(Tenant tenant, SourceSettings settings) {
    TenantClients.Opened opened = TenantClients.open(tenant, settings);
    AccountList list =
        tenant.all()
            ? new AccountList(opened.client(), settings.pollInterval(), tenant.others(), clock)
            : null;
    TenantReader reader =
        new TenantReader(
            tenant.name(), opened, list, settings.getInt(SourceSettings.PARALLEL), clock);
    add(reader, tenant.accounts());
    boolean quotaKnown = !settings.getString(SourceSettings.QUOTA_STORE).equals("memory");
    if (!quotaKnown && (tenant.all() || readers().wereRead(tenant.accounts()))) {
      Duration window = settings.quotaWindow();
      Duration wait = window.plus(window.dividedBy(WINDOW_MARGIN));
      reader.waitFor(wait);
      LOG.info(
          "Credential {}: nothing is sent for {} s, since nobody knows what was sent before this"
              + " start; with a quota.store it is known",
          tenant.name(),
          wait.toSeconds());
    }
    return reader;
  }

  private AccountReaders readers() {
    return Objects.requireNonNull(readers, "a task starts before it is polled");
  }

  private void add(TenantReader tenant, List<AccountId> accounts) {
    List<AccountReader> added = readers().open(accounts);
    added.forEach(account -> tenantOf.put(account, tenant));
    tenant.add(added);
  }

  /**
   * Waits for pages, at most 200 ms.
   *
   * @return the records of the pages that have come, or null if none has
   * @throws InterruptedException if Connect interrupts the thread
   * @throws RetriableException after a failure that passes; the account goes on by itself
   * @throws ConnectException if no account of the task can be read any more, or there are more
   *     policies than {@code changes.max.policies}
   */
  @Override
  public @Nullable List<SourceRecord> poll() throws InterruptedException {
    List<SourceRecord> records = new ArrayList<>();
    endRounds(records);
    Duration wait = records.isEmpty() ? WAIT : Duration.ZERO;
    Instant now = clock.instant();
    for (TenantReader tenant : tenants) {
      list(tenant, records.isEmpty());
      Instant next = tenant.readDue(exchange);
      if (next.isBefore(now.plus(wait))) {
        wait = next.isAfter(now) ? Duration.between(now, next) : Duration.ZERO;
      }
    }
    Arrival arrival = records.size() >= ENOUGH_RECORDS ? null : exchange.take(wait);
    while (arrival != null) {
      take(arrival, records);
      if (records.size() >= ENOUGH_RECORDS) {
        break;
      }
      arrival = exchange.take(Duration.ZERO);
    }
    readers().checkSize();
    return records.isEmpty() ? null : records;
  }

  /** Takes over which accounts a credential sees now, if that has come. */
  private void list(TenantReader tenant, boolean nothingToSend) {
    AccountList list = tenant.list();
    Pending<List<AccountId>> came = tenant.listDue(exchange);
    if (list == null || came == null) {
      return;
    }
    List<AccountId> seen = came.value();
    if (seen == null) {
      listFailed(tenant, list, came.failure(), nothingToSend);
      return;
    }
    list.succeeded();
    tenant.listed();
    List<AccountId> own =
        seen.stream()
            .filter(id -> !list.isOfOthers(id))
            .filter(id -> tenants.stream().noneMatch(t -> t != tenant && t.reads(id)))
            .toList();
    List<AccountId> gone = tenant.readOnly(Set.copyOf(own));
    List<AccountId> added = own.stream().filter(id -> !tenant.knows(id)).toList();
    add(tenant, added);
    if (!gone.isEmpty()) {
      LOG.warn(
          "Credential {} does not see the accounts {} any more. They are not read, and what is in"
              + " the topic of them stays there",
          tenant.name(),
          gone);
    }
    if (!added.isEmpty() || own.isEmpty()) {
      LOG.info("Credential {} sees {} accounts, {} new", tenant.name(), own.size(), added.size());
    }
  }

  private void listFailed(
      TenantReader tenant, AccountList list, @Nullable Throwable failure, boolean nothingToSend) {
    metrics.failure();
    Duration wait = list.failed();
    String what = "Credential " + tenant.name() + ", its accounts: " + text(failure);
    if (failure instanceof EmailSecurityException.Rejected rejected) {
      boolean ofCredential = rejected.reason() == RejectionReason.CREDENTIAL;
      if (ofCredential) {
        tenant.refused(what, wait);
      }
      tenant.listRefused(what);
      failIfAllAreRefused();
      LOG.error(
          ofCredential ? CREDENTIAL_REFUSED : "{}. It is asked again in {} s; known accounts go on",
          what,
          wait.toSeconds());
      return;
    }
    if (!(failure instanceof EmailSecurityException)) {
      throw new ConnectException(what, failure);
    }
    LOG.warn("{}. It is asked again in {} s; known accounts go on", what, wait.toSeconds());
    if (nothingToSend) {
      throw new RetriableException(what, failure);
    }
  }

  private void failIfAllAreRefused() {
    if (tenants.stream().allMatch(each -> each.refusal() != null)) {
      throw new ConnectException(
          "The API refuses every account of this task. Give the credentials access and restart"
              + " the task. "
              + tenants.stream()
                  .limit(5)
                  .map(each -> String.valueOf(each.refusal()))
                  .collect(Collectors.joining("; ")));
    }
  }

  private void take(Arrival arrival, List<SourceRecord> records) {
    Reading reading = arrival.reading();
    AccountReader account = reading.account();
    Page page = arrival.page();
    if (page == null) {
      failed(account, arrival.failure(), records.isEmpty());
      return;
    }
    tenant(account).accepted();
    add(records, account.page(page, arrival.cfRay()));
    metrics.page(page.policies().size());
    if (page.last()) {
      ending.add(account);
      endRounds(records);
    } else {
      reading.next();
    }
  }

  /** Sends what is left of rounds whose last page has come, a part of each time. */
  private void endRounds(List<SourceRecord> records) {
    while (!ending.isEmpty() && records.size() < ENOUGH_RECORDS) {
      AccountReader account = ending.element();
      List<SourceRecord> rest = account.remaining();
      if (rest.isEmpty()) {
        ending.remove();
        metrics.round();
        tenant(account).release(account);
      } else {
        metrics.tombstones(rest.size());
        add(records, rest);
      }
    }
  }

  /** Adds what belongs together: one transaction, where the connector defines them. */
  private void add(List<SourceRecord> records, List<SourceRecord> part) {
    records.addAll(part);
    metrics.records(part.size());
    if (transactions != null && !part.isEmpty()) {
      transactions.commitTransaction(part.get(part.size() - 1));
    }
  }

  private void failed(AccountReader account, @Nullable Throwable failure, boolean nothingToSend) {
    TenantReader tenant = tenant(account);
    metrics.failure();
    String what =
        "Credential " + tenant.name() + ", account " + account.account() + ": " + text(failure);
    if (failure instanceof EmailSecurityException.Rejected rejected) {
      refused(tenant, account, rejected.reason() == RejectionReason.CREDENTIAL, what);
      return;
    }
    if (failure instanceof EmailSecurityException.Malformed) {
      account.forgetPosition();
    } else if (!(failure instanceof EmailSecurityException)) {
      tenant.release(account);
      throw new ConnectException(what, failure);
    }
    Duration wait = account.failed();
    tenant.release(account);
    LOG.warn("{}. It goes on in {} s; other accounts go on", what, wait.toSeconds());
    if (nothingToSend) {
      throw new RetriableException(what, failure);
    }
  }

  private void refused(
      TenantReader tenant, AccountReader account, boolean ofCredential, String what) {
    boolean known = account.refusal() != null;
    // Many of all accounts may have no Email Security: asking them often would use up the quota.
    Duration wait =
        tenant.list() != null && !ofCredential
            ? account.refusedUntilNextRound(what)
            : account.refused(what);
    if (ofCredential) {
      tenant.refused(what, wait);
    }
    tenant.release(account);
    failIfAllAreRefused();
    if (tenant.list() == null || ofCredential) {
      LOG.error(
          ofCredential ? CREDENTIAL_REFUSED : "{}. It is asked again in {} s; other accounts go on",
          what,
          wait.toSeconds());
    } else if (!known) {
      LOG.warn("{}. It is asked again in each round; other accounts go on", what);
    }
  }

  private static String text(@Nullable Throwable failure) {
    return failure == null ? "the listing ended without its last page" : failure.getMessage() + "";
  }

  private TenantReader tenant(AccountReader account) {
    TenantReader tenant = tenantOf.get(account);
    if (tenant == null) {
      throw new IllegalStateException("account " + account.account() + " has no credential");
    }
    return tenant;
  }

  /** Ends every wait and every call at once; nothing more is sent. */
  @Override
  public void stop() {
    exchange.close();
    tenants.forEach(TenantReader::close);
  }
}
