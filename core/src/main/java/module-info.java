/**
 * The model of allow policies, their failures, the planning of a sync, and the wire format of the
 * API: values in, values out. No thread, no clock, no I/O.
 *
 * <p>{@code dev.allowflux.model}, {@code dev.allowflux.error}, {@code dev.allowflux.json} and
 * {@code dev.allowflux.plan} are the API of this module. The packages below {@code
 * dev.allowflux.internal} serve the other modules of the project only.
 */
@SuppressWarnings("module")
module dev.allowflux.core {
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.allowflux.model;
  exports dev.allowflux.error;
  exports dev.allowflux.json;
  exports dev.allowflux.plan;
  exports dev.allowflux.internal.http to
      dev.allowflux.reactor;
  exports dev.allowflux.internal.json to
      dev.allowflux.reactor,
      dev.allowflux.sync;
  exports dev.allowflux.internal.paging to
      dev.allowflux.reactor;
  exports dev.allowflux.internal.quota to
      dev.allowflux.reactor,
      dev.allowflux.redis;
  exports dev.allowflux.internal.text to
      dev.allowflux.query,
      dev.allowflux.reactor,
      dev.allowflux.sync;
}
