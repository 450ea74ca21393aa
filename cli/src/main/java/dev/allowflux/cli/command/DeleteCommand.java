package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.Writes;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code delete}: one policy less. */
@Command(
    name = "delete",
    header = "Deletes a policy and prints the id that went.",
    footer = {"%nExample:", "  allowflux delete 3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8"})
final class DeleteCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The policy.")
  private String id = "";

  @Mixin private Writes writes = new Writes();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    PolicyId policy = Writes.policyId(spec, id);
    try (ClientSession session = ClientSession.open(spec, connection)) {
      if (writes.dryRun) {
        writes.print(spec, session, ApiCalls.delete(session.account(), policy));
      } else {
        PolicyId gone =
            ClientSession.await(session.client().deleteWithResponse(session.account(), policy))
                .value();
        Output.standard(AllowFlux.shellOf(spec)).println(gone.value());
      }
    }
    return ExitCode.DONE;
  }
}
