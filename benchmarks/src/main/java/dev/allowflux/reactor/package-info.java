/** Measures the call pipeline, which is not public. */
@NullMarked
package dev.allowflux.reactor;

import org.jspecify.annotations.NullMarked;
