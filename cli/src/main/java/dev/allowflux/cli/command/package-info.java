/** The commands: options and one call into the library each. */
@NullMarked
package dev.allowflux.cli.command;

import org.jspecify.annotations.NullMarked;
