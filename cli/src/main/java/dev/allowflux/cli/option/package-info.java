/** Options that several commands share. */
@NullMarked
package dev.allowflux.cli.option;

import org.jspecify.annotations.NullMarked;
