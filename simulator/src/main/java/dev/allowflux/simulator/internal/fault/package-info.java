/** Selects faults and applies them to responses. */
@NullMarked
package dev.allowflux.simulator.internal.fault;

import org.jspecify.annotations.NullMarked;
