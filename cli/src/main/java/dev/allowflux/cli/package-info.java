/**
 * The command line. {@link dev.allowflux.cli.command.AllowFlux} runs one command, whose options are
 * in {@code option}; it reads files with {@code input}, calls the library, and writes with {@code
 * output}. {@code runtime} is the process around it, which knows none of them. A failure is an
 * exception, which the command room turns into one line and one exit code.
 */
@NullMarked
package dev.allowflux.cli;

import org.jspecify.annotations.NullMarked;
