package dev.allowflux.reactor;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Other limits for some calls of a client: see {@link AllowPolicyClient#with(CallOptions)}.
 *
 * <p>Immutable. What is not set stays as it is in the client that the options are given to.
 *
 * @since 0.1
 */
public final class CallOptions {

  final @Nullable Duration timeLimit;
  final @Nullable Integer pageSize;
  final @Nullable Integer readAhead;
  final @Nullable Priority priority;

  private CallOptions(Builder builder) {
    timeLimit = builder.timeLimit;
    pageSize = builder.pageSize;
    readAhead = builder.readAhead;
    priority = builder.priority;
  }

  /**
   * Starts options.
   *
   * @return a builder with nothing set
   */
  public static Builder builder() {
    return new Builder();
  }

  /** These options, and those of another one where these set nothing. */
  CallOptions over(CallOptions others) {
    Builder both = new Builder();
    both.timeLimit = timeLimit == null ? others.timeLimit : timeLimit;
    both.pageSize = pageSize == null ? others.pageSize : pageSize;
    both.readAhead = readAhead == null ? others.readAhead : readAhead;
    both.priority = priority == null ? others.priority : priority;
    return both.build();
  }

  /** Shows what is set. */
  @Override
  public String toString() {
    return "CallOptions[timeLimit="
        + timeLimit
        + ", pageSize="
        + pageSize
        + ", readAhead="
        + readAhead
        + ", priority="
        + priority
        + "]";
  }

  /**
   * Collects options. A later call replaces an earlier one. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private @Nullable Duration timeLimit;
    private @Nullable Integer pageSize;
    private @Nullable Integer readAhead;
    private @Nullable Priority priority;

    private Builder() {}

    /**
     * How long one call may take in all, in place of {@link Timeouts.Builder#operation(Duration)}.
     *
     * @param limit 1 ms to 24 days; zero means no limit
     * @return this builder
     */
    public Builder timeLimit(Duration limit) {
      this.timeLimit = Limits.duration("timeLimit", limit);
      return this;
    }

    /**
     * How many policies a page of a listing asks for, in place of {@link
     * ClientSettings.Builder#pageSize(int)}.
     *
     * @param policies 1 to 1000
     * @return this builder
     */
    public Builder pageSize(int policies) {
      this.pageSize = Limits.inRange("pageSize", policies, 1, 1000);
      return this;
    }

    /**
     * How many pages of a listing are requested ahead, in place of {@link
     * ClientSettings.Builder#readAhead(int)}.
     *
     * @param pages 0 to 8
     * @return this builder
     */
    public Builder readAhead(int pages) {
      this.readAhead = Limits.inRange("readAhead", pages, 0, 8);
      return this;
    }

    /**
     * How urgent every call is, in place of the default of its operation.
     *
     * @param urgency the priority
     * @return this builder
     */
    public Builder priority(Priority urgency) {
      this.priority = Objects.requireNonNull(urgency, "priority");
      return this;
    }

    /**
     * Takes the options as they stand.
     *
     * @return the options
     */
    public CallOptions build() {
      return new CallOptions(this);
    }
  }
}
