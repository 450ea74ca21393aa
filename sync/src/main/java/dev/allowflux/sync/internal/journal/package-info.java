/** The journal of an apply: its lines, and the file that keeps them. Not API. */
@NullMarked
package dev.allowflux.sync.internal.journal;

import org.jspecify.annotations.NullMarked;
