package dev.allowflux.cli.command;

import static java.util.Objects.requireNonNull;

import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.option.PolicyOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.RequestPreview;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code edit}: the named fields of a policy. */
@Command(
    name = "edit",
    header = "Changes the named fields of a policy, no others, and prints it as a line of JSON.",
    footer = {
      "%nExamples:",
      "  allowflux edit 3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8 --no-trusted-sender",
      "  allowflux edit 3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8 --clear-comments --dry-run"
    })
final class EditCommand extends AbstractCommand {

  @Parameters(paramLabel = "ID", description = "The policy.")
  private String id = "";

  @Mixin private PolicyOptions fields = new PolicyOptions();

  @Option(names = "--clear-comments", description = "Remove the comments.")
  private boolean clearComments;

  @Mixin private DryRunOption dryRun = new DryRunOption();

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  EditCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    PolicyId policy = Arguments.policyId(parser(), id);
    AllowPolicyEdit.Builder changes = Arguments.checked(parser(), this::changes);
    boolean tagsText = fields.tagged() && fields.comments == null && !clearComments;
    if (tagsText && dryRun.given()) {
      throw new ParameterException(
          parser(), "with --dry-run, give --comments too: a tag is put into them");
    }
    try (ClientSession session = connection.open(parser(), invocation())) {
      if (fields.tagged()) {
        String text =
            tagsText
                ? ClientSession.await(session.client().get(session.account(), policy)).comments()
                : fields.comments;
        Arguments.checked(
            parser(),
            () -> changes.comments(requireNonNull(fields.commentsWithTag(text, today()))));
      }
      AllowPolicyEdit edit = Arguments.checked(parser(), changes::build);
      if (dryRun.given()) {
        print(RequestPreview.edit(session.account(), policy, edit), session, dryRun);
      } else {
        AllowPolicyClient client = session.client();
        AllowPolicyBatch batch = AllowPolicyBatch.builder().edit(policy, edit).build();
        Arguments.checked(
            parser(),
            () -> {
              WriteExposure.require(client, session.account(), batch, exposure.limits(parser()));
              return batch;
            });
        printResult(ClientSession.await(client.editWithResponse(session.account(), policy, edit)));
      }
    }
    return ExitCode.DONE;
  }

  private static LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  private AllowPolicyEdit.Builder changes() {
    if (!fields.given() && !clearComments) {
      throw new ParameterException(parser(), "nothing to change: name at least one field");
    }
    if (fields.comments != null && clearComments) {
      throw new ParameterException(parser(), "give --comments or --clear-comments, not both");
    }
    AllowPolicyEdit.Builder edit = AllowPolicyEdit.builder();
    String pattern = fields.checkedPattern(invocation()::say);
    if (pattern != null) {
      edit.pattern(pattern);
    }
    if (fields.patternType != null) {
      edit.patternType(fields.patternType);
    }
    if (fields.regex != null) {
      edit.isRegex(fields.regex);
    }
    if (fields.trustedSender != null) {
      edit.isTrustedSender(fields.trustedSender);
    }
    if (fields.acceptableSender != null) {
      edit.isAcceptableSender(fields.acceptableSender);
    }
    if (fields.exemptRecipient != null) {
      edit.isExemptRecipient(fields.exemptRecipient);
    }
    if (fields.verifySender != null) {
      edit.verifySender(fields.verifySender);
    }
    if (fields.comments != null) {
      edit.comments(fields.comments);
    }
    if (clearComments) {
      edit.clearComments();
    }
    return edit;
  }
}
