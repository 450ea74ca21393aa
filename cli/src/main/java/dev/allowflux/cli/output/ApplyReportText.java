package dev.allowflux.cli.output;

import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.plan.PlanRenderer;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Duplicate;
import dev.allowflux.sync.ApplyReport.Open;
import dev.allowflux.sync.ApplyReport.Progress;
import dev.allowflux.sync.ApplyReport.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report of a plan that was applied, in words. */
public final class ApplyReportText {
  /** What to do where a run with the same journal would go on. */
  public static final String GO_ON = "to go on, run the same command again";

  private ApplyReportText() {}

  /** What was sent, and what became of the changes that are not done; one line each. */
  public static List<String> details(ApplyReport report) {
    List<String> lines = new ArrayList<>();
    for (Batch batch : report.batches()) {
      lines.add(line(batch));
    }
    for (Open open : report.open()) {
      if (open.state() != State.LEFT || open.why() != null) {
        lines.add(line(open));
      }
    }
    for (Duplicate twice : report.duplicates()) {
      lines.add(line(twice));
    }
    return lines;
  }

  /** How many changes are done. */
  public static String done(Progress progress) {
    return String.format(
        Locale.ROOT, "%,d of %s done", progress.done(), CountText.changes(progress.total()));
  }

  /**
   * The counts in one line, and what to do if the run can go on.
   *
   * @param journal what to say of the journal
   */
  public static String summary(ApplyReport report, String journal) {
    return report.progress().isFinished()
        ? counts(report)
        : counts(report) + "; " + GO_ON + journal;
  }

  /** The counts in one line. */
  public static String counts(ApplyReport report) {
    Progress progress = report.progress();
    StringBuilder line = new StringBuilder(done(progress));
    count(line, progress.skipped(), "skipped");
    count(line, progress.changed(), "changed since");
    count(line, progress.refused(), "refused");
    count(line, progress.unconfirmed(), "unconfirmed");
    count(line, progress.missing(), "missing");
    count(line, progress.left(), "left");
    count(line, report.duplicates().size(), "there more than once");
    int copies = report.removedCopies();
    count(line, copies, copies == 1 ? "own copy deleted" : "own copies deleted");
    return line.toString();
  }

  private static void count(StringBuilder line, int count, String what) {
    if (count > 0) {
      line.append(String.format(Locale.ROOT, ", %,d %s", count, what));
    }
  }

  private static String line(Batch batch) {
    return "batch "
        + batch.number()
        + ": "
        + CountText.changes(batch.changes())
        + ", "
        + words(batch.outcome())
        + " at "
        + batch.endedAt()
        + (batch.cfRay() == null ? "" : ", cf-ray " + SafeText.line(batch.cfRay()))
        + because(batch.why());
  }

  private static String line(Open open) {
    return words(open.state()) + ": " + PlanRenderer.title(open.change()) + because(open.why());
  }

  private static String because(@Nullable String why) {
    return why == null || why.isEmpty() ? "" : ": " + SafeText.line(why);
  }

  private static String words(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String line(Duplicate twice) {
    return "more than once: "
        + PlanRenderer.title(twice.change())
        + ": "
        + twice.ids().stream()
            .map(id -> SafeText.line(id.value()))
            .collect(Collectors.joining(", "));
  }

  /** What a run ends with that has this report. */
  public static ExitCode exitCode(ApplyReport report) {
    Progress progress = report.progress();
    if (progress.unconfirmed() > 0) {
      return ExitCode.OUTCOME_UNKNOWN;
    }
    if (progress.refused() > 0 || progress.missing() > 0 || progress.left() > 0) {
      return ExitCode.REFUSED;
    }
    if (!report.duplicates().isEmpty()) {
      return ExitCode.FINDINGS;
    }
    return report.isDone() ? ExitCode.DONE : ExitCode.DRIFT;
  }
}
