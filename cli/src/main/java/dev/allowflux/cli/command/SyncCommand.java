package dev.allowflux.cli.command;

import static java.util.Objects.requireNonNull;

import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.BaseOption;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.StateFolder;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.SyncFiles;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.DesiredStates;
import dev.allowflux.sync.accounts.PlanSet;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sync}: plans and applies. */
@Command(
    name = "sync",
    header = "Brings the account to the policies of a file: plan and apply in one.",
    description = {
      "%nShows the plan, asks on a terminal, and applies it, under the same safety rules as 'plan'."
          + " At the end it looks whether everything is there, once: copies that it made itself are"
          + " deleted, in every mode, others are reported. While it runs, its plan and its journal"
          + " are in the user's state folder ($XDG_STATE_HOME/allowflux, else"
          + " ~/.local/state/allowflux), or where --journal says; after a run that was broken off"
          + " the next one settles them first, and plans anew.",
      "%nWith --accounts each account of a list is brought to --base and the files of the account:"
          + " all are planned first, then all plans are applied. An account that fails stops no"
          + " other and decides the exit code."
    },
    footer = {
      "%nExamples:",
      "  allowflux sync policies.ndjson --simulate 1000 --yes",
      "  allowflux sync policies.csv --mode owned --owner team-a --yes",
      "  allowflux sync --accounts tenants.csv --base policies.csv --yes",
      "%nExit codes are those of 'plan' and 'apply'."
    })
final class SyncCommand extends AbstractCommand {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The desired policies of one account; - for standard input, which needs --yes.")
  private @Nullable Path file;

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private BaseOption base = new BaseOption();

  @Mixin private SyncOptions sync = new SyncOptions();

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  SyncCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    Path common = base.of(parser(), accounts, file);
    if (common != null) {
      return syncMany(common);
    }
    Path desired = requireNonNull(file);
    try (ClientSession session = connection.open(parser(), invocation())) {
      Path journal =
          apply.journal == null
              ? inStateFolder(session.account() + "\n" + session.source(), desired, ".journal")
              : apply.journal;
      Arguments.differentFiles(parser(), "FILE", desired, "--journal", journal);
      return locked(desired, journal, () -> sync(session, desired, journal));
    }
  }

  private ExitCode syncMany(Path common) throws IOException {
    SyncMode mode = sync.mode(parser());
    SyncLimits limits = sync.limits(parser());
    List<AccountEntry> list = accounts.read(parser(), invocation(), connection);
    DesiredStates desired = ManyPlans.desired(invocation(), sync, mode, common, list);
    try (AccountSessions sessions = connection.openAll(parser(), invocation(), list)) {
      Path journals =
          apply.journal == null
              ? inStateFolder("many accounts\n" + sessions.source(), common, ".journals")
              : apply.journal;
      Arguments.differentFiles(parser(), "--base", common, "--journal", journals);
      return locked(
          common,
          journals,
          () -> {
            ManyPlans plans = new ManyPlans(this, list, accounts.isAll(), sessions);
            plans.settle(journals, journal -> apply.settings(parser(), journal, limits));
            try (PlanSet set = plans.plan(desired, mode, limits, null)) {
              plans.show(set, PlanCommand.Format.DIFF);
              if (!set.isEmpty()) {
                if (!apply.yes && !plans.agreed(set, true)) {
                  plans.end();
                  return ExitCode.USAGE;
                }
                return plans.applyAndKeep(
                    set.approve(set.digest()),
                    journals,
                    journal -> apply.settingsRightAfterPlanning(parser(), journal, limits));
              }
              return plans.end();
            }
          });
    }
  }

  private interface Locked {
    ExitCode run() throws IOException;
  }

  /** Keeps a second sync of the same file from running. */
  private ExitCode locked(Path desired, Path journal, Locked work) throws IOException {
    Path lockFile = journal.resolveSibling(journal.getFileName() + ".sync.lock");
    if (Files.isSymbolicLink(lockFile)) {
      throw new IOException(
          lockFile + " is a symbolic link, which somebody else may have put there; delete it");
    }
    try (FileChannel channel =
        FileChannel.open(
            lockFile,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
            ownerOnly(lockFile))) {
      if (channel.tryLock() == null) {
        invocation().say("another sync of " + desired + " is running");
        return ExitCode.LOCAL_FAILURE;
      }
      return work.run();
    }
  }

  /** The mode of a new file, where the system has modes. */
  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private Path inStateFolder(String key, Path desired, String suffix) throws IOException {
    boolean standard = desired.toString().equals("-");
    String name = standard ? "stdin" : String.valueOf(desired.getFileName());
    Path place = standard ? Path.of("").toAbsolutePath() : desired.toRealPath();
    return StateFolder.file(io(), name, key + "\n" + place, suffix);
  }

  private ExitCode sync(ClientSession session, Path desired, Path journal) throws IOException {
    SyncFiles files = SyncFiles.at(journal);
    ExitCode earlier = settleEarlier(session, files, journal);
    if (earlier != null) {
      return earlier;
    }
    SyncPlan plan = PlanCommand.plan(this, session, sync, desired);
    PlanCommand.show(plan, PlanCommand.Format.DIFF, invocation());
    return plan.isEmpty() ? ExitCode.DONE : apply(session, files, plan, journal);
  }

  /** Settles a sync that was broken off; returns an exit code if this one must not go on. */
  private @Nullable ExitCode settleEarlier(ClientSession session, SyncFiles files, Path journal)
      throws IOException {
    SyncPlan earlier;
    try {
      earlier = files.unsettled().orElse(null);
    } catch (IllegalArgumentException e) {
      invocation().say(journal + ".plan: " + e.getMessage());
      return ExitCode.LOCAL_FAILURE;
    }
    if (earlier == null) {
      return null;
    }
    invocation().say("settling an earlier sync that was broken off");
    InteractiveApply settling = new InteractiveApply(invocation(), session, earlier, true);
    ExitCode exit = settling.settle(apply.settings(parser(), journal, sync.limits(parser())));
    ApplyReport report = settling.report();
    if (report == null) {
      return exit;
    }
    files.settled(report);
    return report.isSettled() ? null : exit;
  }

  private ExitCode apply(ClientSession session, SyncFiles files, SyncPlan plan, Path journal)
      throws IOException {
    files.keep(plan);
    InteractiveApply applying = new InteractiveApply(invocation(), session, plan, apply.yes);
    ExitCode exit =
        applying.run(
            own -> own.approve(own.digest()),
            apply.settingsRightAfterPlanning(parser(), journal, sync.limits(parser())));
    ApplyReport report = applying.report();
    if (report != null) {
      files.settled(report);
    } else if (exit == ExitCode.USAGE) {
      files.discard();
    }
    return exit;
  }
}
