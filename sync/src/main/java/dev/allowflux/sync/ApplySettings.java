package dev.allowflux.sync;

import static java.util.Objects.requireNonNull;

import dev.allowflux.plan.SyncLimits;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a plan is applied: where the journal is, and what limits hold.
 *
 * @since 0.1
 */
public final class ApplySettings {
  private static final int MAX_BATCH = 1000;

  private final ApplyJournal journal;
  private final Duration maxAge;
  private final int batchSize;
  private final boolean stopsOnChange;
  private final boolean trustsFreshReading;
  private final Duration settleTime;
  private final int maxExtraCalls;
  private final SyncLimits limits;

  private ApplySettings(Builder builder) {
    journal = builder.journal;
    maxAge = builder.maxAge;
    batchSize = builder.batchSize;
    stopsOnChange = builder.stopsOnChange;
    trustsFreshReading = builder.trustsFreshReading;
    settleTime = builder.settleTime;
    maxExtraCalls = builder.maxExtraCalls;
    limits = builder.limits;
  }

  /**
   * Returns a builder with the defaults, and a {@linkplain ApplyJournal#file file} as journal.
   *
   * @param journal the file in which the run is recorded; made if it does not exist, and continued
   *     if it does. Keep it beside the plan: without it, a run that was broken off cannot tell what
   *     it did from what others did
   * @return a builder that needs nothing more
   */
  public static Builder builder(Path journal) {
    return builder(ApplyJournal.file(requireNonNull(journal, "journal")));
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param journal where the run is recorded
   * @return a builder that needs nothing more
   */
  public static Builder builder(ApplyJournal journal) {
    return new Builder(requireNonNull(journal, "journal"));
  }

  /**
   * Returns where the run is recorded.
   *
   * @return the journal
   */
  public ApplyJournal journal() {
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
   * Tells whether the first look at the account is left out right after the plan was made.
   *
   * @return whether it is, if the reading for the plan ended less than a minute ago
   */
  public boolean trustsFreshReading() {
    return trustsFreshReading;
  }

  /**
   * Returns how long a batch whose response was lost may still be carried out.
   *
   * @return the time; zero to look once
   */
  public Duration settleTime() {
    return settleTime;
  }

  /**
   * Returns how many calls a run may make beyond those that it needs if nothing goes wrong.
   *
   * @return 0 or more
   */
  public int maxExtraCalls() {
    return maxExtraCalls;
  }

  /**
   * Returns what the plan may expose.
   *
   * @return the limits, of which only those on what policies expose are looked at
   */
  public SyncLimits limits() {
    return limits;
  }

  /**
   * Collects settings; a later call replaces an earlier one. Not safe for several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private final ApplyJournal journal;
    private Duration maxAge = Duration.ofHours(24);
    private int batchSize = 200;
    private boolean stopsOnChange;
    private boolean trustsFreshReading;
    private Duration settleTime = Duration.ofSeconds(60);
    private int maxExtraCalls = 300;
    private SyncLimits limits = SyncLimits.standard();

    private Builder(ApplyJournal journal) {
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
     * Sets whether the first look at the policies that the plan touches is left out if the reading
     * for the plan was complete and ended less than a minute ago, and the journal is new: for runs
     * that plan and apply in one go and ask nobody. Default: false.
     *
     * @param trusts true to send the first batch at once
     * @return this builder
     */
    public Builder trustsFreshReading(boolean trusts) {
      trustsFreshReading = trusts;
      return this;
    }

    /**
     * Sets how long a batch whose response was lost may still be carried out, and a change may take
     * until it can be seen. A lost batch is looked up at most six times within this time, with
     * growing pauses, before it is sent again. Default: 60 seconds.
     *
     * @param settleTime the time; zero to look once
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder settleTime(Duration settleTime) {
      this.settleTime = notNegative("settleTime", settleTime);
      return this;
    }

    /**
     * Sets how many calls a run may make beyond those that it needs if nothing goes wrong: to look
     * up lost and refused batches, to send them again, and to find the changes that the service
     * refuses. Default: 300, a quarter of the documented quota. Once they are made, what is open is
     * left for the next run, and the report says so.
     *
     * @param maxExtraCalls 0 or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxExtraCalls(int maxExtraCalls) {
      if (maxExtraCalls < 0) {
        throw new IllegalArgumentException("maxExtraCalls must be 0 or more, not " + maxExtraCalls);
      }
      this.maxExtraCalls = maxExtraCalls;
      return this;
    }

    /**
     * Sets what the plan may expose. The rules are checked again when a plan is applied, as a plan
     * can be written by hand: whoever applies it repeats what it was allowed. Default: {@link
     * SyncLimits#standard()}.
     *
     * @param limits the rules that may be broken and the limits on what is exposed; the limits on
     *     deletes and edits are not looked at
     * @return this builder
     */
    public Builder limits(SyncLimits limits) {
      this.limits = requireNonNull(limits, "limits");
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
