package dev.allowflux.cli.command;

import dev.allowflux.cli.input.InputBytes;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.RequestPreview;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code batch}: many changes, all or none. */
@Command(
    name = "batch",
    header = "Deletes, edits, replaces and creates policies in one call, all or none.",
    description = {
      "%nFILE holds one JSON object with up to four arrays of at most 1000 elements, carried out in"
          + " this order:",
      "  deletes  objects with an id",
      "  patches  an id and the fields to change",
      "  puts     an id and a whole policy that replaces it",
      "  posts    whole policies to create",
      "Policies that were edited, replaced or created are printed as lines of JSON."
    },
    footer = {
      "%nExamples:",
      "  allowflux batch changes.json --dry-run",
      "  echo '{\"deletes\":[{\"id\":\"3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8\"}]}' |",
      "    allowflux batch -",
      "%nExit code 7 means that the batch may have been carried out: look for one of its changes"
          + " before you try again."
    })
final class BatchCommand extends AbstractCommand {

  @Parameters(paramLabel = "FILE", description = "The changes; - for standard input.")
  private Path file = Path.of("-");

  @Mixin private DryRunOption dryRun = new DryRunOption();

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  BatchCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    byte[] text = InputBytes.read(io(), file);
    AllowPolicyBatch batch = Arguments.checked(parser(), file, () -> PolicyJson.readBatch(text));
    try (ClientSession session = connection.open(parser(), invocation())) {
      if (dryRun.given()) {
        print(RequestPreview.batch(session.account(), batch), session, dryRun);
        return ExitCode.DONE;
      }
      AllowPolicyClient client = session.client();
      WriteExposure.require(client, session.account(), batch, exposure.limits(parser()));
      ApiResult<BatchResult> response =
          ClientSession.await(client.batchWithResponse(session.account(), batch));
      BatchResult result = response.value();
      print(result.edits());
      print(result.replacements());
      print(result.creates());
      sayNotes(response);
      invocation()
          .say(
              String.format(
                  Locale.ROOT,
                  "%d deleted, %d edited, %d replaced, %d created",
                  result.deletes().size(),
                  result.edits().size(),
                  result.replacements().size(),
                  result.creates().size()));
    }
    return ExitCode.DONE;
  }
}
