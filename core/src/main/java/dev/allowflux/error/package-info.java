/** The one family of failures that every call ends in, and what is known about each. */
@NullMarked
package dev.allowflux.error;

import org.jspecify.annotations.NullMarked;
