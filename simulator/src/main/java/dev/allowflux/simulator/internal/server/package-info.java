/** Sockets: reads requests and writes responses byte by byte. */
@NullMarked
package dev.allowflux.simulator.internal.server;

import org.jspecify.annotations.NullMarked;
