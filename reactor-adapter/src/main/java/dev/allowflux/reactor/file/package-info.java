/** A quota that the processes of one machine share through a file. */
@NullMarked
package dev.allowflux.reactor.file;

import org.jspecify.annotations.NullMarked;
