/** Files of policies: what is read to be planned, and what an export writes. */
@NullMarked
package dev.allowflux.sync.file;

import org.jspecify.annotations.NullMarked;
