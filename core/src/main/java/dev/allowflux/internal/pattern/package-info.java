/**
 * The grammar of patterns that are no regular expressions, and the normal form in which two
 * spellings of one pattern are equal. Internal to the project; knows nothing of policies.
 */
@NullMarked
package dev.allowflux.internal.pattern;

import org.jspecify.annotations.NullMarked;
