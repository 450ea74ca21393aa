/**
 * Read-only SQL over allow policies. {@link dev.allowflux.query.PolicyDatabase} is where to start.
 *
 * @since 0.1
 */
@NullMarked
package dev.allowflux.query;

import org.jspecify.annotations.NullMarked;
