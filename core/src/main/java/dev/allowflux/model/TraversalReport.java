package dev.allowflux.model;

import org.jspecify.annotations.Nullable;

/**
 * What a traversal has seen so far; that of the last page is the report of the whole.
 *
 * @param expected how many policies the service counted at first, which under {@link
 *     Traversal#FAST} may ignore the filter; {@code null} if it did not say
 * @param seen how many policies came, each counted once, before a filter that is applied here
 * @param matched how many of them passed the filter: what was handed on
 * @param duplicates how many came again and were dropped; a complete traversal reads some policies
 *     twice on purpose
 * @param pages how many answers were read, those that only looked for a place included
 * @param drift whether the list was seen to change meanwhile: its total changed, policies came
 *     again that should not, or fewer or more came than were counted
 * @param complete whether it is certain that no policy is missing of those that were there all the
 *     time; never so for {@link Traversal#FAST}, and for {@link Traversal#COMPLETE} always but when
 *     more policies than fit on a page were created at one instant and come in an order that keeps
 *     changing
 */
public record TraversalReport(
    @Nullable Long expected,
    long seen,
    long matched,
    long duplicates,
    long pages,
    boolean drift,
    boolean complete) {}
