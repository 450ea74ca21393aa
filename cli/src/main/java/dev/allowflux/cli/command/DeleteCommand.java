package dev.allowflux.cli.command;

import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.RequestPreview;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code delete}: one policy less. */
@Command(
    name = "delete",
    header = "Deletes a policy and prints the id that went.",
    footer = {"%nExample:", "  allowflux delete 3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8"})
final class DeleteCommand extends AbstractCommand {

  @Parameters(paramLabel = "ID", description = "The policy.")
  private String id = "";

  @Mixin private DryRunOption dryRun = new DryRunOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  DeleteCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    PolicyId policy = Arguments.policyId(parser(), id);
    try (ClientSession session = connection.open(parser(), invocation())) {
      if (dryRun.given()) {
        print(RequestPreview.delete(session.account(), policy), session, dryRun);
      } else {
        PolicyId gone =
            ClientSession.await(session.client().deleteWithResponse(session.account(), policy))
                .value();
        Output.standard(io()).println(gone.value());
      }
    }
    return ExitCode.DONE;
  }
}
