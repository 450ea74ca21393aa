/** x. */
@NullMarked
package dev.allowflux.model;

import org.jspecify.annotations.NullMarked;
