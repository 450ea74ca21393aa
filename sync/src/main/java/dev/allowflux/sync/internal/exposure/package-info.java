/**
 * What a pattern exposes, judged from the pattern alone.
 *
 * <p>{@link dev.allowflux.sync.internal.exposure.PatternExposure} is the entry. For a regular
 * expression it reads Java's syntax (package {@code regex}) into a structure, builds a
 * nondeterministic automaton from it ({@code AutomatonBuilder}), intersects that with the grammar
 * of addresses ({@code FieldGrammar}), and lists the domains and addresses that are left ({@code
 * DomainReach}, {@code AddressReach}) until they are more than a few. {@code Work} counts what this
 * costs. See docs/decisions/0016-exposure-by-automaton.md.
 */
@NullMarked
package dev.allowflux.sync.internal.exposure;

import org.jspecify.annotations.NullMarked;
