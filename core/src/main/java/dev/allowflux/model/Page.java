package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing or of a complete traversal (docs/api-facts.md#listing).
 *
 * <p>A page of a listing is a page of the service. A page of a complete traversal is what one or
 * more responses of the service brought that was new.
 *
 * @since 0.1
 */
public final class Page {

  private final List<AllowPolicy> policies;
  private final int number;
  private final int perPage;
  private final @Nullable Long totalCount;
  private final int duplicates;
  private final boolean last;
  private final @Nullable TraversalPosition position;
  private final TraversalReport report;

  private Page(Builder builder) {
    policies = builder.policies;
    number = builder.number;
    perPage = builder.perPage;
    totalCount = builder.totalCount;
    duplicates = builder.duplicates;
    position = builder.position;
    last = position == null ? builder.last : position.end();
    report = builder.report;
  }

  /**
   * Returns a builder of a page, for tests and for other implementations of the client: page 1,
   * which is not the last one.
   *
   * @param policies the policies of the page, which are copied
   * @param report what was seen up to the page and with it
   * @return a new builder
   */
  public static Builder builder(List<AllowPolicy> policies, TraversalReport report) {
    return new Builder(policies, report);
  }

  /**
   * Returns the policies that are new with this page.
   *
   * @return of a listing those of the page, less those that the page just before had already; of a
   *     complete traversal those that pass the filter, the newest first. Unmodifiable, may be empty
   */
  public List<AllowPolicy> policies() {
    return policies;
  }

  /**
   * Returns the number of the page.
   *
   * @return from 1: of a listing the page that was requested; of a complete traversal how many
   *     pages were delivered with this one, since it began or was last continued
   */
  public int number() {
    return number;
  }

  /**
   * Returns how many policies a page has at most.
   *
   * @return 1 or more: what the service said or showed it uses, else what was requested
   */
  public int perPage() {
    return perPage;
  }

  /**
   * Returns what the service gives as its total in the last response read for the page. Under a
   * listing it may ignore the filter; under a complete traversal it always does.
   *
   * @return the total, or {@code null} if the service did not report it or nothing was requested
   */
  public @Nullable Long totalCount() {
    return totalCount;
  }

  /**
   * Returns how many policies were left out because they came before.
   *
   * @return 0 or more: of a listing those that the page just before had; of a complete traversal
   *     all that were read again since the page before, some of them on purpose
   */
  public int duplicates() {
    return duplicates;
  }

  /**
   * Tells whether the listing or the traversal ends with this page.
   *
   * @return true for the last page; with a {@link #position()}, whether that is the end
   */
  public boolean last() {
    return last;
  }

  /**
   * Returns where a complete traversal goes on behind this page.
   *
   * @return the position, or {@code null} for a listing, which cannot be continued
   */
  public @Nullable TraversalPosition position() {
    return position;
  }

  /**
   * Returns what was seen up to this page and with it.
   *
   * @return the report; that of the last page is the report of the whole
   */
  public TraversalReport report() {
    return report;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Page page
            && number == page.number
            && perPage == page.perPage
            && duplicates == page.duplicates
            && last == page.last
            && Objects.equals(totalCount, page.totalCount)
            && report.equals(page.report)
            && Objects.equals(position, page.position)
            && policies.equals(page.policies));
  }

  @Override
  public int hashCode() {
    return Objects.hash(number, perPage, totalCount, duplicates, last, report, policies.size());
  }

  /** Returns the numbers of the page and its report, but not the policies and the position. */
  @Override
  public String toString() {
    return "Page[number="
        + number
        + ", perPage="
        + perPage
        + ", policies="
        + policies.size()
        + ", totalCount="
        + totalCount
        + ", duplicates="
        + duplicates
        + ", last="
        + last
        + ", report="
        + report
        + "]";
  }

  /**
   * Builds a page. Not safe for use by several threads at a time.
   *
   * @since 0.1
   */
  public static final class Builder {
    private final List<AllowPolicy> policies;
    private final TraversalReport report;
    private int number = 1;
    private int perPage;
    private @Nullable Long totalCount;
    private int duplicates;
    private boolean last;
    private @Nullable TraversalPosition position;

    private Builder(List<AllowPolicy> policies, TraversalReport report) {
      this.policies = List.copyOf(policies);
      this.report = requireNonNull(report, "report");
      this.perPage = Math.max(1, this.policies.size());
    }

    /**
     * Sets {@link Page#number()}.
     *
     * @param value the number, from 1; 1 if not set
     * @return this builder
     */
    public Builder number(int value) {
      number = value;
      return this;
    }

    /**
     * Sets {@link Page#perPage()}.
     *
     * @param value how many policies a page has at most; as many as this one has if not set
     * @return this builder
     */
    public Builder perPage(int value) {
      perPage = value;
      return this;
    }

    /**
     * Sets {@link Page#totalCount()}.
     *
     * @param value the total, or {@code null} for none
     * @return this builder
     */
    public Builder totalCount(@Nullable Long value) {
      totalCount = value;
      return this;
    }

    /**
     * Sets {@link Page#duplicates()}.
     *
     * @param value how many policies were left out; 0 if not set
     * @return this builder
     */
    public Builder duplicates(int value) {
      duplicates = value;
      return this;
    }

    /**
     * Sets {@link Page#last()}, unless a position is set, which decides.
     *
     * @param value whether nothing follows; false if not set
     * @return this builder
     */
    public Builder last(boolean value) {
      last = value;
      return this;
    }

    /**
     * Sets {@link Page#position()}.
     *
     * @param value where a complete traversal goes on, or {@code null} for a page of a listing
     * @return this builder
     */
    public Builder position(@Nullable TraversalPosition value) {
      position = value;
      return this;
    }

    /**
     * Returns the page.
     *
     * @return the page
     * @throws IllegalArgumentException if the number or the size of a page is less than 1, or the
     *     number of duplicates is negative
     */
    public Page build() {
      if (number < 1 || perPage < 1 || duplicates < 0) {
        throw new IllegalArgumentException(
            "no page has number " + number + ", size " + perPage + ", duplicates " + duplicates);
      }
      return new Page(this);
    }
  }
}
