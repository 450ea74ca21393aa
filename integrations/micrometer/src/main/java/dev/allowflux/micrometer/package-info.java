/**
 * The client's calls as Micrometer observations and meters.
 *
 * @since 0.1
 */
@NullMarked
package dev.allowflux.micrometer;

import org.jspecify.annotations.NullMarked;
