package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
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
 * <p>It serves HTTP/1.1. All methods may be called from any thread, and but for {@link #close()}
 * and {@link Builder#start()} none waits for anything.
 */
public final class ApiSimulator implements AutoCloseable {
  private static final int MAX_THREADS = 4;
  private static final long CLOSE_SECONDS = 5;
  private static final int MAX_HEAD_PART = 32 << 10;

  private final Builder settings;
  private final PolicyStore store;
  private final AllowPolicyApi api;
  private final Journal journal;
  private final @Nullable Quota quota;
  private final ApiService service;
  private final @Nullable SelfSigned selfSigned;
  private final EventLoopGroup loops;

  /** The server's channel and those of all connections. */
  private final ChannelGroup channels;

  private final Channel server;

  private ApiSimulator(Builder builder) {
    settings = builder;
    LongSupplier clock = builder.clock;
    long start = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - clock.getAsLong();
    store =
        new PolicyStore(
            SeededPolicies.make(builder.seed, builder.policies),
            builder.seed,
            builder.tieBreak,
            () -> start + clock.getAsLong());
    api =
        new AllowPolicyApi(
            store,
            new Policy.Writer(builder.deprecatedFields),
            builder.totalCount,
            builder.maxPageSize);
    quota = builder.rateLimit == null ? null : new Quota(builder.rateLimit, clock);
    journal = new Journal(builder.recordedRequests);
    service =
        new ApiService(
            new Access(
                builder.accountId,
                builder.token,
                builder.readOnlyToken,
                builder.email,
                builder.key,
                builder.serviceKey),
            api,
            quota,
            builder.gzip);
    service.faults(builder.faults);
    String[] hosts = builder.certificateHosts;
    selfSigned = hosts.length == 0 ? null : SelfSigned.of(hosts);
    SslContext tls = selfSigned == null ? null : tls(selfSigned);
    loops =
        new MultiThreadIoEventLoopGroup(
            Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()),
            ApiSimulator::thread,
            NioIoHandler.newFactory());
    channels = new DefaultChannelGroup(loops.next(), true);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    if (!builder.idleTimeout.isZero()) {
                      channel
                          .pipeline()
                          .addLast(
                              new IdleStateHandler(
                                  0, 0, builder.idleTimeout.toNanos(), TimeUnit.NANOSECONDS));
                    }
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(new HttpRequestDecoder(requestLimits()))
                        .addLast(
                            new Connection(
                                service, journal, clock, builder.latency, builder.maxBodyBytes));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), builder.port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Future<?> unused = shutDown();
      throw new UncheckedIOException(
          new IOException("cannot listen on port " + builder.port, bound.cause()));
    }
    server = bound.channel();
    channels.add(server);
  }

  /** A filter for the longest pattern, percent-encoded, takes some 12,000 characters. */
  private static HttpDecoderConfig requestLimits() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(MAX_HEAD_PART)
        .setMaxHeaderSize(MAX_HEAD_PART);
  }

  private static SslContext tls(SelfSigned selfSigned) {
    try {
      return SslContextBuilder.forServer(selfSigned.key(), selfSigned.certificate())
          .sslProvider(SslProvider.JDK)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS cannot be set up", e);
    }
  }

  /** A daemon; and a detector of blocking calls that a user's test installs is not meant for it. */
  private static Thread thread(Runnable loop) {
    Thread thread =
        new FastThreadLocalThread(loop, "api-simulator") {
          @Override
          public boolean permitBlockingCalls() {
            return true;
          }
        };
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Settings to start from: no policies, plain HTTP, a rate limit of 1200 calls in 300 seconds.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The address that a client is given.
   *
   * @return such as {@code http://127.0.0.1:40123/client/v4}; with {@code https} if TLS is on
   */
  public String baseUrl() {
    String scheme = selfSigned == null ? "http" : "https";
    return scheme + "://127.0.0.1:" + port() + Route.BASE_PATH;
  }

  /**
   * The certificate of the server, made by itself at the start.
   *
   * @return PEM text, for a client to trust
   * @throws IllegalStateException if the simulator serves plain HTTP
   */
  public String certificatePem() {
    if (selfSigned == null) {
      throw new IllegalStateException("plain HTTP has no certificate");
    }
    return selfSigned.pem();
  }

  /**
   * The port that it listens on.
   *
   * @return the port
   */
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /**
   * The only account there is.
   *
   * @return the account's id
   */
  public String accountId() {
    return settings.accountId;
  }

  /**
   * The API token that may read and write.
   *
   * @return the token
   */
  public String token() {
    return settings.token;
  }

  /**
   * How many policies there are.
   *
   * @return the number of policies
   */
  public int size() {
    return store.size();
  }

  /**
   * The ids of all policies in the order of their addition.
   *
   * @return a list of its own, as long as {@link #size()}
   */
  public List<String> policyIds() {
    return store.ids();
  }

  /**
   * A policy as the API would return it.
   *
   * @param id the policy's id
   * @return JSON text, or null if there is no such policy
   */
  public @Nullable String policyJson(String id) {
    UUID key = Ids.parse(Objects.requireNonNull(id, "id"));
    Policy policy = key == null ? null : store.find(key);
    return policy == null ? null : new String(api.json(policy), UTF_8);
  }

  /**
   * Adds policies that are made up, as if somebody had created them in one batch at this time;
   * their patterns are new. No request is recorded and none is counted.
   *
   * @param count how many, 0 or more
   * @return their ids
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public List<String> addPolicies(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count must not be negative, but is " + count);
    }
    return store.change(
        changes -> Stream.generate(changes::add).limit(count).map(Policy::id).toList(), true);
  }

  /**
   * Deletes policies as if somebody had done it in one batch; ids that do not exist are passed
   * over.
   *
   * @param ids the ids
   */
  public void deletePolicies(Collection<String> ids) {
    store.change(
        changes -> {
          for (String id : ids) {
            UUID key = Ids.parse(id);
            if (key != null && changes.find(key) != null) {
              changes.delete(key);
            }
          }
          return ids;
        },
        true);
  }

  /**
   * The last requests in the order in which they came, as many as {@link Builder#recordedRequests}
   * allows.
   *
   * @return a list of its own
   */
  public List<RecordedRequest> requests() {
    return journal.requests();
  }

  /**
   * The same as {@link #requests()}, and forgets them.
   *
   * @return a list of its own
   */
  public List<RecordedRequest> takeRequests() {
    return journal.takeRequests();
  }

  /**
   * How many requests came whole since the start, forgotten ones included.
   *
   * @return the number of requests
   */
  public long requestCount() {
    return journal.requestCount();
  }

  /**
   * How many answers began with each status since the start.
   *
   * @return counts by status
   */
  public Map<Integer, Long> answers() {
    return journal.answers();
  }

  /**
   * How many faults of each kind happened since the start; of those that a script wanted, none
   * whose connection was lost before.
   *
   * @return counts by kind
   */
  public Map<Fault.Kind, Long> faultCounts() {
    return journal.faults();
  }

  /**
   * The largest number of requests that were under way at one time.
   *
   * @return the peak since the start
   */
  public int peakConcurrentRequests() {
    return journal.peak();
  }

  /**
   * How many connections were accepted.
   *
   * @return the number since the start
   */
  public long connectionsAccepted() {
    return journal.connections();
  }

  /**
   * How many connections are open.
   *
   * @return the number at this time
   */
  public int openConnections() {
    return journal.openConnections();
  }

  /**
   * How many calls are left of the quota at this time.
   *
   * @return the number of calls, 0 while the user is blocked, {@link Long#MAX_VALUE} without a rate
   *     limit
   */
  public long quotaLeft() {
    return quota == null ? Long.MAX_VALUE : quota.look().left();
  }

  /**
   * Lets a script begin for the requests that come from now on; it ends the one before.
   *
   * @param script what goes wrong; {@link FaultScript#none()} for nothing
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
    if (calls < 0) {
      throw new IllegalArgumentException("calls must not be negative, but is " + calls);
    }
    for (int i = 0; quota != null && i < calls; i++) {
      quota.take();
    }
  }

  /**
   * Stops listening and closes all connections, answered or not; does nothing the second time.
   *
   * <p>Waits until that is done, for five seconds at most, unless the calling thread is one that
   * must not block; then it only starts it.
   */
  @Override
  public void close() {
    Future<?> ended = shutDown();
    if (!Schedulers.isInNonBlockingThread()) {
      ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The loops do not end before the channels.
  private Future<?> shutDown() {
    // A loop that is told to end while it works may end without closing its channels.
    channels.close();
    return loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Settings of a simulator; for each a later call replaces an earlier one. Not thread-safe.
   *
   * <p>The default credentials are fixed and worth nothing anywhere else.
   */
  public static final class Builder {
    private static final int MAX_POLICIES = 2_000_000;
    private static final int DEFAULT_MAX_BODY = 16 << 20;

    private int port;
    private int policies;
    private long seed;
    private String accountId = "5117a10e5117a10e5117a10e5117a10e";
    private String token = "simulator-token";
    private String readOnlyToken = "simulator-read-only-token";
    private String email = "operator@example.com";
    private String key = "simulator-key";
    private String serviceKey = "v1.0-simulator-service-key";
    private Duration latency = Duration.ZERO;
    private boolean gzip = true;
    private boolean deprecatedFields = true;
    private TotalCount totalCount = TotalCount.ALL;
    private int maxPageSize = 1000;
    private TieBreak tieBreak = TieBreak.ADDITION;
    private @Nullable RateLimitRule rateLimit = RateLimitRule.of(1200, Duration.ofMinutes(5));
    private LongSupplier clock = System::nanoTime;
    private Duration idleTimeout = Duration.ofMinutes(1);
    private int maxBodyBytes = DEFAULT_MAX_BODY;
    private int recordedRequests = 10_000;
    private String[] certificateHosts = {};
    private FaultScript faults = FaultScript.none();

    private Builder() {}

    private Builder(Builder other) {
      port = other.port;
      policies = other.policies;
      seed = other.seed;
      accountId = other.accountId;
      token = other.token;
      readOnlyToken = other.readOnlyToken;
      email = other.email;
      key = other.key;
      serviceKey = other.serviceKey;
      latency = other.latency;
      gzip = other.gzip;
      deprecatedFields = other.deprecatedFields;
      totalCount = other.totalCount;
      maxPageSize = other.maxPageSize;
      tieBreak = other.tieBreak;
      rateLimit = other.rateLimit;
      clock = other.clock;
      idleTimeout = other.idleTimeout;
      maxBodyBytes = other.maxBodyBytes;
      recordedRequests = other.recordedRequests;
      certificateHosts = other.certificateHosts;
      faults = other.faults;
    }

    /**
     * The port to listen on.
     *
     * @param port 0 to 65535; 0, the default, takes a free one
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder port(int port) {
      this.port = inRange("port", port, 0, 65_535);
      return this;
    }

    /**
     * How many policies there are at the start.
     *
     * @param policies 0, the default, to 2,000,000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder policies(int policies) {
      this.policies = inRange("policies", policies, 0, MAX_POLICIES);
      return this;
    }

    /**
     * What the policies are made from: the same seed gives the same ones on every machine, and
     * fewer of them are the first of more.
     *
     * @param seed any number; 0 by default
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * The only account there is.
     *
     * @param accountId its id, not empty; 32 hexadecimal digits by default
     * @return this builder
     * @throws IllegalArgumentException if it is empty
     */
    public Builder accountId(String accountId) {
      this.accountId = notEmpty("accountId", accountId);
      return this;
    }

    /**
     * The API token that may read and write.
     *
     * @param token the token, not empty; {@code simulator-token} by default
     * @return this builder
     * @throws IllegalArgumentException if it is empty
     */
    public Builder token(String token) {
      this.token = notEmpty("token", token);
      return this;
    }

    /**
     * The API token that may only read.
     *
     * @param readOnlyToken the token, not empty; {@code simulator-read-only-token} by default
     * @return this builder
     * @throws IllegalArgumentException if it is empty
     */
    public Builder readOnlyToken(String readOnlyToken) {
      this.readOnlyToken = notEmpty("readOnlyToken", readOnlyToken);
      return this;
    }

    /**
     * The e-mail address and the global key of the user.
     *
     * @param email the address, not empty; {@code operator@example.com} by default
     * @param key the key, not empty; {@code simulator-key} by default
     * @return this builder
     * @throws IllegalArgumentException if one is empty
     */
    public Builder emailAndKey(String email, String key) {
      this.email = notEmpty("email", email);
      this.key = notEmpty("key", key);
      return this;
    }

    /**
     * The user service key.
     *
     * @param serviceKey the key, not empty; {@code v1.0-simulator-service-key} by default
     * @return this builder
     * @throws IllegalArgumentException if it is empty
     */
    public Builder serviceKey(String serviceKey) {
      this.serviceKey = notEmpty("serviceKey", serviceKey);
      return this;
    }

    /**
     * How long each answer is held back; a write is done before.
     *
     * @param latency not negative; zero by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder latency(Duration latency) {
      this.latency = notNegative("latency", latency);
      return this;
    }

    /**
     * Whether longer answers are compressed for clients that accept gzip.
     *
     * @param gzip true by default
     * @return this builder
     */
    public Builder gzip(boolean gzip) {
      this.gzip = gzip;
      return this;
    }

    /**
     * Whether policies have the fields whose end of life has passed: {@code last_modified} and the
     * booleans {@code is_sender}, {@code is_spoof} and {@code is_recipient}.
     *
     * @param deprecatedFields true by default
     * @return this builder
     */
    public Builder deprecatedFields(boolean deprecatedFields) {
      this.deprecatedFields = deprecatedFields;
      return this;
    }

    /**
     * What listings say of their {@code total_count}.
     *
     * @param totalCount {@link TotalCount#ALL} by default, as documented
     * @return this builder
     */
    public Builder totalCount(TotalCount totalCount) {
      this.totalCount = Objects.requireNonNull(totalCount, "totalCount");
      return this;
    }

    /**
     * The most policies that a page has, whatever a caller asks for; {@code per_page} of the answer
     * says how many it was.
     *
     * @param maxPageSize 1 to 1000, the default
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxPageSize(int maxPageSize) {
      this.maxPageSize = inRange("maxPageSize", maxPageSize, 1, 1000);
      return this;
    }

    /**
     * The order among equals in a listing.
     *
     * @param tieBreak {@link TieBreak#ADDITION} by default
     * @return this builder
     */
    public Builder tieBreak(TieBreak tieBreak) {
      this.tieBreak = Objects.requireNonNull(tieBreak, "tieBreak");
      return this;
    }

    /**
     * How many calls the user may make.
     *
     * @param rule 1200 calls in a fixed window of 300 seconds by default, and 300 seconds of block
     * @return this builder
     */
    public Builder rateLimit(RateLimitRule rule) {
      this.rateLimit = Objects.requireNonNull(rule, "rule");
      return this;
    }

    /**
     * Switches the rate limit off, and its headers with it.
     *
     * @return this builder
     */
    public Builder noRateLimit() {
      this.rateLimit = null;
      return this;
    }

    /**
     * The clock of the rate limit, of {@link RecordedRequest#arrivedNanos()} and of the times of
     * policies that are written.
     *
     * @param nanos nanoseconds since any moment, never falling; {@link System#nanoTime()} by
     *     default. It is called on any thread and must not block.
     * @return this builder
     */
    public Builder clock(LongSupplier nanos) {
      this.clock = Objects.requireNonNull(nanos, "nanos");
      return this;
    }

    /**
     * How long a connection may be idle before it is closed.
     *
     * @param idleTimeout not negative; 60 seconds by default; zero is no limit
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder idleTimeout(Duration idleTimeout) {
      this.idleTimeout = notNegative("idleTimeout", idleTimeout);
      return this;
    }

    /**
     * The longest body of a request; a longer one is refused with status 413.
     *
     * @param maxBodyBytes at least 0; 16 MiB by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxBodyBytes(int maxBodyBytes) {
      this.maxBodyBytes = inRange("maxBodyBytes", maxBodyBytes, 0, Integer.MAX_VALUE);
      return this;
    }

    /**
     * How many of the last requests are kept.
     *
     * @param recordedRequests at least 0; 10,000 by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder recordedRequests(int recordedRequests) {
      this.recordedRequests = inRange("recordedRequests", recordedRequests, 0, Integer.MAX_VALUE);
      return this;
    }

    /**
     * Serves HTTPS instead of HTTP, with a certificate for {@code 127.0.0.1} and {@code localhost}
     * that the simulator makes itself: a client refuses it unless it is told to trust it.
     *
     * @return this builder
     * @see ApiSimulator#certificatePem()
     */
    public Builder tls() {
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
    public Builder tls(String certificateHost) {
      this.certificateHosts = new String[] {notEmpty("certificateHost", certificateHost)};
      return this;
    }

    /**
     * What goes wrong from the start; {@link ApiSimulator#faults} changes it later.
     *
     * @param script nothing by default
     * @return this builder
     */
    public Builder faults(FaultScript script) {
      this.faults = Objects.requireNonNull(script, "script");
      return this;
    }

    /**
     * Makes the policies and starts to listen; waits until that is done.
     *
     * <p>The builder may be used again.
     *
     * @return the simulator, ready for requests
     * @throws UncheckedIOException if the port cannot be listened on
     */
    public ApiSimulator start() {
      return new ApiSimulator(new Builder(this));
    }

    private static int inRange(String name, int value, int min, int max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            name + " must be from " + min + " to " + max + ", not " + value);
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
}
