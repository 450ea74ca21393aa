/** x. */
@NullMarked
package dev.allowflux.reactor;

import org.jspecify.annotations.NullMarked;
