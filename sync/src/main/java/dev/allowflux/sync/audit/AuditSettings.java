package dev.allowflux.sync.audit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * How policies are audited.
 *
 * @since 0.1
 */
public final class AuditSettings {
  private final Instant now;
  private final int soonDays;
  private final int oldDays;
  private final List<AuditWaiver> waivers;

  private AuditSettings(Builder builder) {
    now = builder.now;
    soonDays = builder.soonDays;
    oldDays = builder.oldDays;
    waivers = builder.waivers;
  }

  /**
   * Returns a builder with the settings that hold unless others are given.
   *
   * @return a builder that needs nothing
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the present, by which days are over.
   *
   * @return the time at which the builder was made, by default
   */
  public Instant now() {
    return now;
  }

  /**
   * Returns how many days before its last one a policy is reported.
   *
   * @return 30 by default
   */
  public int soonDays() {
    return soonDays;
  }

  /**
   * Returns how many days old an untouched policy must be to be reported.
   *
   * @return 730 by default
   */
  public int oldDays() {
    return oldDays;
  }

  /**
   * Returns what is not reported.
   *
   * @return an immutable list, empty by default
   */
  public List<AuditWaiver> waivers() {
    return waivers;
  }

  /**
   * Collects settings. A later call replaces an earlier one. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private static final int MOST_DAYS = 36_500;

    private Instant now = Instant.now();
    private int soonDays = 30;
    private int oldDays = 730;
    private List<AuditWaiver> waivers = List.of();

    private Builder() {}

    /**
     * Sets the present.
     *
     * @param now the time by which days are over
     * @return this builder
     */
    public Builder now(Instant now) {
      this.now = requireNonNull(now, "now");
      return this;
    }

    /**
     * Sets how many days before its last one a policy is reported.
     *
     * @param days 0 to 36,500; 30 by default
     * @return this builder
     * @throws IllegalArgumentException if it is outside that range
     */
    public Builder soonDays(int days) {
      soonDays = check("soonDays", days);
      return this;
    }

    /**
     * Sets how many days old an untouched policy must be to be reported.
     *
     * @param days 0 to 36,500; 730 by default
     * @return this builder
     * @throws IllegalArgumentException if it is outside that range
     */
    public Builder oldDays(int days) {
      oldDays = check("oldDays", days);
      return this;
    }

    /**
     * Sets what is not reported.
     *
     * @param waivers rules that are turned off, each with a reason
     * @return this builder
     */
    public Builder waivers(List<AuditWaiver> waivers) {
      this.waivers = List.copyOf(waivers);
      return this;
    }

    /**
     * Returns the settings; the builder keeps its values.
     *
     * @return what was set
     */
    public AuditSettings build() {
      return new AuditSettings(this);
    }

    private static int check(String name, int days) {
      if (days < 0 || days > MOST_DAYS) {
        throw new IllegalArgumentException(name + " must be 0 to " + MOST_DAYS + ", not " + days);
      }
      return days;
    }
  }
}
