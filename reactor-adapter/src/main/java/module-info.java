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
  requires io.netty.handler.proxy;
  // Reactor Netty is no module that says what it needs: without these it would not start.
  requires io.netty.codec.compression;
  requires io.netty.codec.http2;
  requires io.netty.resolver;
  requires io.netty.resolver.dns;
  requires io.netty.transport;
  requires io.netty.transport.unix.common;
  requires static transitive org.jspecify;
  requires transitive org.reactivestreams;
  requires org.slf4j;
  requires transitive reactor.core;
  requires reactor.netty.core;
  requires transitive reactor.netty.http;

  exports dev.allowflux.reactor;
  exports dev.allowflux.reactor.file;
}
