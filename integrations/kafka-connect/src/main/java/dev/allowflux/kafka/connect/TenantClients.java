package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.SourceSettings.Tenant;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.file.FileQuotaStore;
import dev.allowflux.redis.RedisQuota;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Makes the client of a credential, with its quota and where that is kept. */
final class TenantClients {

  /**
   * How long a check of a credential may take: a worker that has just started loads its classes
   * meanwhile. Connect's own limit of a request is 90 s.
   */
  static final Duration CHECK_TIME = Duration.ofSeconds(60);

  private static final String FILE = "file:";

  private TenantClients() {}

  /**
   * A client with what must be closed beside it.
   *
   * @param client the client
   * @param quota what the credential may send
   * @param store where the quota is kept; null in memory
   */
  record Opened(AllowPolicyClient client, ApiQuota quota, @Nullable WatchedStore store)
      implements AutoCloseable {

    /** Why the store of the quota grants nothing; null if it does, or there is none. */
    @Nullable String storeFailure() {
      return store == null ? null : store.failure();
    }

    /** Stops at once: what waits sends nothing more. */
    @Override
    public void close() {
      client.close();
      if (store != null) {
        store.close();
      }
    }
  }

  /** Nothing is sent, and no store is opened, before the first call. */
  static Opened open(Tenant tenant, SourceSettings settings) {
    // A saturated credential waits its turn, however long; a stop ends the wait.
    return open(
        tenant,
        settings,
        clientSettings(tenant, settings).timeouts(limits -> limits.operation(Duration.ZERO)));
  }

  /** A client for a check: it waits for the credential's quota only as long as a check may take. */
  static Opened openForCheck(Tenant tenant, SourceSettings settings) {
    return open(
        tenant,
        settings,
        clientSettings(tenant, settings)
            .retries(retries -> retries.maxAttempts(2))
            .timeouts(limits -> limits.operation(CHECK_TIME)));
  }

  private static Opened open(
      Tenant tenant, SourceSettings settings, ClientSettings.Builder client) {
    QuotaStore shared = store(tenant, settings);
    WatchedStore store = shared == null ? null : new WatchedStore(shared);
    ApiQuota.Builder builder =
        ApiQuota.builder()
            .name(tenant.name())
            .quota(settings.getInt(SourceSettings.QUOTA_CALLS))
            .window(settings.quotaWindow())
            // Nothing interactive shares this quota, or it has a store and its own share.
            .interactiveShare(0);
    ApiQuota quota = store == null ? builder.build() : builder.store(store).build();
    return new Opened(AllowPolicyClient.create(client.rateLimiter(quota).build()), quota, store);
  }

  private static ClientSettings.Builder clientSettings(Tenant tenant, SourceSettings settings) {
    return ClientSettings.builder(tenant.credential())
        .baseUrl(settings.getString(SourceSettings.BASE_URL))
        .pageSize(settings.getInt(SourceSettings.PAGE_SIZE))
        .readAhead(settings.getInt(SourceSettings.READ_AHEAD))
        .timeouts(limits -> limits.closeGrace(Duration.ZERO))
        .userAgent("allowflux-kafka-connect")
        .events(new CfRays());
  }

  private static @Nullable QuotaStore store(Tenant tenant, SourceSettings settings) {
    String place = settings.getString(SourceSettings.QUOTA_STORE);
    if (place.equals("memory")) {
      return null;
    }
    if (place.startsWith(FILE)) {
      String name = Objects.requireNonNull(tenant.credential().quotaKey(), "a credential's key");
      return FileQuotaStore.at(Path.of(place.substring(FILE.length()), name + ".quota"));
    }
    RedisQuota.Builder redis = RedisQuota.builder(place).credential(tenant.credential());
    Password password = settings.getPassword(SourceSettings.QUOTA_LOGIN);
    return password == null || password.value().isEmpty()
        ? redis.build()
        : redis.login("", password.value()).build();
  }
}
