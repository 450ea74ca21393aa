package dev.allowflux.sync;

import static java.util.Objects.requireNonNull;

import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The files of a sync that plans and applies in one go: a journal, and the plan beside it until
 * everything is settled. If such a sync is broken off, the next one finds the plan, {@linkplain
 * AllowPolicySync#settle settles} it, and only then makes a plan of its own.
 *
 * <ol>
 *   <li>{@link #unsettled} returns the plan of an earlier sync, if one is left. Settle it, and give
 *       the report to {@link #settled}.
 *   <li>Make a plan, {@link #keep} it, and apply it with {@link #journal}.
 *   <li>Give the report to {@link #settled}.
 * </ol>
 *
 * <p>All methods block. Only one process at a time may use the files; lock something else for that.
 *
 * @since 0.1
 */
public final class SyncFiles {
  private final Path journal;
  private final Path plan;
  private final Path last;

  private SyncFiles(Path journal) {
    this.journal = journal;
    plan = journal.resolveSibling(journal.getFileName() + ".plan");
    last = journal.resolveSibling(journal.getFileName() + ".last");
  }

  /**
   * Returns the files beside a journal; nothing is read or made yet.
   *
   * @param journal the file of the journal; the plan has {@code .plan} behind its name
   * @return the files
   */
  public static SyncFiles at(Path journal) {
    return new SyncFiles(requireNonNull(journal, "journal"));
  }

  /**
   * Returns the journal.
   *
   * @return the journal for {@link ApplySettings#builder(ApplyJournal)}
   */
  public ApplyJournal journal() {
    return ApplyJournal.file(journal);
  }

  /**
   * Returns the plan of an earlier sync that was not settled.
   *
   * @return the plan, empty if there is none
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if the file is no plan, in one line
   */
  public Optional<SyncPlan> unsettled() throws IOException {
    return Files.exists(plan, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(PlanFile.read(plan))
        : Optional.empty();
  }

  /**
   * Keeps a plan that is about to be applied.
   *
   * @param applied the plan
   * @throws IOException if it cannot be written, or a journal is there without its plan
   */
  public void keep(SyncPlan applied) throws IOException {
    if (Files.exists(journal, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "the journal " + journal + " is of another sync, whose plan is gone; move it away");
    }
    PlanFile.write(applied, plan);
  }

  /**
   * Deletes the plan if nothing is left to be found out; the journal goes too if everything is
   * done, and is kept with {@code .last} behind its name if not. Otherwise both stay.
   *
   * @param report the report of the run
   * @throws IOException if a file cannot be deleted
   */
  public void settled(ApplyReport report) throws IOException {
    if (!report.isSettled()) {
      return;
    }
    if (report.isDone()) {
      Files.deleteIfExists(journal);
      Files.deleteIfExists(last);
    } else if (Files.exists(journal, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(journal, last, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.deleteIfExists(plan);
  }

  /**
   * Deletes a kept plan that was not applied.
   *
   * @throws IOException if it cannot be deleted
   */
  public void discard() throws IOException {
    Files.deleteIfExists(plan);
  }
}
