/** The allow policy API in a process. It shares nothing with the client that it tests. */
module dev.allowflux.simulator {
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires reactor.core;
  requires tools.jackson.databind;

  exports dev.allowflux.simulator;
}
