package dev.allowflux.spring.boot;

import static dev.allowflux.spring.boot.AllowPolicyClients.DEFAULT;

import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Connections;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.Timeouts;
import dev.allowflux.spring.boot.ClientProperties.ProxyProperties;
import dev.allowflux.spring.boot.ClientProperties.QuotaProperties;
import dev.allowflux.spring.boot.ClientProperties.RedisQuotaProperties;
import dev.allowflux.spring.boot.ClientProperties.TimeoutProperties;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import reactor.core.publisher.Mono;

/** Makes clients from properties: those of all, then those of the client, then customizers. */
final class ClientFactory {
  private static final int DEFAULT_PROXY_PORT = 3128;

  private final AllowfluxProperties properties;
  private final AllowfluxConnectionDetails details;
  private final List<ClientSettingsCustomizer> customizers;
  private final List<CallEvents> events;
  private final List<ClientObserver> observers;
  private final @Nullable SslBundles bundles;
  private final @Nullable QuotaStores stores;

  /** By the hash of the credential, or the name of one that is supplied. */
  private final Map<String, CredentialQuota> quotas = new ConcurrentHashMap<>();

  private final Map<String, LastCall> lastCalls = new ConcurrentHashMap<>();
  private final List<AllowPolicyClient> made = new CopyOnWriteArrayList<>();
  private final List<QuotaStores.OpenStore> opened = new CopyOnWriteArrayList<>();

  /** Makes an observer for each client, where it needs to know the client's quota. */
  @FunctionalInterface
  interface ClientObserver {

    CallEvents observe(String client, ApiQuota quota);
  }

  /** Opens what several processes share a quota through. */
  interface QuotaStores {

    /**
     * Opens the store of a credential's quota. Nothing is connected before the first call.
     *
     * @param property the prefix of the properties, for messages
     */
    OpenStore open(String property, Credential credential, RedisQuotaProperties properties);

    /** A store, and how it is closed. */
    record OpenStore(QuotaStore store, Mono<Void> close) {}
  }

  private record CredentialQuota(QuotaProperties ofAll, QuotaProperties own, ApiQuota quota) {}

  ClientFactory(
      AllowfluxProperties properties,
      AllowfluxConnectionDetails details,
      List<ClientSettingsCustomizer> customizers,
      List<CallEvents> events,
      List<ClientObserver> observers,
      @Nullable SslBundles bundles,
      @Nullable QuotaStores stores) {
    this.properties = properties;
    this.details = details;
    this.customizers = customizers;
    this.events = events;
    this.observers = observers;
    this.bundles = bundles;
    this.stores = stores;
  }

  AllowPolicyClient create(String client) {
    String credential = details.credentialName(client);
    ClientSettings.Builder settings = ClientSettings.builder(details.credential(credential));
    apply(AllowfluxProperties.PREFIX, properties.client(), settings);
    ClientProperties own = properties.clients().get(client);
    if (own != null) {
      apply(prefix(client), own, settings);
    }
    set("baseUrl of " + details.getClass().getSimpleName(), details.baseUrl(), settings::baseUrl);
    ApiQuota quota = quota(client, credential, own == null ? null : own.quota());
    settings.rateLimiter(quota);
    settings.events(CallEvents.composite(events));
    customizers.forEach(customizer -> customizer.customize(client, settings));
    AllowPolicyClient created = AllowPolicyClient.create(observed(client, settings, quota));
    made.add(created);
    return created;
  }

  /**
   * Adds observers and health to what the customizers left, for the quota that the client really
   * uses.
   */
  private ClientSettings observed(
      String client, ClientSettings.Builder settings, ApiQuota ofProperties) {
    ClientSettings customized = settings.build();
    ApiQuota quota = customized.rateLimiter() instanceof ApiQuota used ? used : ofProperties;
    List<CallEvents> all = new ArrayList<>(List.of(customized.events()));
    observers.forEach(observer -> all.add(observer.observe(client, quota)));
    all.add(lastCall(client));
    return settings.events(CallEvents.composite(all)).build();
  }

  /** What is known of the last call of a client, whether it was made or not. */
  LastCall lastCall(String client) {
    return lastCalls.computeIfAbsent(client, name -> new LastCall());
  }

  /** The stores of quotas that were opened so far, to be closed after the clients. */
  List<QuotaStores.OpenStore> opened() {
    return opened;
  }

  /** The clients that were made so far. */
  List<AllowPolicyClient> made() {
    return made;
  }

  private static String prefix(String client) {
    return client.equals(DEFAULT)
        ? AllowfluxProperties.PREFIX
        : AllowfluxProperties.PREFIX + ".clients." + client;
  }

  private void apply(String prefix, ClientProperties from, ClientSettings.Builder to) {
    set(prefix + ".base-url", from.baseUrl(), to::baseUrl);
    set(prefix + ".page-size", from.pageSize(), to::pageSize);
    set(prefix + ".read-ahead", from.readAhead(), to::readAhead);
    set(prefix + ".user-agent", from.userAgent(), to::userAgent);
    set(
        prefix + ".resolve-unknown-creates",
        from.resolveUnknownCreates(),
        to::resolveUnknownCreates);
    to.retries(retries -> set(prefix + ".max-attempts", from.maxAttempts(), retries::maxAttempts));
    to.timeouts(limits -> apply(prefix, from.timeout(), limits));
    to.connections(connections -> apply(prefix, from, connections));
  }

  private static void apply(String prefix, TimeoutProperties from, Timeouts.Builder to) {
    set(prefix + ".timeout.connect", from.connect(), to::connect);
    set(prefix + ".timeout.handshake", from.handshake(), to::handshake);
    set(prefix + ".timeout.acquire", from.acquire(), to::acquire);
    set(prefix + ".timeout.stall", from.stall(), to::stall);
    set(prefix + ".timeout.attempt", from.attempt(), to::attempt);
    set(prefix + ".timeout.operation", from.operation(), to::operation);
    set(prefix + ".timeout.stream", from.stream(), to::stream);
    set(prefix + ".timeout.close-grace", from.closeGrace(), to::closeGrace);
  }

  private void apply(String prefix, ClientProperties from, Connections.Builder to) {
    set(prefix + ".max-connections", from.maxConnections(), to::max);
    set(prefix + ".compression", from.compression(), to::compression);
    proxy(prefix + ".proxy", from.proxy(), to);
    set(prefix + ".ssl.bundle", from.ssl().bundle(), bundle -> trust(bundle, to));
  }

  private static void proxy(String prefix, ProxyProperties from, Connections.Builder to) {
    String host = from.host();
    String user = from.username();
    String password = from.password();
    if (host == null && from.port() == null && user == null) {
      // The command line's variable sets a password, too, and it may be there for that.
      return;
    }
    if (host == null || host.isBlank()) {
      throw new AllowfluxConfigurationException(
          prefix + ".host", "there is no host of the proxy", "Set it, or nothing of the proxy.");
    }
    if ((user == null) != (password == null)) {
      throw new AllowfluxConfigurationException(
          prefix + (user == null ? ".username" : ".password"),
          "username and password of a proxy are set together",
          "Set this property, too.");
    }
    int port = from.port() == null ? DEFAULT_PROXY_PORT : from.port();
    set(
        prefix + ".port",
        port,
        number -> {
          InetSocketAddress address = InetSocketAddress.createUnresolved(host, number);
          if (user == null || password == null) {
            to.proxy(address);
          } else {
            to.proxy(address, user, password);
          }
        });
  }

  private void trust(String bundle, Connections.Builder to) {
    if (bundles == null) {
      throw new IllegalArgumentException("there are no SSL bundles");
    }
    try {
      to.trustStore(bundles.getBundle(bundle).getStores().getTrustStore());
    } catch (NoSuchSslBundleException e) {
      throw new IllegalArgumentException("there is no SSL bundle " + bundle, e);
    }
  }

  private ApiQuota quota(String client, String credential, @Nullable QuotaProperties own) {
    QuotaProperties ofClient = own == null ? QuotaProperties.UNSET : own;
    // Two properties may hold the same credential, and the service counts its calls together.
    String hash = details.credential(credential).quotaKey();
    CredentialQuota quota =
        quotas.computeIfAbsent(
            hash == null ? credential : hash,
            key ->
                new CredentialQuota(
                    properties.quota(), ofClient, makeQuota(client, credential, ofClient)));
    if (!quota.own.equals(ofClient)) {
      throw new AllowfluxConfigurationException(
          prefix(client) + ".quota",
          "another client has the same credential, and another quota",
          "Set the quota once, under " + AllowfluxProperties.PREFIX + ".quota.");
    }
    return quota.quota;
  }

  private ApiQuota makeQuota(String client, String credential, QuotaProperties own) {
    ApiQuota.Builder builder = ApiQuota.builder().name(credential);
    apply(AllowfluxProperties.PREFIX, properties.quota(), builder);
    apply(prefix(client), own, builder);
    boolean ownRedis = own.redis().isEnabled();
    RedisQuotaProperties redis = ownRedis ? own.redis() : properties.quota().redis();
    if (redis.isEnabled()) {
      String property = (ownRedis ? prefix(client) : AllowfluxProperties.PREFIX) + ".quota.redis";
      builder.store(open(property, details.credential(credential), redis));
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new AllowfluxConfigurationException(
          AllowfluxProperties.PREFIX + ".quota",
          String.valueOf(e.getMessage()),
          "Correct the quota.");
    }
  }

  private QuotaStore open(String property, Credential credential, RedisQuotaProperties redis) {
    if (stores == null) {
      throw new AllowfluxConfigurationException(
          property, "the application has no allowflux-redis", "Add it to the dependencies.");
    }
    QuotaStores.OpenStore store = stores.open(property, credential, redis);
    opened.add(store);
    return store.store();
  }

  private static void apply(String prefix, QuotaProperties from, ApiQuota.Builder to) {
    set(prefix + ".quota.calls", from.calls(), to::quota);
    set(prefix + ".quota.window", from.window(), to::window);
    set(prefix + ".quota.reserve", from.reserve(), to::reserve);
    set(prefix + ".quota.max-waiting", from.maxWaiting(), to::maxWaiting);
  }

  private static <T> void set(String property, @Nullable T value, Consumer<T> setter) {
    if (value == null) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      throw new AllowfluxConfigurationException(
          property,
          String.valueOf(e.getMessage()),
          "Correct the value of this property.",
          e.getCause());
    }
  }
}
