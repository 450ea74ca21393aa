/**
 * The syntax of java.util.regex.Pattern, read into its structure: {@link
 * dev.allowflux.sync.internal.exposure.regex.RegexParser} is the entry. Nothing here runs an
 * expression.
 */
@NullMarked
package dev.allowflux.sync.internal.exposure.regex;

import org.jspecify.annotations.NullMarked;
