package dev.allowflux.cli.command;

import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.output.ApplyReportText;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.cli.runtime.StopSignal;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.PlanRenderer;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.ApplySettings;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountOutcome;
import dev.allowflux.sync.accounts.AccountsSync;
import dev.allowflux.sync.accounts.ApprovedPlanSet;
import dev.allowflux.sync.accounts.DesiredStates;
import dev.allowflux.sync.accounts.PlanSet;
import dev.allowflux.sync.file.PolicyFileReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The plans of many accounts: made, shown, applied. */
final class ManyPlans {
  private static final int MOST_NAMED = 20;

  private final Invocation invocation;
  private final ProcessIo io;
  private final List<AccountEntry> accounts;
  private final AccountsSync sync;
  private final ManyAccounts many;
  private @Nullable String unplanned;
  private boolean canGoOn;

  /**
   * Prepares the plans of accounts.
   *
   * @param all whether nobody has chosen the accounts, so that one without Email Security is left
   *     out
   */
  ManyPlans(
      AbstractCommand command, List<AccountEntry> accounts, boolean all, AccountSessions sessions) {
    this.invocation = command.invocation();
    this.io = command.io();
    this.accounts = accounts;
    many = new ManyAccounts(command, accounts, all);
    sync =
        AccountsSync.of(
            entry ->
                sessions.client(
                    entry, settings -> settings.readAhead(ClientSession.READ_AHEAD_OF_ALL)));
  }

  /** Counts accounts of the list that have no plan and are none of this run's. */
  ManyPlans withoutPlan(int count) {
    many.withoutPlan(count);
    return this;
  }

  /** Reads the base, and the files of all accounts once: a wrong one refuses the whole command. */
  static DesiredStates desired(
      Invocation invocation,
      SyncOptions options,
      SyncMode mode,
      Path base,
      List<AccountEntry> accounts)
      throws IOException {
    PolicyFileReader reader = options.reader(mode);
    List<DesiredPolicy> policies = PlanCommand.readDesired(invocation, reader, base);
    DesiredStates desired = DesiredStates.of(policies, reader);
    for (AccountEntry entry : accounts) {
      desired.policies(entry, report -> PlanCommand.say(report, entry.toString(), invocation));
    }
    return desired;
  }

  /** Plans all accounts but those that failed before; the caller closes the set. */
  PlanSet plan(DesiredStates desired, SyncMode mode, SyncLimits limits, @Nullable PrivateKey key)
      throws IOException {
    List<AccountEntry> left = accounts.stream().filter(entry -> !many.isFailed(entry)).toList();
    try (PlanSet.Builder plans = PlanSet.builder(io.temporaryFolder())) {
      many.collectLeavingOut(
          sync.plan(left, desired, mode, limits),
          left.size(),
          (entry, plan) -> plans.add(entry, key == null ? plan : plan.sign(key)));
      accounts.stream().filter(many::isFailed).forEach(plans::addFailed);
      return plans.build();
    }
  }

  /** Finds out what became of a sync that was broken off. */
  void settle(Path journals, Function<Path, ApplySettings> settings) throws IOException {
    many.collect(
        sync.settle(accounts, journals, settings),
        accounts.size(),
        (entry, report) ->
            report.ifPresent(
                settled ->
                    invocation.say(
                        "account "
                            + entry
                            + ": settled an earlier sync that was broken off: "
                            + ApplyReportText.counts(settled))));
  }

  /** Shows every plan that has changes or warnings, and what there is to say about all of them. */
  void show(PlanSet set, PlanCommand.Format format) throws IOException {
    Output output = Output.safeText(io);
    if (format == PlanCommand.Format.JSON) {
      set.write(Output.standard(io).stream());
      return;
    }
    boolean markdown = format == PlanCommand.Format.MARKDOWN;
    boolean coloured = io.outIsTerminal() && io.variable("NO_COLOR").isEmpty();
    Writer out = new OutputStreamWriter(output.stream(), StandardCharsets.UTF_8);
    write(set, markdown, coloured, out);
    out.flush();
  }

  private void write(PlanSet set, boolean markdown, boolean coloured, Appendable out)
      throws IOException {
    for (PlanSet.Item item : set.items()) {
      SyncPlan plan = set.plan(item.account());
      if (item.isEmpty() && plan.warnings().isEmpty()) {
        continue;
      }
      if (markdown) {
        PlanRenderer.markdown(plan, out);
      } else {
        plan.warnings().forEach(w -> invocation.say("account " + item.account() + ": " + w));
        PlanRenderer.diff(plan, coloured, out);
      }
      out.append('\n');
    }
    out.append(markdown ? "### All accounts\n\n" : "");
    long unchanged = set.items().stream().filter(PlanSet.Item::isEmpty).count();
    if (unchanged > 0) {
      out.append(CountText.of(unchanged, "account needs", "accounts need")).append(" no change.\n");
    }
    if (!set.failed().isEmpty()) {
      out.append(failed(set)).append(".\n");
    }
    out.append(summary(set)).append(markdown ? ".\n\n" : ".\n");
    out.append("Digest of all plans ").append(set.digest()).append('\n');
  }

  private static String summary(PlanSet set) {
    SyncPlan.Counts counts = set.counts();
    return String.format(
        Locale.ROOT,
        "%s: %,d to create, %,d to edit, %,d to delete, %,d unchanged",
        CountText.accounts(set.items().size()),
        counts.creates(),
        counts.edits(),
        counts.deletes(),
        counts.unchanged());
  }

  /** Which accounts have no plan. */
  static String failed(PlanSet set) {
    List<AccountId> failed = set.failed();
    StringBuilder text = new StringBuilder();
    text.append(CountText.accounts(failed.size()));
    text.append(" could not be planned and will not change: ");
    for (int i = 0; i < Math.min(failed.size(), MOST_NAMED); i++) {
      text.append(i == 0 ? "" : ", ").append(SafeText.line(failed.get(i).value()));
    }
    return text.append(failed.size() > MOST_NAMED ? " and others" : "").toString();
  }

  /**
   * Asks whether to apply the plans.
   *
   * @param shown whether the changes were shown on the terminal already
   */
  boolean agreed(PlanSet set, boolean shown) throws IOException {
    if (!io.errIsTerminal()) {
      invocation.say("there is nobody to ask; give --yes to apply the plans");
      return false;
    }
    if (!shown || !io.outIsTerminal()) {
      write(set, false, io.variable("NO_COLOR").isEmpty(), io.err());
      io.err().flush();
    }
    boolean yes =
        InteractiveApply.agreed(
            io, "Apply all plans, " + summary(set) + ", digest " + set.digest() + "?");
    if (!yes) {
      invocation.say("nothing was applied");
    }
    return yes;
  }

  /** How the plans of a set are applied. */
  interface Applying {
    Flux<AccountOutcome<ApplyReport>> until(Publisher<?> stop);
  }

  /**
   * Applies plans that were reviewed; returns the exit code of the first account that failed. What
   * was approved may have accounts without a plan, and those are not as they should be.
   */
  ExitCode apply(ApprovedPlanSet plans, Path journals, Function<Path, ApplySettings> settings)
      throws IOException {
    unplanned = plans.set().failed().isEmpty() ? null : failed(plans.set());
    return apply(plans, stop -> sync.apply(plans, accounts, journals, settings, stop));
  }

  /** Applies plans that were made just now, and keeps each until it is settled. */
  ExitCode applyAndKeep(
      ApprovedPlanSet plans, Path journals, Function<Path, ApplySettings> settings)
      throws IOException {
    return apply(plans, stop -> sync.applyAndKeep(plans, accounts, journals, settings, stop));
  }

  /** Reports before the signal is let go, since the process may end right after that. */
  private ExitCode apply(ApprovedPlanSet plans, Applying applying) throws IOException {
    Output output = Output.standard(io);
    int changed = (int) plans.set().items().stream().filter(item -> !item.isEmpty()).count();
    try (StopSignal stop = new StopSignal(invocation)) {
      many.collect(
          applying.until(stop.asMono()),
          changed,
          (entry, report) -> {
            String summary = ApplyReportText.counts(report);
            ExitCode exit = ApplyReportText.exitCode(report);
            if (exit != ExitCode.DONE) {
              many.fail(entry, exit, summary);
            }
            if (!report.progress().isFinished()) {
              canGoOn = true;
            }
            many.println(output, entry, summary);
            for (String line : ApplyReportText.details(report)) {
              output.println("  " + line);
            }
          });
      return end();
    }
  }

  /** Names the accounts that failed; returns the exit code of the first one. */
  ExitCode end() {
    ExitCode exit = many.reportFailures();
    if (unplanned != null) {
      invocation.say(unplanned + "; plan again");
      exit = exit == ExitCode.DONE ? ExitCode.DRIFT : exit;
    }
    if (canGoOn) {
      invocation.say(ApplyReportText.GO_ON);
    }
    return exit;
  }
}
