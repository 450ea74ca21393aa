/** An audit of policies: what is dangerous, superfluous, over or without an owner. */
@NullMarked
package dev.allowflux.sync.audit;

import org.jspecify.annotations.NullMarked;
