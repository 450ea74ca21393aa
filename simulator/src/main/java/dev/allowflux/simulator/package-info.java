/**
 * The allow policy API in a process, for tests, demos and benchmarks; see {@link
 * dev.allowflux.simulator.ApiSimulator}.
 */
@NullMarked
package dev.allowflux.simulator;

import org.jspecify.annotations.NullMarked;
