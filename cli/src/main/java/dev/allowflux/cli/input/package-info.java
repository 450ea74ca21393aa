/** Reads the files that people write. */
@NullMarked
package dev.allowflux.cli.input;

import org.jspecify.annotations.NullMarked;
