package dev.allowflux.redis;

import static java.util.stream.Collectors.joining;

import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.QuotaStore;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * One quota for all processes that share a credential, kept in Redis or Valkey: services, jobs, the
 * command line.
 *
 * <p>In every span of the window's length, all processes together send at most the quota, by the
 * server's own clock and whatever their clocks say. A pause after a 429 and what the service says
 * is left hold for all of them; interactive calls of one process pass the bulk calls of another;
 * and processes that wait are served in turn.
 *
 * <p>Nothing is connected before the first call. Nothing blocks: not a call, not {@link #close()}.
 * Every process must name the same quota with the same figures. What happens while Redis is away is
 * said by {@link WhenAway}. A server that was restarted, or has taken over from another one, grants
 * nothing until all processes that it or they know have reported what they sent, which takes about
 * a second, or else for one window and a lease (six minutes by default).
 *
 * <p>A Redis that has been up for less than a window and a lease and does not know the quota grants
 * nothing until then, since it may have lost it; see {@link Builder#startsUnused(boolean)}.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class RedisQuota implements QuotaStore, AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final StoreConversation conversation;
  private final String address;
  private final String name;

  RedisQuota(StoreConversation conversation, String address, String name) {
    this.conversation = conversation;
    this.address = address;
    this.name = name;
  }

  /**
   * Starts a quota on a server with a connection of its own.
   *
   * @param uri where the server is, as Lettuce writes it: {@code redis://user:password@host:6379},
   *     {@code rediss://} with TLS, {@code redis-sentinel://host,host#master}; the nodes of a
   *     cluster are {@code redis://host:6379,host:6379}
   * @return a builder, which still needs a name or a credential
   * @throws IllegalArgumentException if the address is none; the message does not show it
   */
  public static Builder builder(String uri) {
    return new Builder(null, Addresses.parse(uri));
  }

  /**
   * Starts a quota on a server whose Lettuce client there is already.
   *
   * @param client the client; it stays open when the quota is closed
   * @param uri where the server is
   * @return a builder, which still needs a name or a credential
   */
  public static Builder builder(RedisClient client, RedisURI uri) {
    return new Builder(client, List.of(uri));
  }

  /**
   * Starts a quota on a cluster whose Lettuce client there is already.
   *
   * @param client the client; it stays open when the quota is closed
   * @return a builder, which still needs a name or a credential
   */
  public static Builder builder(RedisClusterClient client) {
    return new Builder(client, List.of());
  }

  @Override
  public Mono<Reply> exchange(Exchange exchange) {
    return conversation.exchange(exchange);
  }

  /**
   * Reports what is left to report and gives the connection back, in the background. Calls that
   * wait fail.
   */
  @Override
  public void close() {
    conversation.close();
  }

  /**
   * Does what {@link #close()} does.
   *
   * @return completes when the last report has arrived, or cannot any more; nothing happens before
   *     subscription
   */
  public Mono<Void> closeGracefully() {
    return Mono.defer(
        () -> {
          conversation.close();
          return conversation.whenClosed();
        });
  }

  /** Names the quota and its server. */
  @Override
  public String toString() {
    return "RedisQuota[" + name + ", " + address + "]";
  }

  /**
   * Collects the settings. A later call replaces an earlier one.
   *
   * @since 0.1
   */
  public static final class Builder {

    private final @Nullable AbstractRedisClient client;
    private final List<RedisURI> uris;
    private String name = "";
    private WhenAway whenAway = WhenAway.LOCAL_SHARE;
    private int processes;
    private Duration timeout = Duration.ofMillis(250);
    private boolean startsUnused;

    private Builder(@Nullable AbstractRedisClient client, List<RedisURI> uris) {
      this.client = client;
      this.uris = uris;
    }

    /**
     * Names the quota. All that share it give it the same name, and with it several tokens of one
     * user share what the service allows that user.
     *
     * @param name one line of at most 200 characters without braces
     * @return this builder
     */
    public Builder name(String name) {
      if (name.isBlank()
          || name.length() > 200
          || name.codePoints().anyMatch(c -> c == '{' || c == '}' || Character.isISOControl(c))) {
        throw new IllegalArgumentException(
            "the name of a quota must be one line of at most 200 characters without braces");
      }
      this.name = name;
      return this;
    }

    /**
     * Names the quota by a hash of a credential, which does not give it away.
     *
     * @param credential what all that share the quota call with; not a supplied one
     * @return this builder
     */
    public Builder credential(Credential credential) {
      String key = credential.quotaKey();
      if (key == null) {
        throw new IllegalArgumentException(
            "the quota of a credential that is supplied anew for each call needs a name");
      }
      return name(key);
    }

    /**
     * Who to log in as, for an address without a user and a password. Not for a client that is
     * there already.
     *
     * @param user the user, or empty for the default one
     * @param password the password
     * @return this builder
     */
    public Builder login(String user, String password) {
      RedisCredentials credentials =
          RedisCredentials.just(user.isEmpty() ? null : user, password.toCharArray());
      for (RedisURI uri : uris) {
        uri.setCredentialsProvider(() -> Mono.just(credentials));
      }
      return this;
    }

    /**
     * What happens while Redis is away. Default {@link WhenAway#LOCAL_SHARE}.
     *
     * @param whenAway the mode
     * @return this builder
     */
    public Builder whenAway(WhenAway whenAway) {
      this.whenAway = whenAway;
      return this;
    }

    /**
     * How many processes share the quota while Redis is away. Default 0: as many as Redis knew when
     * they last spoke. A process that has never reached Redis can send nothing by itself with the
     * default; with a number, it takes its part one window after its start.
     *
     * @param processes 0 or more
     * @return this builder
     */
    public Builder processes(int processes) {
      if (processes < 0) {
        throw new IllegalArgumentException("processes must not be negative, but is " + processes);
      }
      this.processes = processes;
      return this;
    }

    /**
     * How long Redis may take to reply before it counts as away. Default 250 ms.
     *
     * @param timeout from 10 ms to 800 ms
     * @return this builder
     */
    public Builder timeout(Duration timeout) {
      if (timeout.compareTo(Duration.ofMillis(10)) < 0
          || timeout.compareTo(Duration.ofMillis(800)) > 0) {
        throw new IllegalArgumentException(
            "timeout must be from 10 ms to 800 ms, but is " + timeout.toMillis() + " ms");
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Whether a server that does not know the quota may grant at once. Default false: it may have
     * lost it, so it grants nothing until it has been up for a window and a lease. For tests, and
     * for a server that is set up together with the first process.
     *
     * @param startsUnused true if nobody can have used the quota in the last window
     * @return this builder
     */
    public Builder startsUnused(boolean startsUnused) {
      this.startsUnused = startsUnused;
      return this;
    }

    /**
     * Makes the quota. Nothing is connected yet.
     *
     * @return a quota for {@code ApiQuota.Builder.store}
     * @throws IllegalStateException if it has no name
     */
    public RedisQuota build() {
      if (name.isEmpty()) {
        throw new IllegalStateException("a shared quota needs a name or a credential");
      }
      StoreLink link =
          client == null
              ? ownLink()
              : link(client, uris.isEmpty() ? "the cluster" : Addresses.show(uris), () -> {});
      StoreConversation.Settings settings =
          new StoreConversation.Settings(whenAway, processes, timeout, startsUnused);
      byte[] process = new byte[9];
      RANDOM.nextBytes(process);
      return new RedisQuota(
          new StoreConversation(
              link,
              HexFormat.of().formatHex(process),
              settings,
              System::nanoTime,
              Schedulers.parallel()),
          link.address(),
          name);
    }

    private StoreLink ownLink() {
      ClientResources resources =
          ClientResources.builder().reconnectDelay(Delay.constant(Duration.ofMillis(200))).build();
      SocketOptions socket =
          SocketOptions.builder().connectTimeout(Duration.ofSeconds(2)).keepAlive(true).build();
      AbstractRedisClient own;
      if (uris.size() > 1) {
        RedisClusterClient cluster = RedisClusterClient.create(resources, uris);
        cluster.setOptions(
            ClusterClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(socket)
                .build());
        own = cluster;
      } else {
        RedisClient single = RedisClient.create(resources, uris.get(0));
        single.setOptions(
            ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(socket)
                .build());
        own = single;
      }
      return link(own, Addresses.show(uris), () -> shutDown(own, resources));
    }

    private static void shutDown(AbstractRedisClient own, ClientResources resources) {
      var unused =
          own.shutdownAsync(0, 2, TimeUnit.SECONDS)
              .whenComplete(
                  (done, failure) -> {
                    var ignored = resources.shutdown(0, 2, TimeUnit.SECONDS);
                  });
    }

    private StoreLink link(AbstractRedisClient opened, String address, Runnable shutdown) {
      if (opened instanceof RedisClusterClient cluster) {
        return new LettuceLink<StatefulRedisClusterConnection<String, String>>(
            address,
            () ->
                cluster
                    .refreshPartitionsAsync()
                    .thenCompose(known -> cluster.connectAsync(StringCodec.UTF8)),
            StatefulRedisClusterConnection::async,
            shutdown,
            name,
            System::nanoTime);
      }
      RedisClient single = (RedisClient) opened;
      return new LettuceLink<StatefulRedisConnection<String, String>>(
          address,
          () -> single.connectAsync(StringCodec.UTF8, uris.get(0)),
          StatefulRedisConnection::async,
          shutdown,
          name,
          System::nanoTime);
    }
  }

  /** Addresses of servers, read and shown. */
  private static final class Addresses {

    static List<RedisURI> parse(String uri) {
      try {
        return uri.startsWith("redis://") || uri.startsWith("rediss://")
            ? new ArrayList<>(RedisClusterURIUtil.toRedisURIs(URI.create(uri)))
            : List.of(RedisURI.create(uri));
      } catch (RuntimeException e) {
        // Its own message would show the password.
        throw new IllegalArgumentException(
            "the address of Redis must be like redis://host:6379, rediss://user:password@host:6379,"
                + " redis-sentinel://host:26379#master or redis://host:6379,host:6379");
      }
    }

    static String show(List<RedisURI> uris) {
      return uris.stream()
          .map(
              uri ->
                  uri.getSentinels().isEmpty()
                      ? uri.getHost() + ":" + uri.getPort()
                      : show(uri.getSentinels()) + "#" + uri.getSentinelMasterId())
          .collect(joining(","));
    }
  }
}
