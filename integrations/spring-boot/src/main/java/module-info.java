/** Spring Boot: clients from properties, their health, and failures as problem details. */
module dev.allowflux.spring.boot {
  // Annotates types of spring.boot.health, which the compiler looks up.
  requires static com.fasterxml.jackson.annotation;
  requires transitive dev.allowflux.core;
  requires static dev.allowflux.micrometer;
  requires transitive dev.allowflux.reactor;
  requires static dev.allowflux.redis;
  requires static dev.allowflux.sync;
  requires static micrometer.core;
  requires static micrometer.observation;
  requires static transitive org.jspecify;
  requires transitive reactor.core;
  requires transitive spring.beans;
  requires transitive spring.boot;
  requires static spring.boot.actuator;
  requires transitive spring.boot.autoconfigure;
  requires static spring.boot.data.redis;
  requires static spring.boot.health;
  requires transitive spring.context;
  requires transitive spring.core;
  requires static spring.web;

  exports dev.allowflux.spring.boot;

  opens dev.allowflux.spring.boot to
      spring.beans,
      spring.boot,
      spring.context,
      spring.core,
      spring.web;
}
