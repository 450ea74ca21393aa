package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.Writes;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code get}: one policy. */
@Command(
    name = "get",
    header = "Prints one policy as a line of JSON.",
    footer = {"%nExample:", "  allowflux get 3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8"})
final class GetCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The policy.")
  private String id = "";

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    PolicyId policy = Writes.policyId(spec, id);
    try (ClientSession session = ClientSession.open(spec, connection)) {
      AllowPolicy found = ClientSession.await(session.client().get(session.account(), policy));
      Writes.print(spec, found);
    }
    return ExitCode.DONE;
  }
}
