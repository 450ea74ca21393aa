/** Writes a traversal of the account to a file that can be resumed. */
@NullMarked
package dev.allowflux.cli.export;

import org.jspecify.annotations.NullMarked;
