package dev.allowflux.sync;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;

/** How a plan is applied: where the journal is, and what limits hold. */
public final class ApplySettings {
  private static final int MAX_BATCH = 1000;

  private final Path journal;
  private final Duration maxAge;
  private final int batchSize;
  private final boolean stopsOnChange;
  private final Duration witnessWait;
  private final int maxSplitCalls;

  private ApplySettings(Builder builder) {
    journal = builder.journal;
    maxAge = builder.maxAge;
    batchSize = builder.batchSize;
    stopsOnChange = builder.stopsOnChange;
    witnessWait = builder.witnessWait;
    maxSplitCalls = builder.maxSplitCalls;
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param journal the file in which the run is recorded; made if it does not exist, and continued
   *     if it does. Keep it beside the plan: without it a run that was broken off cannot tell what
   *     it did from what others did
   * @return a builder that needs nothing more
   */
  public static Builder builder(Path journal) {
    return new Builder(requireNonNull(journal, "journal"));
  }

  /**
   * Returns where the run is recorded.
   *
   * @return the journal's file
   */
  public Path journal() {
    return journal;
  }

  /**
   * Returns how old a plan may be.
   *
   * @return the limit; zero for none
   */
  public Duration maxAge() {
    return maxAge;
  }

  /**
   * Returns how many changes a batch has.
   *
   * @return 1 to 1000
   */
  public int batchSize() {
    return batchSize;
  }

  /**
   * Tells what happens if a policy is no longer as the plan saw it.
   *
   * @return whether nothing is applied then; if not, such policies are skipped
   */
  public boolean stopsOnChange() {
    return stopsOnChange;
  }

  /**
   * Returns how long it is looked whether a batch without an answer was carried out.
   *
   * @return the wait; zero to look once
   */
  public Duration witnessWait() {
    return witnessWait;
  }

  /**
   * Returns how many more calls may be spent to find the changes that the service refuses.
   *
   * @return 0 or more
   */
  public int maxSplitCalls() {
    return maxSplitCalls;
  }

  /** Collects settings; a later call replaces an earlier one. Not safe for several threads. */
  public static final class Builder {
    private final Path journal;
    private Duration maxAge = Duration.ofHours(24);
    private int batchSize = 200;
    private boolean stopsOnChange;
    private Duration witnessWait = Duration.ofSeconds(5);
    private int maxSplitCalls = 100;

    private Builder(Path journal) {
      this.journal = journal;
    }

    /**
     * Sets how old a plan may be, counted from when the account began to be read for it. Default:
     * 24 hours.
     *
     * @param maxAge the limit; zero for none
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxAge(Duration maxAge) {
      this.maxAge = notNegative("maxAge", maxAge);
      return this;
    }

    /**
     * Sets how many changes a batch has at most. Default: 200. Changes that must come together (a
     * pattern that is deleted and created as another kind) stay together even if they are more.
     *
     * @param batchSize 1 to 1000
     * @return this builder
     * @throws IllegalArgumentException if it is outside that range
     */
    public Builder batchSize(int batchSize) {
      if (batchSize < 1 || batchSize > MAX_BATCH) {
        throw new IllegalArgumentException(
            "batchSize must be from 1 to " + MAX_BATCH + ", not " + batchSize);
      }
      this.batchSize = batchSize;
      return this;
    }

    /**
     * Sets whether nothing is applied if any policy that the plan touches is no longer as the plan
     * saw it. Default: false, such policies are skipped and reported.
     *
     * @param stopsOnChange true to stop before the first batch
     * @return this builder
     */
    public Builder stopsOnChange(boolean stopsOnChange) {
      this.stopsOnChange = stopsOnChange;
      return this;
    }

    /**
     * Sets for how long policies are read again and again to find out whether a batch without an
     * answer was carried out, before it is taken for not done: as long as a read may lag behind a
     * write, and a request may go on at the service after its connection was lost. Default: 5
     * seconds.
     *
     * @param witnessWait the wait; zero to look once
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder witnessWait(Duration witnessWait) {
      this.witnessWait = notNegative("witnessWait", witnessWait);
      return this;
    }

    /**
     * Sets how many calls beyond the plan's own batches a run may spend on finding the changes that
     * the service refuses. Default: 100. Once they are spent, a batch that is refused is left for
     * the next run.
     *
     * @param maxSplitCalls 0 or more; 0 leaves every refused batch whole
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxSplitCalls(int maxSplitCalls) {
      if (maxSplitCalls < 0) {
        throw new IllegalArgumentException("maxSplitCalls must be 0 or more, not " + maxSplitCalls);
      }
      this.maxSplitCalls = maxSplitCalls;
      return this;
    }

    /**
     * Returns the settings; the builder keeps its values.
     *
     * @return settings of what was set
     */
    public ApplySettings build() {
      return new ApplySettings(this);
    }

    private static Duration notNegative(String name, Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException(name + " must not be negative, but is " + value);
      }
      return value;
    }
  }
}
