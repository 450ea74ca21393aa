/** The characters, rows and damage of a text that people wrote. */
@NullMarked
package dev.allowflux.sync.internal.input;

import org.jspecify.annotations.NullMarked;
