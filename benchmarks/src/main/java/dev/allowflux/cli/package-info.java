/** A door to what an export is written with. */
@NullMarked
package dev.allowflux.cli;

import org.jspecify.annotations.NullMarked;
