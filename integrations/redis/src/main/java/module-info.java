/** One quota for the processes that share a credential, kept in Redis. */
module dev.allowflux.redis {
  requires dev.allowflux.core;
  requires transitive dev.allowflux.reactor;
  requires transitive lettuce.core;
  requires static transitive org.jspecify;
  requires transitive org.reactivestreams;
  requires org.slf4j;
  requires transitive reactor.core;

  exports dev.allowflux.redis;
}
