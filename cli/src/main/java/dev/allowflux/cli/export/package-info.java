/** The file of an export that can be resumed. */
@NullMarked
package dev.allowflux.cli.export;

import org.jspecify.annotations.NullMarked;
