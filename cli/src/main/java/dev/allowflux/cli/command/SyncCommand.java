package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.StateFolder;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.SyncFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
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
          + " the next one settles them first, and plans anew."
    },
    footer = {
      "%nExamples:",
      "  allowflux sync policies.ndjson --simulate 1000 --yes",
      "  allowflux sync policies.csv --mode owned --owner team-a --yes",
      "%nExit codes are those of 'plan' and 'apply'."
    })
final class SyncCommand extends AbstractCommand {

  @Parameters(
      paramLabel = "FILE",
      description = "The desired policies; - for standard input, which needs --yes.")
  private Path file = Path.of("-");

  @Mixin private SyncOptions sync = new SyncOptions();

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  SyncCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    try (ClientSession session = connection.open(parser(), invocation())) {
      Path journal = apply.journal == null ? journal(session) : apply.journal;
      Arguments.differentFiles(parser(), "FILE", file, "--journal", journal);
      Path lockFile = journal.resolveSibling(journal.getFileName() + ".sync.lock");
      if (Files.isSymbolicLink(lockFile)) {
        throw new IOException(
            lockFile + " is a symbolic link, which somebody else may have put there; delete it");
      }
      try (FileChannel channel =
          FileChannel.open(
              lockFile,
              Set.of(
                  StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
              ownerOnly(lockFile))) {
        if (channel.tryLock() == null) {
          invocation().say("another sync of " + file + " is running");
          return ExitCode.LOCAL_FAILURE;
        }
        return sync(session, journal);
      }
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

  private Path journal(ClientSession session) throws IOException {
    boolean standard = file.toString().equals("-");
    String name = standard ? "stdin" : String.valueOf(file.getFileName());
    Path place = standard ? Path.of("").toAbsolutePath() : file.toRealPath();
    return StateFolder.file(
        io(), name, session.account() + "\n" + session.source() + "\n" + place, ".journal");
  }

  private ExitCode sync(ClientSession session, Path journal) throws IOException {
    SyncFiles files = SyncFiles.at(journal);
    ExitCode earlier = settleEarlier(session, files, journal);
    if (earlier != null) {
      return earlier;
    }
    SyncPlan plan = PlanCommand.plan(this, session, sync, file);
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
