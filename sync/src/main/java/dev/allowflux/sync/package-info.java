/** Plans what has to change in an account, and applies a reviewed plan. */
@NullMarked
package dev.allowflux.sync;

import org.jspecify.annotations.NullMarked;
