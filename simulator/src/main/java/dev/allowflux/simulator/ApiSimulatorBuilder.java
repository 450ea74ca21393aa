package dev.allowflux.simulator;

import dev.allowflux.simulator.internal.api.Behavior;
import dev.allowflux.simulator.internal.api.Credentials;
import dev.allowflux.simulator.internal.fault.ContraryFaults;
import dev.allowflux.simulator.internal.random.SplitMix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a simulator; a later call replaces an earlier one, but for those that add something.
 * Not thread-safe.
 *
 * <p>The default credentials are fixed and worth nothing anywhere else.
 *
 * <p>Longer than most classes, because each setting has its contract; the code is one line each.
 *
 * @since 0.1
 */
public final class ApiSimulatorBuilder {
  private static final int MAX_POLICIES = 2_000_000;
  private static final int DEFAULT_MAX_BODY = 16 << 20;
  private static final int MAX_RATE = 10_000;
  private static final Duration MAX_LATENCY = Duration.ofDays(1);

  int port;
  int policies;
  long seed;
  String accountId = "5117a10e5117a10e5117a10e5117a10e";
  String token = "simulator-token";
  String readOnlyToken = "simulator-read-only-token";
  String email = "operator@example.com";
  String key = "simulator-key";
  String serviceKey = "v1.0-simulator-service-key";
  Duration minLatency = Duration.ZERO;
  Duration maxLatency = Duration.ZERO;
  boolean evaluateReadsWithinLatency;
  double addsPerSecond;
  double deletesPerSecond;
  Duration totalCacheTime = Duration.ZERO;
  boolean gzip = true;
  boolean deprecatedFields = true;
  TotalCount totalCount = TotalCount.ALL;
  int maxPageSize = 1000;
  private boolean echoesPageSize;
  private boolean normalizing;
  private boolean atomicBatches = true;
  private @Nullable Contrary contrary;
  TieBreak tieBreak = TieBreak.ADDITION;
  @Nullable RateLimitRule rateLimit = RateLimitRule.of(1200, Duration.ofMinutes(5));
  LongSupplier clock = System::nanoTime;
  Duration idleTimeout = Duration.ofMinutes(1);
  int maxBodyBytes = DEFAULT_MAX_BODY;
  int recordedRequests = 10_000;
  String[] certificateHosts = {};
  FaultScript faults = FaultScript.none();

  final List<MoreAccount> moreAccounts = new ArrayList<>();
  final List<MoreUser> moreUsers = new ArrayList<>();
  final List<ChosenPolicy> chosenPolicies = new ArrayList<>();

  ApiSimulatorBuilder() {}

  /**
   * Sets the port to listen on.
   *
   * @param port 0 to 65535; 0, the default, takes a free one
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiSimulatorBuilder port(int port) {
    this.port = inRange("port", port, 0, 65_535);
    return this;
  }

  /**
   * Sets the number of policies at the start.
   *
   * @param policies 0, the default, to 2,000,000
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiSimulatorBuilder policies(int policies) {
    this.policies = inRange("policies", policies, 0, MAX_POLICIES);
    return this;
  }

  /**
   * Sets the seed of the policies: the same seed gives the same policies on every machine, and
   * fewer of them are the first of more.
   *
   * @param seed any number; 0 by default
   * @return this builder
   */
  public ApiSimulatorBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Sets the id of the default account.
   *
   * @param accountId the id, not empty; 32 hexadecimal digits by default
   * @return this builder
   * @throws IllegalArgumentException if it is empty
   */
  public ApiSimulatorBuilder accountId(String accountId) {
    this.accountId = notEmpty("accountId", accountId);
    return this;
  }

  /**
   * Adds another account, with policies of its own and a user who has a token and a quota of his
   * own; {@link #rateLimit} holds for each user. Each call adds one. This user may not use another
   * account; other settings hold for all accounts.
   *
   * @param accountId its id, not empty; {@link #start} refuses one that another account has
   * @param token the API token that may read and write, not empty; no other account has it
   * @param policies how many policies it has at the start, 0 to 2,000,000; they are others than
   *     those of the default account
   * @return this builder
   * @throws IllegalArgumentException if a value is empty or out of range
   * @see ApiSimulator#account
   */
  public ApiSimulatorBuilder addAccount(String accountId, String token, int policies) {
    moreAccounts.add(
        new MoreAccount(
            notEmpty("accountId", accountId),
            notEmpty("token", token),
            inRange("policies", policies, 0, MAX_POLICIES)));
    return this;
  }

  /**
   * Adds another user, who has a token and a quota of his own and may read and write some of the
   * accounts; {@link #rateLimit} holds for each user. Each call adds one.
   *
   * @param token the API token, not empty; no other user has it
   * @param accountIds the accounts, at least one; {@link #start} refuses one that there is not
   * @return this builder
   * @throws IllegalArgumentException if the token is empty or no account is named
   * @see ApiSimulator#user
   */
  public ApiSimulatorBuilder addUser(String token, String... accountIds) {
    if (accountIds.length == 0) {
      throw new IllegalArgumentException("a user needs an account");
    }
    moreUsers.add(new MoreUser(notEmpty("token", token), Set.of(accountIds)));
    return this;
  }

  /**
   * Adds a policy of your choice to the default account, after the generated ones, at the start and
   * at each {@linkplain ApiSimulator#reset() reset}. Each call adds one.
   *
   * @param json the fields of a create as JSON; {@link #start} refuses what the service would
   * @return this builder
   * @see SimulatedAccount#addPolicy
   */
  public ApiSimulatorBuilder addPolicy(String json) {
    chosenPolicies.add(new ChosenPolicy(null, Objects.requireNonNull(json, "json")));
    return this;
  }

  /**
   * Adds a policy of your choice to an account, as {@link #addPolicy(String)} does to the default
   * one.
   *
   * @param accountId the account; {@link #start} refuses one that there is not
   * @param json the fields of a create as JSON; {@link #start} refuses what the service would
   * @return this builder
   */
  public ApiSimulatorBuilder addPolicy(String accountId, String json) {
    chosenPolicies.add(
        new ChosenPolicy(notEmpty("accountId", accountId), Objects.requireNonNull(json, "json")));
    return this;
  }

  /**
   * Sets the API token that may read and write.
   *
   * @param token the token, not empty; {@code simulator-token} by default
   * @return this builder
   * @throws IllegalArgumentException if it is empty
   */
  public ApiSimulatorBuilder token(String token) {
    this.token = notEmpty("token", token);
    return this;
  }

  /**
   * Sets the API token that may only read.
   *
   * @param readOnlyToken the token, not empty; {@code simulator-read-only-token} by default
   * @return this builder
   * @throws IllegalArgumentException if it is empty
   */
  public ApiSimulatorBuilder readOnlyToken(String readOnlyToken) {
    this.readOnlyToken = notEmpty("readOnlyToken", readOnlyToken);
    return this;
  }

  /**
   * Sets the e-mail address and the global key of the user.
   *
   * @param email the address, not empty; {@code operator@example.com} by default
   * @param key the key, not empty; {@code simulator-key} by default
   * @return this builder
   * @throws IllegalArgumentException if one is empty
   */
  public ApiSimulatorBuilder emailAndKey(String email, String key) {
    this.email = notEmpty("email", email);
    this.key = notEmpty("key", key);
    return this;
  }

  /**
   * Sets the user service key.
   *
   * @param serviceKey the key, not empty; {@code v1.0-simulator-service-key} by default
   * @return this builder
   * @throws IllegalArgumentException if it is empty
   */
  public ApiSimulatorBuilder serviceKey(String serviceKey) {
    this.serviceKey = notEmpty("serviceKey", serviceKey);
    return this;
  }

  /**
   * Sets the time from each request to its response; the same for all. A request is carried out at
   * the start of this time.
   *
   * @param latency not negative, at most a day; zero by default
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiSimulatorBuilder latency(Duration latency) {
    return latency(latency, latency);
  }

  /**
   * Sets the bounds of the time from each request to its response. The time of a request is random
   * between them, evenly distributed, and follows from the seed and the number of the request.
   *
   * @param min the shortest time, not negative; zero by default
   * @param max the longest time, at least {@code min}, at most a day; zero by default
   * @return this builder
   * @throws IllegalArgumentException if a bound is out of range
   */
  public ApiSimulatorBuilder latency(Duration min, Duration max) {
    notNegative("latency", min);
    if (max.compareTo(min) < 0 || max.compareTo(MAX_LATENCY) > 0) {
      throw new IllegalArgumentException(
          "latency must be from " + min + " to " + MAX_LATENCY + ", not " + max);
    }
    this.minLatency = min;
    this.maxLatency = max;
    return this;
  }

  /**
   * Sets when a read (a list or a get) is evaluated: at a random moment within its latency, as by a
   * service that takes a while to reach its data, or at the start of its latency. A write is always
   * carried out at the start.
   *
   * @param within false by default
   * @return this builder
   */
  public ApiSimulatorBuilder evaluateReadsWithinLatency(boolean within) {
    this.evaluateReadsWithinLatency = within;
    return this;
  }

  /**
   * Adds and deletes policies all the time, as other clients of the account would do. Each addition
   * and each deletion is a change of its own, at random times that have these rates on average. A
   * deletion removes any policy with the same probability; it does nothing in an empty account.
   * Nothing is recorded or counted as a request. The seed gives the same changes in the same order;
   * {@link #clock} gives the time. {@link ApiSimulator#churn} changes the rates later.
   *
   * @param addsPerSecond 0, the default, to 10,000
   * @param deletesPerSecond 0, the default, to 10,000
   * @return this builder
   * @throws IllegalArgumentException if a rate is out of range
   */
  public ApiSimulatorBuilder churn(double addsPerSecond, double deletesPerSecond) {
    this.addsPerSecond = rate("addsPerSecond", addsPerSecond);
    this.deletesPerSecond = rate("deletesPerSecond", deletesPerSecond);
    return this;
  }

  /**
   * Sets whether longer responses are compressed for clients that accept gzip.
   *
   * @param gzip true by default
   * @return this builder
   */
  public ApiSimulatorBuilder gzip(boolean gzip) {
    this.gzip = gzip;
    return this;
  }

  /**
   * Sets whether policies have the fields whose end of life has passed: {@code last_modified} and
   * the booleans {@code is_sender}, {@code is_spoof} and {@code is_recipient}.
   *
   * @param deprecatedFields true by default
   * @return this builder
   */
  public ApiSimulatorBuilder deprecatedFields(boolean deprecatedFields) {
    this.deprecatedFields = deprecatedFields;
    return this;
  }

  /**
   * Sets the meaning of {@code total_count} in listings.
   *
   * @param totalCount {@link TotalCount#ALL} by default, as documented
   * @return this builder
   */
  public ApiSimulatorBuilder totalCount(TotalCount totalCount) {
    this.totalCount = Objects.requireNonNull(totalCount, "totalCount");
    return this;
  }

  /**
   * Sets how long {@code total_count} is cached: listings within this time, on {@link #clock}, have
   * the total of the first of them, though their policies are current. With {@link
   * TotalCount#FILTERED} each filter has a total of its own.
   *
   * @param time not negative; zero, the default, for totals that are always current
   * @return this builder
   * @throws IllegalArgumentException if it is negative
   */
  public ApiSimulatorBuilder totalCountCachedFor(Duration time) {
    this.totalCacheTime = notNegative("time", time);
    return this;
  }

  /**
   * Limits the policies on a page, whatever the request says; {@code per_page} of the response is
   * the page size that was used.
   *
   * @param maxPageSize 1 to 1000, the default
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiSimulatorBuilder maxPageSize(int maxPageSize) {
    this.maxPageSize = inRange("maxPageSize", maxPageSize, 1, 1000);
    return this;
  }

  /**
   * Sets whether {@code per_page} of a listing is the requested page size even where {@link
   * #maxPageSize} lowers it. The positions of the pages follow from the used page size.
   *
   * @param echoed false by default
   * @return this builder
   */
  public ApiSimulatorBuilder echoRequestedPageSize(boolean echoed) {
    this.echoesPageSize = echoed;
    return this;
  }

  /**
   * Sets whether the service stores patterns and comments in a spelling of its own: domains in
   * lower case, without trailing dot and with A-labels, networks without host bits and in their
   * shortest form, comments without blanks at their ends. Otherwise it stores what was sent.
   *
   * @param normalizing false by default
   * @return this builder
   */
  public ApiSimulatorBuilder normalizing(boolean normalizing) {
    this.normalizing = normalizing;
    return this;
  }

  /**
   * Sets whether a batch is carried out completely or not at all, as documented. Otherwise a
   * refused batch has carried out all elements before the refused one, in the order deletes,
   * patches, puts, posts; {@link RecordedRequest#createdIds()} and its siblings tell which.
   *
   * @param atomic true by default
   * @return this builder
   */
  public ApiSimulatorBuilder atomicBatches(boolean atomic) {
    this.atomicBatches = atomic;
    return this;
  }

  /**
   * Makes a contrary service: the same as {@link #contrary(long, double, Duration)} with a fault
   * for a quarter of the requests and a settle time of 60 seconds.
   *
   * @param seed the seed; the same requests in the same order get the same faults
   * @return this builder
   */
  public ApiSimulatorBuilder contrary(long seed) {
    return contrary(seed, 0.25, Duration.ofSeconds(60));
  }

  /**
   * Makes a contrary service, to find out what a client believes without proof. Each request that
   * has no fault by script gets, at the given rate, one of these:
   *
   * <ul>
   *   <li>a result that contradicts the request: another policy or its id, another value of a field
   *       that was sent, null, no fields, fewer elements of a batch, a page that is short or empty
   *       although more follow (without a filter, so that the total shows it);
   *   <li>a response that proves nothing: a 404 of a proxy or of the routing;
   *   <li>one that is not HTTP: 1xx before it, a second response, bytes behind it, a 204 with a
   *       body;
   *   <li>one that is late, or lost while the write is still carried out, at most the settle time
   *       after the request.
   * </ul>
   *
   * <p>A write that meets such a response is carried out or not, also by the seed. The same request
   * never gets more than three faults in a row. Contradictions that no client could notice do not
   * occur. The seed also decides on the behavior of the service, in addition to what is set: {@link
   * #normalizing}, not {@link #atomicBatches}, and pages of 10 to 209 policies with {@link
   * #echoRequestedPageSize}, each with a probability of one half.
   *
   * <p>{@link ApiSimulator#requests()} tells what was really carried out.
   *
   * @param seed the seed; the same requests in the same order get the same faults
   * @param rate the share of requests with a fault, from 0 to 1
   * @param settleTime the longest time until a late request is carried out, not negative
   * @return this builder
   * @throws IllegalArgumentException if a value is out of range
   * @see ApiSimulator#pendingWrites()
   */
  public ApiSimulatorBuilder contrary(long seed, double rate, Duration settleTime) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate must be from 0 to 1, not " + rate);
    }
    this.contrary = new Contrary(seed, rate, notNegative("settleTime", settleTime));
    return this;
  }

  /**
   * Sets the order among equal policies in a listing.
   *
   * @param tieBreak {@link TieBreak#ADDITION} by default
   * @return this builder
   */
  public ApiSimulatorBuilder tieBreak(TieBreak tieBreak) {
    this.tieBreak = Objects.requireNonNull(tieBreak, "tieBreak");
    return this;
  }

  /**
   * Sets how many calls the user may make.
   *
   * @param rule 1200 calls in a fixed window of 300 seconds by default, and 300 seconds of block
   * @return this builder
   */
  public ApiSimulatorBuilder rateLimit(RateLimitRule rule) {
    this.rateLimit = Objects.requireNonNull(rule, "rule");
    return this;
  }

  /**
   * Switches off the rate limit and its headers.
   *
   * @return this builder
   */
  public ApiSimulatorBuilder noRateLimit() {
    this.rateLimit = null;
    return this;
  }

  /**
   * Sets the clock of the rate limit, of {@link RecordedRequest#arrivedNanos()} and of the times of
   * policies that are written.
   *
   * @param nanos nanoseconds since any moment, never falling; {@link System#nanoTime()} by default.
   *     It is called on any thread and must not block.
   * @return this builder
   */
  public ApiSimulatorBuilder clock(LongSupplier nanos) {
    this.clock = Objects.requireNonNull(nanos, "nanos");
    return this;
  }

  /**
   * Sets how long a connection may be idle before it is closed.
   *
   * @param idleTimeout not negative; 60 seconds by default; zero is no limit
   * @return this builder
   * @throws IllegalArgumentException if it is negative
   */
  public ApiSimulatorBuilder idleTimeout(Duration idleTimeout) {
    this.idleTimeout = notNegative("idleTimeout", idleTimeout);
    return this;
  }

  /**
   * Sets the longest body of a request; a longer one is refused with status 413.
   *
   * @param maxBodyBytes at least 0; 16 MiB by default
   * @return this builder
   * @throws IllegalArgumentException if it is negative
   */
  public ApiSimulatorBuilder maxBodyBytes(int maxBodyBytes) {
    this.maxBodyBytes = inRange("maxBodyBytes", maxBodyBytes, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Sets how many of the last requests are kept.
   *
   * @param recordedRequests at least 0; 10,000 by default
   * @return this builder
   * @throws IllegalArgumentException if it is negative
   */
  public ApiSimulatorBuilder recordedRequests(int recordedRequests) {
    this.recordedRequests = inRange("recordedRequests", recordedRequests, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Serves HTTPS instead of HTTP, with a certificate for {@code 127.0.0.1} and {@code localhost}
   * that the simulator makes itself: a client refuses it unless it is set up to trust it.
   *
   * @return this builder
   * @see ApiSimulator#certificatePem()
   */
  public ApiSimulatorBuilder tls() {
    this.certificateHosts = new String[] {"127.0.0.1", "localhost"};
    return this;
  }

  /**
   * Serves HTTPS as {@link #tls()} does, but with a certificate for another host, which a client
   * refuses even if it trusts the certificate.
   *
   * @param certificateHost a host name, not empty
   * @return this builder
   * @throws IllegalArgumentException if it is empty
   */
  public ApiSimulatorBuilder tls(String certificateHost) {
    this.certificateHosts = new String[] {notEmpty("certificateHost", certificateHost)};
    return this;
  }

  /**
   * Sets the faults from the start; {@link ApiSimulator#faults} replaces them later.
   *
   * @param script without faults by default
   * @return this builder
   */
  public ApiSimulatorBuilder faults(FaultScript script) {
    this.faults = Objects.requireNonNull(script, "script");
    return this;
  }

  /**
   * Makes the policies and starts to listen; waits until both are done. The builder may be used
   * again.
   *
   * @return the simulator, ready for requests
   * @throws java.io.UncheckedIOException if the port cannot be bound
   * @throws IllegalArgumentException if two accounts have the same id, two users the same token, if
   *     a user or a chosen policy belongs to an account that there is not, or if the service would
   *     refuse a chosen policy
   */
  public ApiSimulator start() {
    return new ApiSimulator(this);
  }

  record MoreAccount(String accountId, String token, int policies) {}

  record MoreUser(String token, Set<String> accountIds) {}

  /** The account is null for the default one. */
  record ChosenPolicy(@Nullable String accountId, String json) {}

  Credentials credentials() {
    return new Credentials(token, readOnlyToken, email, key, serviceKey);
  }

  Behavior behavior() {
    if (contrary == null) {
      return new Behavior(maxPageSize, echoesPageSize, normalizing, atomicBatches);
    }
    SplitMix random = new SplitMix(SplitMix.mix(contrary.seed));
    boolean clamps = random.percent(50);
    return new Behavior(
        clamps ? Math.min(maxPageSize, 10 + random.below(200)) : maxPageSize,
        clamps || echoesPageSize,
        random.percent(50) || normalizing,
        random.percent(50) && atomicBatches);
  }

  @Nullable ContraryFaults contraryFaults() {
    return contrary == null
        ? null
        : new ContraryFaults(contrary.seed, contrary.rate, contrary.settleTime);
  }

  private record Contrary(long seed, double rate, Duration settleTime) {}

  private static int inRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must be from " + min + " to " + max + ", not " + value);
    }
    return value;
  }

  static double rate(String name, double value) {
    if (!(value >= 0 && value <= MAX_RATE)) {
      throw new IllegalArgumentException(
          name + " must be from 0 to " + MAX_RATE + ", not " + value);
    }
    return value;
  }

  private static String notEmpty(String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " must not be empty");
    }
    return value;
  }

  private static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, but is " + value);
    }
    return value;
  }
}
