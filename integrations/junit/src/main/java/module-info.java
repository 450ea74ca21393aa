/** A JUnit 6 extension: a simulator and a client for each test. */
module dev.allowflux.junit {
  requires transitive dev.allowflux.core;
  requires transitive dev.allowflux.reactor;
  requires transitive dev.allowflux.simulator;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.commons;
  requires reactor.core;

  exports dev.allowflux.junit;

  opens dev.allowflux.junit to
      org.junit.platform.commons;
}
