package dev.allowflux.spring.boot;

import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.AllowPolicySync;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Configures an {@link AllowPolicySync} over the client without a name. For a named client, {@link
 * AllowPolicySync#of} makes one.
 *
 * @since 0.1
 */
@AutoConfiguration(after = AllowfluxAutoConfiguration.class)
@ConditionalOnClass(AllowPolicySync.class)
public final class AllowfluxSyncAutoConfiguration {

  AllowfluxSyncAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnSingleCandidate(AllowPolicyClient.class)
  AllowPolicySync allowPolicySync(AllowPolicyClient client) {
    return AllowPolicySync.of(client);
  }
}
