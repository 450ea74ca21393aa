/** The one generator of random numbers. */
@NullMarked
package dev.allowflux.simulator.internal.random;

import org.jspecify.annotations.NullMarked;
