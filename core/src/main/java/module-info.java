/**
 * The model of allow policies and the wire format of the API: values in, values out. No thread, no
 * clock, no I/O.
 *
 * <p>{@code dev.allowflux.model} is the API of this module. {@code dev.allowflux.wire} serves the
 * other modules of the project only.
 */
@SuppressWarnings("module")
module dev.allowflux.core {
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.allowflux.model;
  exports dev.allowflux.wire to
      dev.allowflux.reactor;
}
