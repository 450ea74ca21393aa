/** One call: permit, attempts, retries, time limits. Not API. */
@NullMarked
package dev.allowflux.reactor.internal.call;

import org.jspecify.annotations.NullMarked;
