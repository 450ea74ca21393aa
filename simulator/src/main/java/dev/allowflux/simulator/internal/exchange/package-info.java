/** A request, its response and what became of both; nothing here knows the API. */
@NullMarked
package dev.allowflux.simulator.internal.exchange;

import org.jspecify.annotations.NullMarked;
