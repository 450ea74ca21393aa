/** What the service accepts as a pattern, and how it writes one. */
@NullMarked
package dev.allowflux.simulator.internal.pattern;

import org.jspecify.annotations.NullMarked;
