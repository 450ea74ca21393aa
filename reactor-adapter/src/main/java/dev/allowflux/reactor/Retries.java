package dev.allowflux.reactor;

import java.time.Duration;

/**
 * How often a call is attempted, and how long it pauses in between.
 *
 * <p>Immutable. Every value has a default.
 *
 * <pre>{@code
 * ClientSettings.builder(credential).retries(retries -> retries.maxAttempts(6)).build();
 * }</pre>
 *
 * @since 0.1
 */
public final class Retries {

  private final Builder values;

  private Retries(Builder values) {
    this.values = values;
  }

  /**
   * Returns the defaults.
   *
   * @return the defaults
   */
  public static Retries defaults() {
    return builder().build();
  }

  /**
   * Starts with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts with these values.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /**
   * Returns what {@link Builder#maxAttempts(int)} has set, or the default.
   *
   * @return how many attempts a call has in all
   */
  public int maxAttempts() {
    return values.maxAttempts;
  }

  /**
   * Returns what {@link Builder#maxBackoff(Duration)} has set, or the default.
   *
   * @return how long a call may spend in backoff; zero for no limit
   */
  public Duration maxBackoff() {
    return values.maxBackoff;
  }

  /**
   * Returns what {@link Builder#firstBackoff(Duration)} has set, or the default.
   *
   * @return the longest backoff after the first attempt
   */
  public Duration firstBackoff() {
    return values.firstBackoff;
  }

  /** Shows every value. */
  @Override
  public String toString() {
    return "Retries[maxAttempts="
        + maxAttempts()
        + ", firstBackoff="
        + firstBackoff()
        + ", maxBackoff="
        + maxBackoff()
        + "]";
  }

  /**
   * Collects values. A later call of a method replaces an earlier one. Not safe for use by several
   * threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private int maxAttempts = 4;
    private Duration maxBackoff = Duration.ofSeconds(30);
    private Duration firstBackoff = Duration.ofMillis(500);

    private Builder() {}

    private Builder(Builder other) {
      maxAttempts = other.maxAttempts;
      maxBackoff = other.maxBackoff;
      firstBackoff = other.firstBackoff;
    }

    /**
     * How many attempts one call has in all. Default 4. Reads, edits and deletes are retried after
     * a 408, a 429, a 5xx other than 501 and 505, a lost connection, a time-out, or a response that
     * cannot be read; creates and batches only after a 429, or when provably nothing was sent. A
     * write is not retried after a well-formed response that lacks what it must hold. A 4xx other
     * than these is never retried, nor a handshake with a server whose certificate is not trusted.
     *
     * @param attempts 1 to 100; 1 means no retry
     * @return this builder
     */
    public Builder maxAttempts(int attempts) {
      this.maxAttempts = Limits.inRange("retries.maxAttempts", attempts, 1, 100);
      return this;
    }

    /**
     * How long one call may spend in backoff between its attempts, in all. Default 30 s. A wait
     * that the service asks for does not count, it is bounded by {@link
     * Timeouts.Builder#operation(Duration)} alone.
     *
     * @param backoff zero means no limit
     * @return this builder
     */
    public Builder maxBackoff(Duration backoff) {
      this.maxBackoff = Limits.duration("retries.maxBackoff", backoff);
      return this;
    }

    /**
     * Sets the longest backoff after the first attempt of a call. Default 500 ms. Each backoff is a
     * random part of the longest, which doubles with each attempt up to 8 s.
     *
     * @param backoff zero for retries without a pause; at most 24 days
     * @return this builder
     */
    public Builder firstBackoff(Duration backoff) {
      this.firstBackoff = Limits.pause("retries.firstBackoff", backoff);
      return this;
    }

    /**
     * Takes the values as they stand.
     *
     * @return the values
     */
    public Retries build() {
      return new Retries(new Builder(this));
    }
  }
}
