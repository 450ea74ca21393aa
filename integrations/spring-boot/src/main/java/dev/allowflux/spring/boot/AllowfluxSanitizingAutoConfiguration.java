package dev.allowflux.spring.boot;

import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Keeps credentials out of the endpoints {@code env} and {@code configprops}, also where an
 * application has them show values.
 *
 * @since 0.1
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class AllowfluxSanitizingAutoConfiguration {

  /** The names of values that nobody may see, without the characters between words. */
  private static final Pattern SECRET =
      Pattern.compile(
          "allowflux.*(token|key|password|redisurl|quota)|cloudflare(apitoken|apikey|apiuserservicekey)");

  AllowfluxSanitizingAutoConfiguration() {}

  @Bean
  SanitizingFunction allowfluxSanitizing() {
    return data -> isSecret(data) ? data.withSanitizedValue() : data;
  }

  private static boolean isSecret(SanitizableData data) {
    String name = data.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return SECRET.matcher(name).matches();
  }
}
