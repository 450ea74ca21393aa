/** What a user would take instead, and this library, each behind one interface. */
@NullMarked
package dev.allowflux.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
