package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "  allowflux sync policies.csv --mode owned --marker team-a --yes",
      "%nExit codes are those of 'plan' and 'apply'."
    })
final class SyncCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      description = "The policies that are wanted; - for standard input, which needs --yes.")
  private Path file = Path.of("-");

  @Mixin private SyncOptions sync = new SyncOptions();

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    ProcessIo shell = AllowFlux.shellOf(spec);
    String name = file.toString().equals("-") ? "allowflux" : String.valueOf(file.getFileName());
    Path lockFile = file.resolveSibling(name + ".sync.lock");
    try (ClientSession session = ClientSession.open(spec, connection);
        FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        shell.err().println("allowflux: another sync of " + file + " is running");
        return ExitCode.LOCAL_FAILURE;
      }
      SyncPlan plan = PlanCommand.plan(spec, session, sync, file);
      PlanCommand.show(plan, PlanCommand.Format.DIFF, shell);
      if (plan.isEmpty()) {
        return ExitCode.DONE;
      }
      if (apply.journal != null) {
        return new InteractiveApply(spec, session, apply, plan, apply.journal).run(plan.digest());
      }
      Path journal = file.resolveSibling(name + ".sync.journal");
      // It belongs to a plan that this one takes the place of.
      Files.deleteIfExists(journal);
      int exit = new InteractiveApply(spec, session, apply, plan, journal).run(plan.digest());
      if (exit == ExitCode.DONE) {
        Files.deleteIfExists(journal);
      }
      return exit;
    }
  }
}
