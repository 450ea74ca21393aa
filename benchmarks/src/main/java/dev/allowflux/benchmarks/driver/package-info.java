/** Runs the measurements in short shuffled rounds, each subject in a JVM of its own. */
@NullMarked
package dev.allowflux.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
