package dev.allowflux.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing (docs/api-facts.md#listing).
 *
 * @param number the page that was asked for, from 1
 * @param perPage how many policies a full page has: what the service said it used, else what was
 *     asked for
 * @param policies the policies of the page, less those that the page just before had already; may
 *     be empty
 * @param totalCount what the service gives as its total, which may ignore the filter; {@code null}
 *     if absent
 * @param duplicates how many policies were left out since the page just before had them
 * @param last whether the listing ends with this page
 */
public record Page(
    int number,
    int perPage,
    List<AllowPolicy> policies,
    @Nullable Long totalCount,
    int duplicates,
    boolean last) {

  /**
   * Copies the list.
   *
   * @param number the page asked for
   * @param perPage the size of a full page
   * @param policies the policies of the page
   * @param totalCount the total that the service gives
   * @param duplicates how many policies were left out
   * @param last whether the listing ends here
   */
  public Page {
    policies = List.copyOf(policies);
  }
}
