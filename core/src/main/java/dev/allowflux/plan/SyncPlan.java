package dev.allowflux.plan;

import dev.allowflux.model.AccountId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to change in an account, and how that was found out.
 *
 * <p>A plan is a document. Its <em>canonical form</em> is the JSON that {@link #write} writes,
 * without the member {@code digest}, in the spelling of RFC 8785 (members sorted by name, no space,
 * shortest escapes; half of a surrogate pair, which that RFC does not know, as an escape in lower
 * case). Its digest is the SHA-256 of that form. So a plan that was formatted anew or whose members
 * stand in another order is the same plan, and any other edit makes it another one, which {@link
 * #read} refuses.
 */
public final class SyncPlan {
  private final AccountId account;
  private final SyncMode mode;
  private final AccountRead read;
  private final List<String> warnings;
  private final List<PolicyChange> changes;
  private final Counts counts;
  private final String digest;

  SyncPlan(
      AccountId account,
      SyncMode mode,
      AccountRead read,
      long unchanged,
      List<String> warnings,
      List<PolicyChange> changes) {
    this.account = account;
    this.mode = mode;
    this.read = read;
    this.warnings = List.copyOf(warnings);
    this.changes = List.copyOf(changes);
    counts = Counts.of(changes, unchanged);
    digest = PlanDocument.digest(this);
  }

  /**
   * Returns the account that the plan is for.
   *
   * @return the account that was read
   */
  public AccountId account() {
    return account;
  }

  /**
   * Returns which policies the plan answers for.
   *
   * @return the mode that it was made in
   */
  public SyncMode mode() {
    return mode;
  }

  /**
   * Returns when and how the account was read. The plan is as old as {@link
   * AccountRead#startedAt()}.
   *
   * @return what was said when the plan was made
   */
  public AccountRead accountRead() {
    return read;
  }

  /**
   * Returns the changes.
   *
   * @return creates, edits and deletes, each by key; immutable
   */
  public List<PolicyChange> changes() {
    return changes;
  }

  /**
   * Returns how many changes of each kind there are.
   *
   * @return the counts of {@link #changes()}, and of what is as it is wanted
   */
  public Counts counts() {
    return counts;
  }

  /**
   * Returns what people should know about the plan.
   *
   * @return one line each; policies are named as far as they are few
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Tells whether there is nothing to do.
   *
   * @return true if there are no changes
   */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * Returns what the plan is known by.
   *
   * @return the SHA-256 of the canonical form, 64 hexadecimal digits in lower case
   */
  public String digest() {
    return digest;
  }

  /**
   * Writes the plan as JSON in UTF-8, one change a line.
   *
   * @param out takes the document; flushed, not closed
   * @throws IOException if it takes no more
   */
  public void write(OutputStream out) throws IOException {
    PlanDocument.write(this, out);
  }

  /**
   * Reads a plan that {@link #write} wrote.
   *
   * @param in has the document and nothing behind it; not closed
   * @return the plan, whose digest is that of the document
   * @throws IllegalArgumentException if it is no plan, a plan of a version that is not known, or
   *     one that was edited after it was made; in one line that says what is wrong
   * @throws IOException if it cannot be read
   */
  public static SyncPlan read(InputStream in) throws IOException {
    return PlanReader.read(in);
  }

  /** Two plans are equal if their digests are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SyncPlan that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  /** Returns account, counts and digest. */
  @Override
  public String toString() {
    return "SyncPlan[account=" + account + ", " + counts + ", digest=" + digest + "]";
  }

  /**
   * How many changes of each kind there are.
   *
   * @param creates policies to create
   * @param edits policies to edit
   * @param deletes policies to delete
   * @param unchanged wanted policies that are as they should be
   */
  public record Counts(long creates, long edits, long deletes, long unchanged) {
    private static Counts of(List<PolicyChange> changes, long unchanged) {
      long creates = 0;
      long edits = 0;
      long deletes = 0;
      for (PolicyChange change : changes) {
        if (change instanceof PolicyChange.Create) {
          creates++;
        } else if (change instanceof PolicyChange.Edit) {
          edits++;
        } else {
          deletes++;
        }
      }
      return new Counts(creates, edits, deletes, unchanged);
    }
  }
}
