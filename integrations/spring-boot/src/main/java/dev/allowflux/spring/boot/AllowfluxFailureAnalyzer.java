package dev.allowflux.spring.boot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two lines what is wrong with the properties, and what to do. */
final class AllowfluxFailureAnalyzer
    extends AbstractFailureAnalyzer<AllowfluxConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, AllowfluxConfigurationException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
  }
}
