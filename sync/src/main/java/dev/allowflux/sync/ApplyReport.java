package dev.allowflux.sync;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of every change of a plan, for people and for an audit. It is made from the journal and
 * covers all runs of the plan with that journal, not only the last. Immutable.
 *
 * <p>Longer than most: its parts are nested classes with one documented accessor for each value.
 *
 * @since 0.1
 */
public final class ApplyReport {
  private final AccountId account;
  private final String digest;
  private final String run;
  private final Progress progress;
  private final List<Batch> batches;
  private final List<Open> open;
  private final List<Duplicate> duplicates;
  private final int removedCopies;
  private final boolean verified;

  ApplyReport(
      AccountId account,
      String digest,
      String run,
      Progress progress,
      List<Batch> batches,
      List<Open> open,
      List<Duplicate> duplicates,
      int removedCopies,
      boolean verified) {
    this.account = account;
    this.digest = digest;
    this.run = run;
    this.progress = progress;
    this.batches = List.copyOf(batches);
    this.open = List.copyOf(open);
    this.duplicates = List.copyOf(duplicates);
    this.removedCopies = removedCopies;
    this.verified = verified;
  }

  /**
   * Returns the account.
   *
   * @return the account of the plan
   */
  public AccountId account() {
    return account;
  }

  /**
   * Returns the digest of the plan.
   *
   * @return 64 hexadecimal digits
   */
  public String digest() {
    return digest;
  }

  /**
   * Returns the id of the run, which is made with the journal.
   *
   * @return a UUID
   */
  public String run() {
    return run;
  }

  /**
   * Returns how many changes are done and how many are not.
   *
   * @return the counts
   */
  public Progress progress() {
    return progress;
  }

  /**
   * Returns every batch that was sent and whose outcome is recorded.
   *
   * @return the batches by number; immutable
   */
  public List<Batch> batches() {
    return batches;
  }

  /**
   * Returns every change that is not done.
   *
   * @return the changes in the order of the plan; immutable
   */
  public List<Open> open() {
    return open;
  }

  /**
   * Returns the created policies that are in the account more than once, after the copies that this
   * run made were deleted.
   *
   * @return one entry for each such change; immutable
   */
  public List<Duplicate> duplicates() {
    return duplicates;
  }

  /**
   * Returns how many copies of its own the run has deleted.
   *
   * @return 0 or more
   */
  public int removedCopies() {
    return removedCopies;
  }

  /**
   * Tells whether the account was looked at after the last batch.
   *
   * @return false if the run was stopped before that; nothing is certain then
   */
  public boolean isVerified() {
    return verified;
  }

  /**
   * Tells whether the account is as planned, and was seen to be.
   *
   * @return true if every change is done, the account was looked at, and nothing is there twice
   */
  public boolean isDone() {
    return verified && progress.done() == progress.total() && duplicates.isEmpty();
  }

  /**
   * Tells whether nothing is left that a later run would have to find out.
   *
   * @return true if no change is unconfirmed and the account was looked at after the last batch
   */
  public boolean isSettled() {
    return progress.unconfirmed() == 0 && (verified || batches.isEmpty());
  }

  /** Returns the counts. */
  @Override
  public String toString() {
    return "ApplyReport[account=" + account + ", digest=" + digest + ", " + progress + "]";
  }

  /**
   * How far it has got. The parts add up to the total.
   *
   * @since 0.1
   */
  public static final class Progress {
    private final int total;
    private final int done;
    private final int skipped;
    private final int changed;
    private final int refused;
    private final int unconfirmed;
    private final int missing;
    private final int left;

    Progress(
        int total,
        int done,
        int skipped,
        int changed,
        int refused,
        int unconfirmed,
        int missing,
        int left) {
      this.total = total;
      this.done = done;
      this.skipped = skipped;
      this.changed = changed;
      this.refused = refused;
      this.unconfirmed = unconfirmed;
      this.missing = missing;
      this.left = left;
    }

    /**
     * Returns how many changes the plan has.
     *
     * @return the total
     */
    public int total() {
      return total;
    }

    /**
     * Returns how many changes were carried out, or found to be so already.
     *
     * @return the count; in the last event only what was seen counts
     */
    public int done() {
      return done;
    }

    /**
     * Returns how many changes were not sent as their policy is no longer as the plan saw it.
     *
     * @return the count
     */
    public int skipped() {
      return skipped;
    }

    /**
     * Returns how many changes were carried out, and somebody has changed the policy since.
     *
     * @return the count
     */
    public int changed() {
      return changed;
    }

    /**
     * Returns how many changes the service refuses.
     *
     * @return the count
     */
    public int refused() {
      return refused;
    }

    /**
     * Returns how many changes may or may not have been carried out.
     *
     * @return the count
     */
    public int unconfirmed() {
      return unconfirmed;
    }

    /**
     * Returns how many changes the service reported as done that are not to be seen.
     *
     * @return the count; the next run looks again and sends them again
     */
    public int missing() {
      return missing;
    }

    /**
     * Returns how many changes were not sent yet, or have to be sent again.
     *
     * @return the count
     */
    public int left() {
      return left;
    }

    /**
     * Tells whether another run with the same journal would send nothing and look up no batch.
     *
     * @return true if nothing is unconfirmed, missing or left
     */
    public boolean isFinished() {
      return unconfirmed == 0 && missing == 0 && left == 0;
    }

    /** Returns the total and all counts that are not 0, such as {@code 3 of 5 done, left 2}. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder().append(done).append(" of ").append(total);
      text.append(" done");
      append(text, "skipped", skipped);
      append(text, "changed", changed);
      append(text, "refused", refused);
      append(text, "unconfirmed", unconfirmed);
      append(text, "missing", missing);
      append(text, "left", left);
      return text.toString();
    }

    private static void append(StringBuilder text, String name, int count) {
      if (count > 0) {
        text.append(", ").append(name).append(' ').append(count);
      }
    }
  }

  /**
   * One batch.
   *
   * @since 0.1
   */
  public static final class Batch {
    private final int number;
    private final int changes;
    private final Instant endedAt;
    private final Outcome outcome;
    private final @Nullable String cfRay;
    private final @Nullable String why;

    Batch(
        int number,
        int changes,
        Instant endedAt,
        Outcome outcome,
        @Nullable String cfRay,
        @Nullable String why) {
      this.number = number;
      this.changes = changes;
      this.endedAt = endedAt;
      this.outcome = outcome;
      this.cfRay = cfRay;
      this.why = why;
    }

    /**
     * Returns the number of the batch in the journal.
     *
     * @return 1 or more
     */
    public int number() {
      return number;
    }

    /**
     * Returns how many changes it had.
     *
     * @return 1 or more
     */
    public int changes() {
      return changes;
    }

    /**
     * Returns when its outcome was recorded.
     *
     * @return the time by the clock of this machine
     */
    public Instant endedAt() {
      return endedAt;
    }

    /**
     * Returns the outcome.
     *
     * @return what became of it
     */
    public Outcome outcome() {
      return outcome;
    }

    /**
     * Returns the id that Cloudflare's support asks for.
     *
     * @return the id, or {@code null} if no response had one
     */
    public @Nullable String cfRay() {
      return cfRay;
    }

    /**
     * Returns why it was not simply done.
     *
     * @return one line, or {@code null} if it was
     */
    public @Nullable String why() {
      return why;
    }

    /** Returns number, size and outcome. */
    @Override
    public String toString() {
      return "batch " + number + " of " + changes + ": " + outcome;
    }
  }

  /**
   * What became of a batch.
   *
   * @since 0.1
   */
  public enum Outcome {
    /** The service says that it was carried out. */
    DONE,

    /** No usable response came; the account shows that it was carried out. */
    FOUND_DONE,

    /** No usable response came; the account shows that a part was carried out. The rest is left. */
    PARTLY_DONE,

    /** It was not carried out; what is in it is sent again. */
    NOT_DONE,

    /** The service refused it. What the account shows of it counts as done. */
    REFUSED,

    /** No usable response came, and the account does not show whether it was carried out. */
    UNCONFIRMED
  }

  /**
   * A change that is not done.
   *
   * @since 0.1
   */
  public static final class Open {
    private final PolicyChange change;
    private final State state;
    private final @Nullable String why;

    Open(PolicyChange change, State state, @Nullable String why) {
      this.change = change;
      this.state = state;
      this.why = why;
    }

    /**
     * Returns the change.
     *
     * @return a change of the plan
     */
    public PolicyChange change() {
      return change;
    }

    /**
     * Returns why it is open.
     *
     * @return the state
     */
    public State state() {
      return state;
    }

    /**
     * Returns the reason.
     *
     * @return one line, or {@code null} if its turn has not come
     */
    public @Nullable String why() {
      return why;
    }

    /** Returns state and policy. */
    @Override
    public String toString() {
      return state + " " + change.key() + (why == null ? "" : ": " + why);
    }
  }

  /**
   * Why a change is open.
   *
   * @since 0.1
   */
  public enum State {
    /** It was not sent: its policy is no longer as the plan saw it. Final: plan again. */
    SKIPPED,

    /** It was carried out, and somebody has changed the policy since. Final: plan again. */
    CHANGED,

    /** The service refuses it. Final: plan something else. */
    REFUSED,

    /** It may or may not have been carried out; the next run looks again. */
    UNCONFIRMED,

    /** The service reported it as done, and it is not to be seen; the next run looks again. */
    MISSING,

    /** The next run sends it. */
    LEFT
  }

  /**
   * A created policy that is in the account more than once.
   *
   * @since 0.1
   */
  public static final class Duplicate {
    private final PolicyChange change;
    private final List<PolicyId> ids;

    Duplicate(PolicyChange change, List<PolicyId> ids) {
      this.change = change;
      this.ids = List.copyOf(ids);
    }

    /**
     * Returns the change.
     *
     * @return the create of the plan
     */
    public PolicyChange change() {
      return change;
    }

    /**
     * Returns the policies with this pattern that were created since the plan was made.
     *
     * @return two ids or more, the oldest policy first; immutable
     */
    public List<PolicyId> ids() {
      return ids;
    }

    /** Returns policy and ids. */
    @Override
    public String toString() {
      return change.key() + " " + ids;
    }
  }
}
