/** A Jackson Databind 3 module for allow policies, with the API's field names. */
module dev.allowflux.jackson {
  requires com.fasterxml.jackson.annotation;
  requires transitive dev.allowflux.core;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires transitive tools.jackson.databind;

  exports dev.allowflux.jackson;

  opens dev.allowflux.jackson to
      tools.jackson.databind;

  provides tools.jackson.databind.JacksonModule with
      dev.allowflux.jackson.AllowfluxModule;
}
