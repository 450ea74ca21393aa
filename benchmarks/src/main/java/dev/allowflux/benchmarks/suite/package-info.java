/** What is measured side by side. */
@NullMarked
package dev.allowflux.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
