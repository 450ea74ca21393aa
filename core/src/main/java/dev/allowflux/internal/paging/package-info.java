/** Which page to request next: the forward cursor and the descending one. Not API. */
@NullMarked
package dev.allowflux.internal.paging;

import org.jspecify.annotations.NullMarked;
