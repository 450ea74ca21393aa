/**
 * The model of allow policies, the planning of a sync, and the wire format of the API: values in,
 * values out. No thread, no clock, no I/O.
 *
 * <p>{@code dev.allowflux.model} and {@code dev.allowflux.sync} are the API of this module. {@code
 * dev.allowflux.wire} serves the other modules of the project only.
 */
@SuppressWarnings("module")
module dev.allowflux.core {
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.allowflux.model;
  exports dev.allowflux.sync;
  exports dev.allowflux.wire to
      dev.allowflux.reactor;
}
