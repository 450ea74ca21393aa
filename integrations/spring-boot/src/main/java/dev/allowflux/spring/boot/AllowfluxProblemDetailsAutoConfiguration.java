package dev.allowflux.spring.boot;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Configures failures as problem details where {@code allowflux.problem-details.enabled} is true.
 *
 * @since 0.1
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnClass({ProblemDetail.class, RestControllerAdvice.class})
@ConditionalOnProperty("allowflux.problem-details.enabled")
public final class AllowfluxProblemDetailsAutoConfiguration {

  AllowfluxProblemDetailsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  FailureAdvice allowfluxFailureAdvice() {
    return new FailureAdvice();
  }
}
