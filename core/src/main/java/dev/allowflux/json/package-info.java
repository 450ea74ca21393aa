/** Allow policies as JSON text that people and programs keep: reading it strictly, writing it. */
@NullMarked
package dev.allowflux.json;

import org.jspecify.annotations.NullMarked;
