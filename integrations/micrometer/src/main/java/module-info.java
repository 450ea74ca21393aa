/** Observations and meters of the client's calls with Micrometer. */
module dev.allowflux.micrometer {
  requires transitive dev.allowflux.core;
  requires transitive dev.allowflux.reactor;
  requires transitive micrometer.commons;
  requires transitive micrometer.core;
  requires transitive micrometer.observation;
  requires static transitive org.jspecify;
  requires reactor.core;

  exports dev.allowflux.micrometer;
}
