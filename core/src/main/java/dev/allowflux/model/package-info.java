/**
 * What callers see: allow policies, the bodies of writes, pages and results, as immutable values.
 *
 * <p>Nothing in this package does I/O, reads a clock or starts a thread. Everything is safe to
 * share between threads, except builders. Accessors return {@code null} only where they are
 * annotated {@code @Nullable}; what is absent from a response stays {@code null} and is never
 * turned into a default.
 *
 * <p>Anchors such as {@code docs/api-facts.md#listing} name the entry of the project's notes on the
 * API that a claim rests on.
 */
@NullMarked
package dev.allowflux.model;

import org.jspecify.annotations.NullMarked;
