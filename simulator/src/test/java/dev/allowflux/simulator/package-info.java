/** Tests of the simulator: with the HTTP client of the JDK and plain sockets, never our own. */
@NullMarked
package dev.allowflux.simulator;

import org.jspecify.annotations.NullMarked;
