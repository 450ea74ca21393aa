/** Plans what has to change in an account of allow policies, and applies a reviewed plan. */
module dev.allowflux.sync {
  requires transitive dev.allowflux.core;
  requires transitive dev.allowflux.reactor;
  requires static transitive org.jspecify;
  requires transitive org.reactivestreams;
  requires transitive reactor.core;
  requires tools.jackson.core;

  exports dev.allowflux.sync;
  exports dev.allowflux.sync.accounts;
  exports dev.allowflux.sync.audit;
  exports dev.allowflux.sync.export;
  exports dev.allowflux.sync.file;
}
