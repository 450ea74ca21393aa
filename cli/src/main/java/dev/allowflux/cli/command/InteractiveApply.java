package dev.allowflux.cli.command;

import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
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
import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Duplicate;
import dev.allowflux.sync.ApplyReport.Open;
import dev.allowflux.sync.ApplyReport.Progress;
import dev.allowflux.sync.ApplyReport.State;
import dev.allowflux.sync.ApplySettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Applies a plan interactively: asks, shows the progress, and prints the report. */
final class InteractiveApply {
  /** How long a signal waits for the batch under way; whoever sent it may not wait longer. */
  private static final Duration LAST_BATCH = Duration.ofSeconds(30);

  private static final Duration IN_LOG = Duration.ofSeconds(5);

  private final Invocation invocation;
  private final ProcessIo io;
  private final ClientSession session;
  private final SyncPlan plan;
  private final boolean yes;
  private final Sinks.Empty<Void> stop = Sinks.empty();
  private final CountDownLatch ended = new CountDownLatch(1);
  private long lastShown = System.nanoTime();
  private boolean showsChanges;
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
    return show(sync().apply(approved, settings, stop.asMono()), settings);
  }

  /** Finds out what became of the plan in an earlier run, and sends none of its changes. */
  ExitCode settle(ApplySettings settings) throws IOException {
    return isForThisAccount()
        ? show(sync().settle(plan, settings).takeUntilOther(stop.asMono()), settings)
        : ExitCode.LOCAL_FAILURE;
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
    Thread onSignal = new Thread(this::stopAndWait, "allowflux-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
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
      ended.countDown();
      forget(onSignal);
    }
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The signal came first; its thread ends by itself, as the run has.
    }
  }

  private boolean agreed() throws IOException {
    if (showsChanges || !io.outIsTerminal()) {
      PlanRenderer.diff(plan, io.variable("NO_COLOR").isEmpty(), io.err());
      io.err().flush();
    }
    io.err()
        .print(
            "Apply "
                + PlanRenderer.summary(plan)
                + " to account "
                + SafeText.line(plan.account().value())
                + ", digest "
                + plan.digest()
                + "? [y/N] ");
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

  /** Lets the batch under way end, so that the journal leaves nothing to be found out. */
  private void stopAndWait() {
    clear();
    invocation.say("ending after the batch under way");
    stop.tryEmitEmpty();
    try {
      if (!ended.await(LAST_BATCH.toSeconds(), TimeUnit.SECONDS)) {
        invocation.say("the batch has not ended; the next run finds out about it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(ApplyEvent event) {
    Progress progress = event.progress();
    long now = System.nanoTime();
    if (event instanceof Checked checked && checked.progress().skipped() > 0) {
      clear();
      invocation.say(
          String.format(
              Locale.ROOT, "%,d of %,d changes are skipped", progress.skipped(), progress.total()));
    }
    boolean due = now - lastShown > IN_LOG.toNanos();
    if (event instanceof BatchEnded && (io.errIsTerminal() || due)) {
      lastShown = now;
      String line =
          String.format(Locale.ROOT, "%,d of %,d changes done", progress.done(), progress.total());
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
    for (Batch batch : report.batches()) {
      output.println(line(batch));
    }
    for (Open open : report.open()) {
      if (open.state() != State.LEFT || open.why() != null) {
        output.println(line(open));
      }
    }
    for (Duplicate twice : report.duplicates()) {
      output.println(line(twice));
    }
    Progress progress = report.progress();
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(Locale.ROOT, "%,d of %,d changes done", progress.done(), progress.total()));
    count(line, progress.skipped(), "skipped");
    count(line, progress.changed(), "changed since");
    count(line, progress.refused(), "refused");
    count(line, progress.unconfirmed(), "unconfirmed");
    count(line, progress.missing(), "missing");
    count(line, progress.left(), "left");
    count(line, report.duplicates().size(), "there more than once");
    count(line, report.removedCopies(), "own copies deleted");
    if (!progress.isFinished()) {
      line.append("; to go on, run the same command again (journal ").append(journal).append(')');
    }
    invocation.say(line.toString());
    return exitCode(report);
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
        + batch.changes()
        + (batch.changes() == 1 ? " change, " : " changes, ")
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

  private static ExitCode exitCode(ApplyReport report) {
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
