package dev.allowflux.cli.command;

import dev.allowflux.cli.input.InputBytes;
import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.plan.ApprovedPlan;
import dev.allowflux.plan.PlanKeys;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.PlanFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      "%nOn a terminal it shows the changes and the digest, and asks first. The record of what was"
          + " sent goes to standard output."
    },
    footer = {
      "%nExamples:",
      "  allowflux plan policies.ndjson --out plan.json",
      "  allowflux apply plan.json",
      "  allowflux apply plan.json --yes --digest 3f1c... --stop-on-change",
      "  allowflux apply plan.json --yes --trust reviewer.pub",
      "%nAt the end it looks whether everything is there, once. Copies that it made itself are"
          + " deleted, others are reported.",
      "%nExit codes of its own: 1 the plan was edited, is too old or of another account, or its"
          + " journal does not fit, 3 changes were refused or are missing, 7 the outcome of some is"
          + " unconfirmed (run it again), 8 policies were changed by others or stored with other"
          + " fields, 10 policies are there more than once. Ctrl-C ends it after the batch that is"
          + " under way."
    })
final class ApplyCommand extends AbstractCommand {

  @Parameters(paramLabel = "PLAN", description = "The plan.")
  private Path file = Path.of("plan.json");

  @Option(
      names = "--digest",
      paramLabel = "HEX",
      description =
          "The digest of the plan that was reviewed; any other plan is refused. It is a checksum"
              + " against mistakes; against whoever may write PLAN only --trust helps.")
  private @Nullable String digest;

  @Option(
      names = "--trust",
      paramLabel = "PUBLICKEY",
      description =
          "A file with an Ed25519 public key in PEM: a plan is refused that was not signed with its"
              + " private key ('plan --sign'), or was changed since.")
  private @Nullable Path trust;

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  ApplyCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    if (apply.yes && digest == null && trust == null) {
      throw new ParameterException(
          parser(),
          "--yes needs --digest of the plan that was reviewed, or --trust with the key that it was"
              + " signed with");
    }
    Path journal =
        apply.journal == null
            ? file.resolveSibling(file.getFileName() + ".journal")
            : apply.journal;
    Arguments.differentFiles(parser(), "PLAN", file, "--journal", journal);
    SyncPlan plan;
    try {
      plan = PlanFile.read(file);
    } catch (IllegalArgumentException e) {
      invocation().say(file + ": " + e.getMessage());
      return ExitCode.LOCAL_FAILURE;
    }
    PublicKey key = trust == null ? null : publicKey(trust);
    try (ClientSession session = connection.open(parser(), invocation())) {
      return new InteractiveApply(invocation(), session, plan, apply.yes)
          .showingChanges()
          .run(approval(key), apply.settings(parser(), journal, exposure.limits(parser())));
    }
  }

  /** Both proofs are asked for if both were given. */
  private Function<SyncPlan, ApprovedPlan> approval(@Nullable PublicKey key) {
    return plan -> {
      ApprovedPlan approved = key == null ? null : plan.approve(key);
      return approved != null && digest == null
          ? approved
          : plan.approve(digest == null ? plan.digest() : digest);
    };
  }

  private PublicKey publicKey(Path file) throws IOException {
    byte[] pem = InputBytes.read(io(), file);
    return Arguments.checked(
        parser(), file, () -> PlanKeys.publicKey(new String(pem, StandardCharsets.UTF_8)));
  }
}
