package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.PlanFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code apply}: makes the changes of a plan. */
@Command(
    name = "apply",
    header = "Makes the changes of a plan that was reviewed.",
    description = {
      "%nPLAN is what 'plan --out' wrote. What it touches is read again first; a policy that is no"
          + " longer as the plan saw it is skipped. What is sent is recorded in a journal beside"
          + " the plan: a run that was broken off, by Ctrl-C or by a crash, is taken up by running"
          + " the same command again, and a plan that is done is not done twice.",
      "%nOn a terminal it asks first. The record of what was sent goes to standard output."
    },
    footer = {
      "%nExamples:",
      "  allowflux plan policies.ndjson --out plan.json",
      "  allowflux apply plan.json",
      "  allowflux apply plan.json --yes --digest 3f1c... --stop-on-change",
      "%nAt the end it looks whether everything is there, once. Copies that it made itself are"
          + " deleted, others are reported.",
      "%nExit codes of its own: 3 changes were refused or are missing, 7 the outcome of some is"
          + " unconfirmed (run it again), 8 policies were changed by others or are there more than"
          + " once. Ctrl-C ends it after the batch that is under way."
    })
final class ApplyCommand extends AbstractCommand {

  @Parameters(paramLabel = "PLAN", description = "The plan.")
  private Path file = Path.of("plan.json");

  @Option(
      names = "--digest",
      paramLabel = "HEX",
      description = "The digest of the plan that was reviewed; any other plan is refused.")
  private @Nullable String digest;

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  ApplyCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    SyncPlan plan;
    try {
      plan = PlanFile.read(file);
    } catch (IllegalArgumentException e) {
      invocation().say(file + ": " + e.getMessage());
      return ExitCode.LOCAL_FAILURE;
    }
    try (ClientSession session = connection.open(parser(), invocation())) {
      Path journal =
          apply.journal == null
              ? file.resolveSibling(file.getFileName() + ".journal")
              : apply.journal;
      return new InteractiveApply(invocation(), session, plan, apply.yes)
          .run(
              digest == null ? plan.digest() : digest,
              apply.settings(parser(), journal, exposure.limits(parser())));
    }
  }
}
