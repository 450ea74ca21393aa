/**
 * The wire format of the API: requests and answers as plain data, and every decision about them.
 *
 * <p>Not an API: the other modules of the project use it, and it changes with them. Nothing here
 * reads a clock, waits or does I/O; the same arguments always give the same result. Only {@code
 * PolicyJson} and {@code PolicyText} know the JSON library.
 */
@NullMarked
package dev.allowflux.wire;

import org.jspecify.annotations.NullMarked;
