package dev.allowflux.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a traversal.
 *
 * @param policies the policies that are new with this page and pass the filter; may be empty. Of a
 *     complete traversal the newest comes first.
 * @param position where to go on behind this page, {@code null} for {@link Traversal#FAST}, which
 *     cannot be continued
 * @param report what was seen up to this page and with it
 */
public record TraversedPage(
    List<AllowPolicy> policies, @Nullable TraversalPosition position, TraversalReport report) {

  /**
   * Copies the list.
   *
   * @param policies the policies of the page
   * @param position where to go on
   * @param report what was seen so far
   */
  public TraversedPage {
    policies = List.copyOf(policies);
  }
}
