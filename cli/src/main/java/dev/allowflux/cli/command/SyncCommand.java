package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sync}: plans and applies. */
@Command(
    name = "sync",
    header = "Brings the account to the policies of a file: plan and apply in one.",
    description = {
      "%nShows the plan, asks on a terminal, and applies it, under the same safety rules as 'plan'."
          + " A run that was broken off is taken up by running it again: it plans anew from what is"
          + " there. While it runs, and after a run that did not do everything, its journal"
          + " FILE.sync.journal stands beside the file."
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
      description = "The policies that are wanted; - for standard input, which needs --yes.")
  private Path file = Path.of("-");

  @Mixin private SyncOptions sync = new SyncOptions();

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  SyncCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    String name = file.toString().equals("-") ? "allowflux" : String.valueOf(file.getFileName());
    Path lockFile = file.resolveSibling(name + ".sync.lock");
    try (ClientSession session = connection.open(parser(), invocation());
        FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        invocation().say("another sync of " + file + " is running");
        return ExitCode.LOCAL_FAILURE;
      }
      SyncPlan plan = PlanCommand.plan(this, session, sync, file);
      PlanCommand.show(plan, PlanCommand.Format.DIFF, invocation());
      if (plan.isEmpty()) {
        return ExitCode.DONE;
      }
      if (apply.journal != null) {
        return apply(session, plan, apply.journal);
      }
      Path journal = file.resolveSibling(name + ".sync.journal");
      // It belongs to a plan that this one takes the place of.
      Files.deleteIfExists(journal);
      ExitCode exit = apply(session, plan, journal);
      if (exit == ExitCode.DONE) {
        Files.deleteIfExists(journal);
      }
      return exit;
    }
  }

  private ExitCode apply(ClientSession session, SyncPlan plan, Path journal) throws IOException {
    return new InteractiveApply(invocation(), session, plan, apply.yes)
        .run(plan.digest(), apply.settings(parser(), journal));
  }
}
