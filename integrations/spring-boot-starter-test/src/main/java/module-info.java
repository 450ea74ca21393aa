/** A simulator of the API in place of the service, in the tests of a Spring Boot application. */
module dev.allowflux.spring.boot.test {
  requires transitive dev.allowflux.reactor;
  requires transitive dev.allowflux.simulator;
  requires transitive dev.allowflux.spring.boot;
  requires static transitive org.jspecify;
  requires transitive spring.beans;
  requires transitive spring.boot;
  requires transitive spring.boot.autoconfigure;
  requires transitive spring.context;
  requires transitive spring.core;
  requires transitive spring.test;

  exports dev.allowflux.spring.boot.test;

  opens dev.allowflux.spring.boot.test to
      spring.beans,
      spring.boot,
      spring.context,
      spring.core;
}
