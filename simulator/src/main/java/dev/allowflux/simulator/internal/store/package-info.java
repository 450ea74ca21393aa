/** The policies in memory, and their JSON text. */
@NullMarked
package dev.allowflux.simulator.internal.store;

import org.jspecify.annotations.NullMarked;
