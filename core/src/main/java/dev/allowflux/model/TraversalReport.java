package dev.allowflux.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a traversal has seen so far; that of the last page is the report of the whole.
 *
 * @since 0.1
 */
public final class TraversalReport {

  private final Builder values;

  private TraversalReport(Builder values) {
    this.values = new Builder(values);
  }

  /**
   * Returns a builder of a report in which nothing was seen and nothing is missing, for tests and
   * for other implementations of the client.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns how many policies the service counted at first, which under {@link Traversal#FAST} may
   * ignore the filter.
   *
   * @return the count, or {@code null} if the service did not report it
   */
  public @Nullable Long expected() {
    return values.expected;
  }

  /**
   * Returns how many policies came, each counted once, before a filter that is applied here.
   *
   * @return 0 or more
   */
  public long seen() {
    return values.seen;
  }

  /**
   * Returns how many policies passed the filter and were delivered.
   *
   * @return 0 or more
   */
  public long matched() {
    return values.matched;
  }

  /**
   * Returns how many policies came again and were dropped. A complete traversal reads some policies
   * twice on purpose.
   *
   * @return 0 or more
   */
  public long duplicates() {
    return values.duplicates;
  }

  /**
   * Returns how many responses were read: those with pages, those that only showed where to look,
   * fences, and pages that were read again.
   *
   * @return 0 or more
   */
  public long pages() {
    return values.pages;
  }

  /**
   * Tells whether the list was seen to change meanwhile: its total changed, policies came again
   * that should not, or fewer or more came than were counted.
   *
   * @return true if it changed
   */
  public boolean drift() {
    return values.drift;
  }

  /**
   * Tells whether it is certain that no policy is missing of those that were there all the time.
   *
   * @return false for {@link Traversal#FAST}; true for {@link Traversal#COMPLETE}, unless more
   *     policies than fit on a page were created at one instant and come in an order that keeps
   *     changing
   */
  public boolean complete() {
    return values.complete;
  }

  /**
   * Tells whether the end of the list was verified: the service's total counts no more than came,
   * or, where it reports none, an empty page came behind the last policies. While a listing runs it
   * is false.
   *
   * @return true for {@link Traversal#COMPLETE}; for {@link Traversal#FAST} false if the list ended
   *     with a page that was shorter than the service says its pages are and nothing could verify
   *     that, as with a filter, which totals ignore, or if the total still counts more policies
   *     although none came behind the last ones
   */
  public boolean endVerified() {
    return values.endVerified;
  }

  /**
   * Returns how many fences a complete traversal with several pages in flight has requested:
   * responses that tell whether policies were deleted while the pages before were read.
   *
   * @return 0 or more; 0 for one page at a time
   */
  public long fences() {
    return values.fences;
  }

  /**
   * Returns how many of the {@link #fences()} did not hold or got no response, so that pages were
   * read again.
   *
   * @return 0 or more
   */
  public long failedFences() {
    return values.failedFences;
  }

  /**
   * Returns how many pages were read again, because the list changed while they were read.
   *
   * @return 0 or more
   */
  public long pagesReadTwice() {
    return values.pagesReadTwice;
  }

  /**
   * Returns why a complete traversal read all pages one at a time although several could be in
   * flight: the reason that kept it from the most pages.
   *
   * @return the reason, or {@code null} if pages were read several at a time, or no more than one
   *     was asked for
   */
  public @Nullable SinglePageReason singlePageReason() {
    return values.singlePageReason;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TraversalReport report && values.list().equals(report.values.list());
  }

  @Override
  public int hashCode() {
    return values.list().hashCode();
  }

  @Override
  public String toString() {
    return "TraversalReport[expected="
        + values.expected
        + ", seen="
        + values.seen
        + ", matched="
        + values.matched
        + ", duplicates="
        + values.duplicates
        + ", pages="
        + values.pages
        + ", drift="
        + values.drift
        + ", complete="
        + values.complete
        + ", endVerified="
        + values.endVerified
        + ", fences="
        + values.fences
        + ", failedFences="
        + values.failedFences
        + ", pagesReadTwice="
        + values.pagesReadTwice
        + ", singlePageReason="
        + values.singlePageReason
        + "]";
  }

  /**
   * Builds a report. Not safe for use by several threads at a time.
   *
   * @since 0.1
   */
  public static final class Builder {
    private @Nullable Long expected;
    private long seen;
    private long matched;
    private long duplicates;
    private long pages;
    private boolean drift;
    private boolean complete = true;
    private boolean endVerified = true;
    private long fences;
    private long failedFences;
    private long pagesReadTwice;
    private @Nullable SinglePageReason singlePageReason;

    private Builder() {}

    private Builder(Builder other) {
      expected = other.expected;
      seen = other.seen;
      matched = other.matched;
      duplicates = other.duplicates;
      pages = other.pages;
      drift = other.drift;
      complete = other.complete;
      endVerified = other.endVerified;
      fences = other.fences;
      failedFences = other.failedFences;
      pagesReadTwice = other.pagesReadTwice;
      singlePageReason = other.singlePageReason;
    }

    private List<@Nullable Object> list() {
      return Arrays.asList(
          expected,
          seen,
          matched,
          duplicates,
          pages,
          drift,
          complete,
          endVerified,
          fences,
          failedFences,
          pagesReadTwice,
          singlePageReason);
    }

    /**
     * Sets {@link TraversalReport#expected()}.
     *
     * @param value how many policies the service counted at first, {@code null} if it did not
     *     report that
     * @return this builder
     */
    public Builder expected(@Nullable Long value) {
      this.expected = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#seen()}.
     *
     * @param value how many policies came
     * @return this builder
     */
    public Builder seen(long value) {
      this.seen = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#matched()}.
     *
     * @param value how many were delivered
     * @return this builder
     */
    public Builder matched(long value) {
      this.matched = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#duplicates()}.
     *
     * @param value how many came again and were dropped
     * @return this builder
     */
    public Builder duplicates(long value) {
      this.duplicates = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#pages()}.
     *
     * @param value how many responses were read
     * @return this builder
     */
    public Builder pages(long value) {
      this.pages = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#drift()}.
     *
     * @param value whether the list was seen to change
     * @return this builder
     */
    public Builder drift(boolean value) {
      this.drift = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#complete()}.
     *
     * @param value whether it is certain that none is missing
     * @return this builder
     */
    public Builder complete(boolean value) {
      this.complete = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#endVerified()}.
     *
     * @param value whether the end of the list was verified
     * @return this builder
     */
    public Builder endVerified(boolean value) {
      this.endVerified = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#fences()}.
     *
     * @param value how many fences were requested
     * @return this builder
     */
    public Builder fences(long value) {
      this.fences = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#failedFences()}.
     *
     * @param value how many of them did not hold or got no response
     * @return this builder
     */
    public Builder failedFences(long value) {
      this.failedFences = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#pagesReadTwice()}.
     *
     * @param value how many pages were read again
     * @return this builder
     */
    public Builder pagesReadTwice(long value) {
      this.pagesReadTwice = value;
      return this;
    }

    /**
     * Sets {@link TraversalReport#singlePageReason()}.
     *
     * @param value why pages were read one at a time, or {@code null}
     * @return this builder
     */
    public Builder singlePageReason(@Nullable SinglePageReason value) {
      this.singlePageReason = value;
      return this;
    }

    /**
     * Builds the report.
     *
     * @return a report with the values that were set
     */
    public TraversalReport build() {
      return new TraversalReport(this);
    }
  }
}
