/** Writes policies, plans and progress for people and programs. */
@NullMarked
package dev.allowflux.cli.output;

import org.jspecify.annotations.NullMarked;
