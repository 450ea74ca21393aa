/** x. */
@SuppressWarnings("module")
module dev.allowflux.core {
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.allowflux.model;
  exports dev.allowflux.wire to
      dev.allowflux.reactor;
}
