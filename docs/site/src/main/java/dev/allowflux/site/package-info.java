/** Makes pages of the documents: HTML that is read from a folder, without a server or a network. */
@NullMarked
package dev.allowflux.site;

import org.jspecify.annotations.NullMarked;
