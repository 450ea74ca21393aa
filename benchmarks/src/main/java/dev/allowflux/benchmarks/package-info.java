/**
 * Measurements against what a user would take instead, and the driver that repeats them in short
 * shuffled rounds.
 */
@NullMarked
package dev.allowflux.benchmarks;

import org.jspecify.annotations.NullMarked;
