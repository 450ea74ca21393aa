package dev.allowflux.cli.command;

import dev.allowflux.cli.output.ApplyReportText;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.cli.runtime.StopSignal;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.plan.ApprovedPlan;
import dev.allowflux.plan.PlanRenderer;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.AllowPolicySync;
import dev.allowflux.sync.ApplyEvent;
import dev.allowflux.sync.ApplyEvent.BatchEnded;
import dev.allowflux.sync.ApplyEvent.Checked;
import dev.allowflux.sync.ApplyEvent.Finished;
import dev.allowflux.sync.ApplyJournal;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.ApplyReport.Progress;
import dev.allowflux.sync.ApplySettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Applies a plan interactively: asks, shows the progress, and prints the report. */
final class InteractiveApply {
  private static final Duration IN_LOG = Duration.ofSeconds(5);

  private final Invocation invocation;
  private final ProcessIo io;
  private final ClientSession session;
  private final SyncPlan plan;
  private final boolean yes;
  private long lastShown = System.nanoTime();
  private boolean showsChanges;
  private boolean isSettling;
  private @Nullable ApplyReport report;

  /**
   * Prepares to apply a plan.
   *
   * @param yes whether it is applied without asking
   */
  InteractiveApply(Invocation invocation, ClientSession session, SyncPlan plan, boolean yes) {
    this.invocation = invocation;
    this.io = invocation.io();
    this.session = session;
    this.plan = plan;
    this.yes = yes;
  }

  /** Shows the changes when it asks: nothing has shown them before. */
  InteractiveApply showingChanges() {
    showsChanges = true;
    return this;
  }

  /**
   * Applies the plan.
   *
   * @param approval approves the plan, or refuses it by an exception
   */
  ExitCode run(Function<SyncPlan, ApprovedPlan> approval, ApplySettings settings)
      throws IOException {
    if (!isForThisAccount()) {
      return ExitCode.LOCAL_FAILURE;
    }
    ApprovedPlan approved = approval.apply(plan);
    if (!yes && !plan.isEmpty()) {
      if (!io.errIsTerminal()) {
        invocation.say("there is nobody to ask; give --yes to apply the plan");
        return ExitCode.USAGE;
      }
      if (!agreed()) {
        invocation.say("nothing was applied");
        return ExitCode.USAGE;
      }
    }
    try (StopSignal stop = new StopSignal(invocation)) {
      return show(sync().apply(approved, settings, stop.asMono()), settings);
    }
  }

  /** Finds out what became of the plan in an earlier run, and sends none of its changes. */
  ExitCode settle(ApplySettings settings) throws IOException {
    if (!isForThisAccount()) {
      return ExitCode.LOCAL_FAILURE;
    }
    try (StopSignal stop = new StopSignal(invocation)) {
      isSettling = true;
      return show(sync().settle(plan, settings).takeUntilOther(stop.asMono()), settings);
    }
  }

  /** Where many changes are looked up, the whole account is read. */
  private AllowPolicySync sync() {
    return AllowPolicySync.of(
        session.client(settings -> settings.readAhead(ClientSession.READ_AHEAD_OF_ALL)));
  }

  /** Returns the report, or null if nothing was applied. */
  @Nullable ApplyReport report() {
    return report;
  }

  private boolean isForThisAccount() {
    if (plan.account().equals(session.account())) {
      return true;
    }
    invocation.say(
        "the plan is for account "
            + SafeText.line(plan.account().value())
            + ", not for "
            + SafeText.line(session.account().value()));
    return false;
  }

  private ExitCode show(Flux<ApplyEvent> events, ApplySettings settings) throws IOException {
    try {
      ApplyReport last = null;
      for (ApplyEvent event : events.toIterable(1)) {
        show(event);
        if (event instanceof Finished finished) {
          last = finished.report();
        }
      }
      report = last;
      return last == null ? ExitCode.LOCAL_FAILURE : print(last, settings.journal());
    } finally {
      clear();
    }
  }

  private boolean agreed() throws IOException {
    if (showsChanges || !io.outIsTerminal()) {
      PlanRenderer.diff(plan, io.variable("NO_COLOR").isEmpty(), io.err());
      io.err().flush();
    }
    return agreed(
        io,
        "Apply "
            + PlanRenderer.summary(plan)
            + " to account "
            + SafeText.line(plan.account().value())
            + ", digest "
            + plan.digest()
            + "?");
  }

  /** Asks on the terminal; only yes means yes. */
  static boolean agreed(ProcessIo io, String question) throws IOException {
    io.err().print(question + " [y/N] ");
    io.err().flush();
    BufferedReader in = new BufferedReader(new InputStreamReader(io.in(), StandardCharsets.UTF_8));
    String answer = in.readLine();
    if (answer == null) {
      io.err().println();
      return false;
    }
    String word = answer.strip().toLowerCase(Locale.ROOT);
    return word.equals("y") || word.equals("yes");
  }

  private void show(ApplyEvent event) {
    Progress progress = event.progress();
    long now = System.nanoTime();
    if (event instanceof Checked checked && checked.progress().skipped() > 0) {
      clear();
      invocation.say(
          String.format(
              Locale.ROOT,
              "%,d of %s skipped",
              progress.skipped(),
              CountText.changes(progress.total())));
    }
    boolean due = now - lastShown > IN_LOG.toNanos();
    if (event instanceof BatchEnded && (io.errIsTerminal() || due)) {
      lastShown = now;
      String line = ApplyReportText.done(progress);
      if (io.errIsTerminal()) {
        io.err().print("\r\033[K" + line);
        io.err().flush();
      } else {
        invocation.say(line);
      }
    }
  }

  private void clear() {
    if (io.errIsTerminal()) {
      io.err().print("\r\033[K");
      io.err().flush();
    }
  }

  private ExitCode print(ApplyReport report, ApplyJournal journal) throws IOException {
    clear();
    Output output = Output.standard(io);
    for (String line : ApplyReportText.details(report)) {
      output.println(line);
    }
    // The sync that settles an earlier one goes on by itself.
    invocation.say(
        isSettling && report.isSettled()
            ? ApplyReportText.counts(report)
            : ApplyReportText.summary(report, " (journal " + journal + ")"));
    return ApplyReportText.exitCode(report);
  }
}
