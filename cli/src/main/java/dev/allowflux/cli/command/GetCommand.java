package dev.allowflux.cli.command;

import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.RequestPreview;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code get}: one policy. */
@Command(
    name = "get",
    header = "Prints one policy as a line of JSON.",
    footer = {"%nExample:", "  allowflux get 3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8"})
final class GetCommand extends AbstractCommand {

  @Parameters(paramLabel = "ID", description = "The policy.")
  private String id = "";

  @Mixin private DryRunOption dryRun = new DryRunOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  GetCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    PolicyId policy = Arguments.policyId(parser(), id);
    try (ClientSession session = connection.open(parser(), invocation())) {
      if (dryRun.given()) {
        print(RequestPreview.get(session.account(), policy), session, dryRun);
        return ExitCode.DONE;
      }
      AllowPolicy found = ClientSession.await(session.client().get(session.account(), policy));
      print(List.of(found));
    }
    return ExitCode.DONE;
  }
}
