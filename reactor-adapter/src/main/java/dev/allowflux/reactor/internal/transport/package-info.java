/** One HTTP exchange on Reactor Netty. Not API. */
@NullMarked
package dev.allowflux.reactor.internal.transport;

import org.jspecify.annotations.NullMarked;
