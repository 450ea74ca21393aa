package dev.allowflux.simulator;

import dev.allowflux.simulator.internal.api.Account;
import dev.allowflux.simulator.internal.api.AllowPolicyApi;
import dev.allowflux.simulator.internal.api.ApiService;
import dev.allowflux.simulator.internal.api.Authenticator;
import dev.allowflux.simulator.internal.api.Credentials;
import dev.allowflux.simulator.internal.api.Quota;
import dev.allowflux.simulator.internal.api.Route;
import dev.allowflux.simulator.internal.api.TotalCounter;
import dev.allowflux.simulator.internal.api.User;
import dev.allowflux.simulator.internal.exchange.RequestLog;
import dev.allowflux.simulator.internal.random.SplitMix;
import dev.allowflux.simulator.internal.server.HttpServer;
import dev.allowflux.simulator.internal.server.Latency;
import dev.allowflux.simulator.internal.server.SelfSignedCertificate;
import dev.allowflux.simulator.internal.store.Churn;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.PolicyWriter;
import dev.allowflux.simulator.internal.store.SeededPolicies;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * The allow policy API on the loopback address, with policies in memory.
 *
 * <pre>{@code
 * try (ApiSimulator api = ApiSimulator.builder().policies(1000).seed(7).start()) {
 *   // send requests to api.baseUrl() with api.token() for api.accountId()
 * }
 * }</pre>
 *
 * <p>It serves HTTP/1.1. All methods may be called from any thread; only {@link #close()} and
 * {@link ApiSimulatorBuilder#start()} wait.
 *
 * <p>Longer than most classes, because each method has its contract; the code is one line each.
 *
 * @since 0.1
 */
public final class ApiSimulator implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;
  private static final Duration CHURN_PAUSE = Duration.ofMillis(1);

  /** An account with what fills it again at a reset. */
  private record Tenant(
      SimulatedAccount view, Account account, long seed, int policies, List<String> chosen) {
    void reset() {
      account.api().reset(SeededPolicies.make(seed, policies));
      chosen.forEach(view::addPolicy);
    }
  }

  /** The first one is the default account. */
  private final List<Tenant> tenants = new ArrayList<>();

  /** The first one is the user of the default account. */
  private final List<User> users = new ArrayList<>();

  private final SimulatedAccount main;
  private final PolicyStore mainStore;
  private final RequestLog log;
  private final ApiService service;
  private final @Nullable SelfSignedCertificate certificate;
  private final HttpServer server;
  private final LongSupplier clock;
  private final long seed;
  private final FaultScript initialFaults;
  private final double initialAdds;
  private final double initialDeletes;
  private @Nullable Churn churn;
  private @Nullable Future<?> churnTimer;

  ApiSimulator(ApiSimulatorBuilder builder) {
    clock = builder.clock;
    seed = builder.seed;
    initialFaults = builder.faults;
    initialAdds = builder.addsPerSecond;
    initialDeletes = builder.deletesPerSecond;
    log = new RequestLog(builder.recordedRequests);
    long start = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - clock.getAsLong();
    LongSupplier epochNanos = () -> start + clock.getAsLong();
    mainStore =
        addTenant(
            builder, builder.accountId, builder.credentials(), seed, builder.policies, epochNanos);
    for (ApiSimulatorBuilder.MoreAccount more : builder.moreAccounts) {
      addTenant(
          builder,
          more.accountId(),
          Credentials.ofToken(more.token()),
          SplitMix.mix(seed + tenants.size()),
          more.policies(),
          epochNanos);
    }
    builder.moreUsers.forEach(
        more -> {
          more.accountIds().forEach(this::account);
          addUser(builder, Credentials.ofToken(more.token()), more.accountIds());
        });
    builder.chosenPolicies.stream()
        .map(ApiSimulatorBuilder.ChosenPolicy::accountId)
        .filter(Objects::nonNull)
        .forEach(this::account);
    main = tenants.get(0).view;
    service =
        new ApiService(
            new Authenticator(List.copyOf(users), tenants.stream().map(Tenant::account).toList()),
            builder.gzip,
            builder.contraryFaults());
    service.faults(initialFaults);
    String[] hosts = builder.certificateHosts;
    certificate = hosts.length == 0 ? null : SelfSignedCertificate.of(hosts);
    server =
        new HttpServer(
            new HttpServer.Settings(
                builder.port,
                builder.idleTimeout,
                Latency.of(
                    builder.minLatency,
                    builder.maxLatency,
                    builder.evaluateReadsWithinLatency,
                    builder.seed),
                builder.maxBodyBytes,
                clock,
                certificate),
            service,
            log);
    churn(initialAdds, initialDeletes);
  }

  private PolicyStore addTenant(
      ApiSimulatorBuilder builder,
      String accountId,
      Credentials credentials,
      long accountSeed,
      int policies,
      LongSupplier epochNanos) {
    if (tenants.stream().anyMatch(tenant -> tenant.account.id().equals(accountId))) {
      throw new IllegalArgumentException(
          "account " + accountId + " needs an id that no other account has");
    }
    PolicyStore store =
        new PolicyStore(
            SeededPolicies.make(accountSeed, policies), accountSeed, builder.tieBreak, epochNanos);
    PolicyWriter writer = new PolicyWriter(builder.deprecatedFields);
    AllowPolicyApi api =
        new AllowPolicyApi(
            store,
            writer,
            new TotalCounter(builder.totalCount, builder.totalCacheTime, clock),
            builder.behavior(),
            accountSeed);
    List<String> chosen =
        builder.chosenPolicies.stream()
            .filter(
                policy ->
                    accountId.equals(
                        policy.accountId() == null ? builder.accountId : policy.accountId()))
            .map(ApiSimulatorBuilder.ChosenPolicy::json)
            .toList();
    SimulatedAccount view =
        new SimulatedAccount(
            accountId,
            credentials.token(),
            store,
            api,
            writer,
            addUser(builder, credentials, Set.of(accountId)).quota(),
            log);
    chosen.forEach(view::addPolicy);
    tenants.add(new Tenant(view, new Account(accountId, api), accountSeed, policies, chosen));
    return store;
  }

  private User addUser(
      ApiSimulatorBuilder builder, Credentials credentials, Set<String> accountIds) {
    if (users.stream().anyMatch(user -> user.credentials().hasToken(credentials.token()))) {
      throw new IllegalArgumentException(
          "the user of " + accountIds + " needs a token that no other user has");
    }
    Quota quota = builder.rateLimit == null ? null : new Quota(builder.rateLimit, clock);
    User user =
        new User(
            credentials, accountIds, ConcurrentHashMap.newKeySet(), quota, new AtomicBoolean());
    users.add(user);
    return user;
  }

  /**
   * Returns the default settings: no policies, plain HTTP, a rate limit of 1200 calls in 300
   * seconds.
   *
   * @return a new builder
   */
  public static ApiSimulatorBuilder builder() {
    return new ApiSimulatorBuilder();
  }

  /**
   * Returns the base URL for a client.
   *
   * @return such as {@code http://127.0.0.1:40123/client/v4}; with {@code https} if TLS is on
   */
  public String baseUrl() {
    String scheme = certificate == null ? "http" : "https";
    return scheme + "://127.0.0.1:" + port() + Route.BASE_PATH;
  }

  /**
   * Returns the certificate of the server, which it made at the start.
   *
   * @return PEM text, for a client to trust
   * @throws IllegalStateException if the simulator serves plain HTTP
   */
  public String certificatePem() {
    if (certificate == null) {
      throw new IllegalStateException("plain HTTP has no certificate");
    }
    return certificate.pem();
  }

  /**
   * Returns the port that it listens on.
   *
   * @return the port
   */
  public int port() {
    return server.port();
  }

  /**
   * Returns the id of the default account.
   *
   * @return the account's id
   */
  public String accountId() {
    return main.accountId();
  }

  /**
   * Returns the API token that may read and write the default account.
   *
   * @return the token
   */
  public String token() {
    return main.token();
  }

  /**
   * Returns one of the accounts.
   *
   * @param accountId the id of the default account or of one that {@link
   *     ApiSimulatorBuilder#addAccount} added
   * @return the account
   * @throws IllegalArgumentException if there is no such account
   */
  public SimulatedAccount account(String accountId) {
    for (Tenant tenant : tenants) {
      if (tenant.account.id().equals(accountId)) {
        return tenant.view;
      }
    }
    throw new IllegalArgumentException("there is no account " + accountId);
  }

  /**
   * Returns one of the users.
   *
   * @param token the API token of the user of an account, or of one that {@link
   *     ApiSimulatorBuilder#addUser} added
   * @return the user
   * @throws IllegalArgumentException if no user has this token
   */
  public SimulatedUser user(String token) {
    for (User user : users) {
      if (user.credentials().token().equals(token)) {
        return new SimulatedUser(user, log);
      }
    }
    throw new IllegalArgumentException("no user has this token");
  }

  /**
   * Puts the simulator back to its start, for the next test: the policies of all accounts, full
   * quotas, no revoked credentials, no withdrawn accounts, the faults and the churn of the builder,
   * no recorded requests and counts from zero. Connections stay open. A late write from before is
   * not carried out any more.
   *
   * <p>Call it when no request is in flight, and from one thread at a time.
   */
  public void reset() {
    service.reset(initialFaults);
    tenants.forEach(Tenant::reset);
    for (User user : users) {
      user.revoked().set(false);
      user.withdrawn().clear();
      Quota quota = user.quota();
      if (quota != null) {
        quota.reset();
      }
    }
    log.reset();
    churn(initialAdds, initialDeletes);
  }

  /**
   * Returns how many policies the default account has. This method and those below that name no
   * account are about the default one; {@link #account} has the same for each.
   *
   * @return the number of policies
   */
  public int size() {
    return main.size();
  }

  /**
   * Returns the ids of all policies in the order of their addition.
   *
   * @return a copy, as long as {@link #size()}
   */
  public List<String> policyIds() {
    return main.policyIds();
  }

  /**
   * Returns a policy as the API would.
   *
   * @param id the policy's id
   * @return JSON text, or null if there is no such policy
   */
  public @Nullable String policyJson(String id) {
    return main.policyJson(id);
  }

  /**
   * Adds generated policies, as if another client had created them in one batch at this time; their
   * patterns are new. No request is recorded or counted.
   *
   * @param count how many, 0 or more
   * @return their ids
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public List<String> addPolicies(int count) {
    return main.addPolicies(count);
  }

  /**
   * Deletes policies as if another client had done it in one batch; ids that do not exist are
   * ignored.
   *
   * @param ids the ids
   */
  public void deletePolicies(Collection<String> ids) {
    main.deletePolicies(ids);
  }

  /**
   * Adds and deletes policies of the default account from now on at these rates, as other clients
   * of the account would do; replaces the rates before. {@link ApiSimulatorBuilder#churn} describes
   * it.
   *
   * @param addsPerSecond 0 to 10,000
   * @param deletesPerSecond 0 to 10,000
   * @throws IllegalArgumentException if a rate is out of range
   */
  public synchronized void churn(double addsPerSecond, double deletesPerSecond) {
    double adds = ApiSimulatorBuilder.rate("addsPerSecond", addsPerSecond);
    double deletes = ApiSimulatorBuilder.rate("deletesPerSecond", deletesPerSecond);
    if (churn != null && churnTimer != null) {
      churnTimer.cancel(false);
      // The timer may be about to make a change all the same.
      churn.stop();
      churn = null;
    }
    if (adds > 0 || deletes > 0) {
      Churn started = new Churn(mainStore, adds, deletes, ~seed, clock.getAsLong());
      churn = started;
      churnTimer = server.repeat(() -> started.advanceTo(clock.getAsLong()), CHURN_PAUSE);
    }
  }

  /**
   * Returns the last requests in the order of their arrival, as many as {@link
   * ApiSimulatorBuilder#recordedRequests} allows.
   *
   * @return a copy
   */
  public List<RecordedRequest> requests() {
    return log.exchanges().stream().map(RecordedRequest::new).toList();
  }

  /**
   * Returns the same as {@link #requests()}, and removes them from the record.
   *
   * @return the requests
   */
  public List<RecordedRequest> takeRequests() {
    return log.takeExchanges().stream().map(RecordedRequest::new).toList();
  }

  /**
   * Returns how many requests arrived completely since the start, including those that are not
   * kept.
   *
   * @return the number of requests
   */
  public long requestCount() {
    return log.requestCount();
  }

  /**
   * Returns how many responses had each status since the start.
   *
   * @return counts by status
   */
  public Map<Integer, Long> responseCounts() {
    return log.responseCounts();
  }

  /**
   * Returns how many faults of each kind happened since the start; a fault whose connection was
   * lost before it is not counted.
   *
   * @return counts by kind
   */
  public Map<Fault.Kind, Long> faultCounts() {
    return log.faultCounts();
  }

  /**
   * Returns how many late requests are not evaluated or not carried out yet. A test that compares
   * what happened waits until it is 0.
   *
   * @return the number at this time
   */
  public int pendingWrites() {
    return log.pendingWrites();
  }

  /**
   * Returns the largest number of requests in flight at one time.
   *
   * @return the peak since the start
   */
  public int peakConcurrentRequests() {
    return log.peakInFlight();
  }

  /**
   * Returns how many connections were accepted.
   *
   * @return the number since the start
   */
  public long connectionsAccepted() {
    return log.connectionCount();
  }

  /**
   * Returns how many connections are open.
   *
   * @return the number at this time
   */
  public int openConnections() {
    return log.openConnections();
  }

  /**
   * Returns how many calls are left of the quota at this time.
   *
   * @return the number of calls, 0 while the user is blocked, {@link Long#MAX_VALUE} without a rate
   *     limit
   */
  public long quotaLeft() {
    return main.quotaLeft();
  }

  /**
   * Starts a script for the requests that arrive from now on; it replaces the one before.
   *
   * @param script the faults; {@link FaultScript#none()} for none
   */
  public void faults(FaultScript script) {
    service.faults(Objects.requireNonNull(script, "script"));
  }

  /**
   * Takes calls from the quota as if another client of the same user had made them; does nothing
   * without a rate limit.
   *
   * @param calls how many, at least 0; one more than is left blocks the user, as a call would
   * @throws IllegalArgumentException if {@code calls} is negative
   */
  public void spend(int calls) {
    main.spend(calls);
  }

  /**
   * Stops listening and closes all connections, with or without a response; does nothing the second
   * time.
   *
   * <p>Waits until that is done, for five seconds at most. On a thread that must not block it only
   * starts it.
   */
  @Override
  public void close() {
    Future<?> ended = server.close();
    if (!Schedulers.isInNonBlockingThread()) {
      ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
