/** x. */
@NullMarked
package dev.allowflux.simulator;

import org.jspecify.annotations.NullMarked;
