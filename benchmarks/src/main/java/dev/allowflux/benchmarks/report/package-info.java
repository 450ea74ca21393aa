/** Figures, goals and charts. */
@NullMarked
package dev.allowflux.benchmarks.report;

import org.jspecify.annotations.NullMarked;
