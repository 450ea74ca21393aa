/** The reactive client of the allow policy API, on Reactor Netty. */
module dev.allowflux.reactor {
  requires transitive dev.allowflux.core;
  requires transitive io.github.resilience4j.core;
  requires transitive io.github.resilience4j.ratelimiter;
  requires io.github.resilience4j.retry;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires static transitive org.jspecify;
  requires transitive org.reactivestreams;
  requires org.slf4j;
  requires transitive reactor.core;
  requires reactor.netty.core;
  requires transitive reactor.netty.http;

  exports dev.allowflux.reactor;
  exports dev.allowflux.reactor.file;
}
