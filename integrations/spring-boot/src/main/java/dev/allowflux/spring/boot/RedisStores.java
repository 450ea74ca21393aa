package dev.allowflux.spring.boot;

import dev.allowflux.reactor.Credential;
import dev.allowflux.redis.RedisQuota;
import dev.allowflux.redis.WhenAway;
import dev.allowflux.spring.boot.ClientFactory.QuotaStores;
import dev.allowflux.spring.boot.ClientProperties.RedisQuotaProperties;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stores in Redis: on a server that the properties name, or on the application's. */
final class RedisStores implements QuotaStores {

  /**
   * Where the application's own Redis is.
   *
   * @param url the address without user and password
   */
  record Server(String url, @Nullable String user, @Nullable String password) {

    @Override
    public String toString() {
      return "Server[***]";
    }
  }

  private final Supplier<@Nullable Server> ofApplication;

  RedisStores(Supplier<@Nullable Server> ofApplication) {
    this.ofApplication = ofApplication;
  }

  @Override
  public OpenStore open(String property, Credential credential, RedisQuotaProperties properties) {
    try {
      RedisQuota.Builder builder = builder(property, properties.url());
      String name = properties.name();
      if (name == null) {
        builder.credential(credential);
      } else {
        builder.name(name);
      }
      if (properties.whenAway() != null) {
        builder.whenAway(whenAway(properties.whenAway()));
      }
      if (properties.processes() != null) {
        builder.processes(properties.processes());
      }
      if (properties.timeout() != null) {
        builder.timeout(properties.timeout());
      }
      if (properties.startsUnused() != null) {
        builder.startsUnused(properties.startsUnused());
      }
      RedisQuota quota = builder.build();
      return new OpenStore(quota, quota.closeGracefully());
    } catch (IllegalArgumentException e) {
      throw new AllowfluxConfigurationException(
          property, String.valueOf(e.getMessage()), "Correct the properties of this quota.");
    }
  }

  private RedisQuota.Builder builder(String property, @Nullable String url) {
    if (url != null) {
      return RedisQuota.builder(url);
    }
    Server server = ofApplication.get();
    if (server == null) {
      throw new AllowfluxConfigurationException(
          property,
          "no url is set and the application has no Redis connection",
          "Set " + property + ".url, or add spring-boot-starter-data-redis.");
    }
    RedisQuota.Builder builder = RedisQuota.builder(server.url());
    String password = server.password();
    if (password != null) {
      builder.login(server.user() == null ? "" : server.user(), password);
    }
    return builder;
  }

  private static WhenAway whenAway(String text) {
    return switch (text.toLowerCase(Locale.ROOT).replace('_', '-')) {
      case "local-share" -> WhenAway.LOCAL_SHARE;
      case "closed" -> WhenAway.CLOSED;
      default -> throw new IllegalArgumentException("when-away must be local-share or closed");
    };
  }
}
