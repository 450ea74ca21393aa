package dev.allowflux.spring.boot;

import dev.allowflux.redis.RedisQuota;
import dev.allowflux.spring.boot.ClientFactory.QuotaStores;
import dev.allowflux.spring.boot.RedisStores.Server;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures quotas that processes share through Redis, {@code allowflux.quota.redis}, for
 * applications that have {@code allowflux-redis}. Without an address of its own it takes that of
 * the application's Redis connection.
 *
 * @since 0.1
 */
@AutoConfiguration(
    before = AllowfluxAutoConfiguration.class,
    afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(RedisQuota.class)
public final class AllowfluxRedisAutoConfiguration {

  AllowfluxRedisAutoConfiguration() {}

  /**
   * For applications with a Redis connection. Only this class names its types: the one around it is
   * looked into where they are absent.
   */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(DataRedisConnectionDetails.class)
  static class OfApplication {

    @Bean
    @ConditionalOnMissingBean
    QuotaStores allowfluxRedisStores(ObjectProvider<DataRedisConnectionDetails> details) {
      return new RedisStores(() -> server(details.getIfAvailable()));
    }

    private static @Nullable Server server(@Nullable DataRedisConnectionDetails details) {
      if (details == null) {
        return null;
      }
      String tls = details.getSslBundle() == null ? "redis" : "rediss";
      String user = details.getUsername();
      String password = details.getPassword();
      DataRedisConnectionDetails.Standalone standalone = details.getStandalone();
      if (standalone != null) {
        String address = standalone.getHost() + ":" + standalone.getPort();
        return new Server(tls + "://" + address + "/" + standalone.getDatabase(), user, password);
      }
      DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
      if (sentinel != null) {
        return new Server(
            "redis-sentinel://" + addresses(sentinel.getNodes()) + "#" + sentinel.getMaster(),
            user,
            password);
      }
      DataRedisConnectionDetails.Cluster cluster = details.getCluster();
      return cluster == null
          ? null
          : new Server(tls + "://" + addresses(cluster.getNodes()), user, password);
    }

    private static String addresses(List<Node> nodes) {
      return nodes.stream()
          .map(node -> node.host() + ":" + node.port())
          .collect(Collectors.joining(","));
    }
  }

  /** For applications without one. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass(
      "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails")
  static class OfItsOwn {

    @Bean
    @ConditionalOnMissingBean
    QuotaStores allowfluxRedisStores() {
      return new RedisStores(() -> null);
    }
  }
}
