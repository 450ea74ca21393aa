package dev.allowflux.cli.command;

import dev.allowflux.cli.input.InputBytes;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.option.PolicyOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.RequestPreview;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code create}: a new policy. */
@Command(
    name = "create",
    header = "Creates a policy and prints it as a line of JSON.",
    description = "%nA flag that is not given is false.",
    footer = {
      "%nExamples:",
      "  allowflux create --pattern partner.example --pattern-type DOMAIN \\",
      "    --acceptable-sender --verify-sender --comments 'ticket 4711'",
      "  allowflux create --json policy.json",
      "%nExit code 7 means that the policy may have been created: list it by its pattern before you"
          + " try again."
    })
final class CreateCommand extends AbstractCommand {

  @Mixin private PolicyOptions fields = new PolicyOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Read the policy as JSON instead, - for standard input; a line of an export will do.")
  private @Nullable Path json;

  @Mixin private DryRunOption dryRun = new DryRunOption();

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  CreateCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    NewAllowPolicy policy = policy();
    try (ClientSession session = connection.open(parser(), invocation())) {
      if (dryRun.given()) {
        print(RequestPreview.create(session.account(), policy), session, dryRun);
      } else {
        AllowPolicyClient client = session.client();
        WriteExposure.require(
            client,
            session.account(),
            AllowPolicyBatch.builder().create(policy).build(),
            exposure.limits(parser()));
        printResult(ClientSession.await(client.createWithResponse(session.account(), policy)));
      }
    }
    return ExitCode.DONE;
  }

  private NewAllowPolicy policy() throws IOException {
    if (json != null) {
      if (fields.given()) {
        throw new ParameterException(
            parser(), "--json is the whole policy: give no field beside it");
      }
      byte[] text = InputBytes.read(io(), json);
      return Arguments.checked(parser(), json, () -> PolicyJson.readNew(text));
    }
    return Arguments.checked(
        parser(),
        () -> {
          NewAllowPolicy.Builder policy = NewAllowPolicy.builder();
          String pattern = fields.checkedPattern(invocation()::say);
          if (pattern != null) {
            policy.pattern(pattern);
          }
          if (fields.patternType != null) {
            policy.patternType(fields.patternType);
          }
          return policy
              .isRegex(isTrue(fields.regex))
              .isTrustedSender(isTrue(fields.trustedSender))
              .isAcceptableSender(isTrue(fields.acceptableSender))
              .isExemptRecipient(isTrue(fields.exemptRecipient))
              .verifySender(isTrue(fields.verifySender))
              .comments(fields.commentsWithTag(fields.comments, LocalDate.now(ZoneOffset.UTC)))
              .build();
        });
  }

  private static boolean isTrue(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }
}
