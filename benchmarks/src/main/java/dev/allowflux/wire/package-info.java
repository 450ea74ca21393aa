/** A door to what the decoder is made of. */
@NullMarked
package dev.allowflux.wire;

import org.jspecify.annotations.NullMarked;
