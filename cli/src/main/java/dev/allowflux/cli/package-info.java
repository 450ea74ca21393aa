/**
 * The command line: one class for each command, all work done by the library.
 *
 * <p>A command reads its options, makes calls through a {@link dev.allowflux.cli.Session} and
 * writes what comes back. Failures travel as exceptions to {@link dev.allowflux.cli.Failures},
 * which turns each into one line for people and one exit code for scripts.
 */
@NullMarked
package dev.allowflux.cli;

import org.jspecify.annotations.NullMarked;
