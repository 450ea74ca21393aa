/** A quota in cells that several owners share: the exchanges of a store, carried out. */
@NullMarked
package dev.allowflux.reactor.internal.store;

import org.jspecify.annotations.NullMarked;
