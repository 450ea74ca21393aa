/** x. */
module dev.allowflux.simulator {
  requires io.netty.buffer;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires static transitive org.jspecify;
  requires org.reactivestreams;
  requires org.slf4j;
  requires reactor.core;
  requires reactor.netty.core;
  requires reactor.netty.http;
  requires tools.jackson.databind;

  exports dev.allowflux.simulator;
}
