/** Streams of pages: the forward traversal and the complete one. Not API. */
@NullMarked
package dev.allowflux.reactor.internal.paging;

import org.jspecify.annotations.NullMarked;
