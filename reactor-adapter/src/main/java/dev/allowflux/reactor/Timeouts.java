package dev.allowflux.reactor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a client waits: for connections, attempts, calls, listings, and its own end.
 *
 * <p>Immutable. Every limit is from 1 ms to 24 days and has a default; {@link Duration#ZERO} means
 * no limit, and for {@link Builder#closeGrace(Duration)} no wait.
 *
 * <pre>{@code
 * ClientSettings.builder(credential)
 *     .timeouts(limits -> limits.attempt(Duration.ofSeconds(10)).operation(Duration.ofMinutes(1)))
 *     .build();
 * }</pre>
 *
 * @since 0.1
 */
public final class Timeouts {

  private final Builder values;

  private Timeouts(Builder values) {
    this.values = values;
  }

  /**
   * Returns the defaults.
   *
   * @return the defaults
   */
  public static Timeouts defaults() {
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
   * Returns what {@link Builder#connect(Duration)} has set, or the default.
   *
   * @return the limit for opening a TCP connection; zero for none
   */
  public Duration connect() {
    return values.connect;
  }

  /**
   * Returns what {@link Builder#handshake(Duration)} has set, or the default.
   *
   * @return the limit for the TLS handshake; zero for none
   */
  public Duration handshake() {
    return values.handshake;
  }

  /**
   * Returns what {@link Builder#acquire(Duration)} has set, or the default.
   *
   * @return the limit for a wait for a connection; zero for none
   */
  public Duration acquire() {
    return values.acquire;
  }

  /**
   * Returns what {@link Builder#stall(Duration)} has set, or the default.
   *
   * @return the limit for a pause within a body; zero for none
   */
  public Duration stall() {
    return values.stall;
  }

  /**
   * Returns what {@link Builder#attempt(Duration)} has set, or the default.
   *
   * @return the limit for an attempt; zero for none
   */
  public Duration attempt() {
    return values.attempt;
  }

  /**
   * Returns what {@link Builder#batchAttempt(Duration)} has set, or the default.
   *
   * @return the limit for an attempt of a batch; zero for none
   */
  public Duration batchAttempt() {
    return values.batchOrDefault();
  }

  /**
   * Returns what {@link Builder#operation(Duration)} has set, or the default.
   *
   * @return the limit for a call with all its waits; zero for none
   */
  public Duration operation() {
    return values.operation;
  }

  /**
   * Returns what {@link Builder#stream(Duration)} has set, or the default.
   *
   * @return the limit for a whole listing; zero for none
   */
  public Duration stream() {
    return values.stream;
  }

  /**
   * Returns what {@link Builder#closeGrace(Duration)} has set, or the default.
   *
   * @return how long requests may go on once the client is closed
   */
  public Duration closeGrace() {
    return values.closeGrace;
  }

  /** Shows every value. */
  @Override
  public String toString() {
    return "Timeouts[connect="
        + connect()
        + ", handshake="
        + handshake()
        + ", acquire="
        + acquire()
        + ", stall="
        + stall()
        + ", attempt="
        + attempt()
        + ", batchAttempt="
        + batchAttempt()
        + ", operation="
        + operation()
        + ", stream="
        + stream()
        + ", closeGrace="
        + closeGrace()
        + "]";
  }

  /**
   * Collects values. A later call of a method replaces an earlier one. Not safe for use by several
   * threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private Duration connect = Duration.ofSeconds(5);
    private Duration handshake = Duration.ofSeconds(5);
    private Duration acquire = Duration.ofSeconds(30);
    private Duration stall = Duration.ofSeconds(15);
    private Duration attempt = Duration.ofSeconds(30);
    private @Nullable Duration batchAttempt;
    private Duration operation = Duration.ofMinutes(10);
    private Duration stream = Duration.ZERO;
    private Duration closeGrace = Duration.ofSeconds(5);

    private Builder() {}

    private Builder(Builder other) {
      connect = other.connect;
      handshake = other.handshake;
      acquire = other.acquire;
      stall = other.stall;
      attempt = other.attempt;
      batchAttempt = other.batchAttempt;
      operation = other.operation;
      stream = other.stream;
      closeGrace = other.closeGrace;
    }

    /**
     * How long opening a TCP connection may take. Default 5 s.
     *
     * @param timeout zero means no limit but the operating system's
     * @return this builder
     */
    public Builder connect(Duration timeout) {
      this.connect = Limits.duration("timeouts.connect", timeout);
      return this;
    }

    /**
     * How long the TLS handshake may take. Default 5 s.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder handshake(Duration timeout) {
      this.handshake = Limits.duration("timeouts.handshake", timeout);
      return this;
    }

    /**
     * How long a call may wait for a connection when all {@link Connections.Builder#max(int)} are
     * in use. Default 30 s. A call that gives up here has sent nothing.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder acquire(Duration timeout) {
      this.acquire = Limits.duration("timeouts.acquire", timeout);
      return this;
    }

    /**
     * How long the body of a response may pause between two pieces. Default 15 s.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder stall(Duration timeout) {
      this.stall = Limits.duration("timeouts.stall", timeout);
      return this;
    }

    /**
     * How long one attempt may take from the sending of its request to the last byte of its
     * response's body, however steadily the bytes come. Default 30 s. Attempts of a batch have
     * {@link #batchAttempt(Duration)} instead.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder attempt(Duration timeout) {
      this.attempt = Limits.duration("timeouts.attempt", timeout);
      return this;
    }

    /**
     * How long one attempt of a batch may take. Default four times the {@link #attempt(Duration)},
     * which is 2 min: the service may need long for a thousand changes, and a batch that is given
     * up has to be looked up before any of it may be sent again. A batch that was sent and given up
     * keeps its place in the quota for as long.
     *
     * @param timeout zero means no limit; not shorter than {@link #attempt(Duration)}
     * @return this builder
     */
    public Builder batchAttempt(Duration timeout) {
      this.batchAttempt = Limits.duration("timeouts.batchAttempt", timeout);
      return this;
    }

    /**
     * How long one call may take in all: waits for permits, attempts and backoff. Default 10 min,
     * longer than the five minutes for which the API blocks an account, so that a call waits its
     * turn rather than fail. Of a listing each page is such a call. A wait that is known not to end
     * within the limit fails at once as {@code Throttled} and says when to come back.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder operation(Duration timeout) {
      this.operation = Limits.duration("timeouts.operation", timeout);
      return this;
    }

    /**
     * How long a whole listing may take from its subscription, the time its consumer takes
     * included. Default zero, no limit.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder stream(Duration timeout) {
      this.stream = Limits.duration("timeouts.stream", timeout);
      return this;
    }

    /**
     * How long requests under way may go on once the client is being closed. Default 5 s.
     *
     * @param grace zero closes their connections at once
     * @return this builder
     */
    public Builder closeGrace(Duration grace) {
      this.closeGrace = Limits.pause("timeouts.closeGrace", grace);
      return this;
    }

    /**
     * Takes the values as they stand.
     *
     * @return the values
     * @throws IllegalArgumentException if a batch has less time for an attempt than other calls
     */
    public Timeouts build() {
      Duration batch = batchOrDefault();
      if (!batch.isZero() && (attempt.isZero() || batch.compareTo(attempt) < 0)) {
        throw new IllegalArgumentException(
            "timeouts.batchAttempt must not be shorter than timeouts.attempt, but "
                + batch
                + " is shorter than "
                + (attempt.isZero() ? "no limit" : attempt.toString()));
      }
      return new Timeouts(new Builder(this));
    }

    private Duration batchOrDefault() {
      return batchAttempt == null ? attempt.multipliedBy(4) : batchAttempt;
    }
  }
}
