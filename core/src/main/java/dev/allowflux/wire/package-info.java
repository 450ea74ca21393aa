/** x. */
@NullMarked
package dev.allowflux.wire;

import org.jspecify.annotations.NullMarked;
