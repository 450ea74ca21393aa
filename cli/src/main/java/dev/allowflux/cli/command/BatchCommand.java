package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.Writes;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.json.PolicyText;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.BatchResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "  echo '{\"deletes\":[{\"id\":\"3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8\"}]}' | allowflux batch"
          + " -",
      "%nExit code 7 means that the batch may have been carried out: look for one of its changes"
          + " before you try again."
    })
final class BatchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The changes; - for standard input.")
  private Path file = Path.of("-");

  @Mixin private Writes writes = new Writes();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    byte[] text = Writes.read(spec, file);
    AllowPolicyBatch batch = Writes.checked(spec, file, () -> PolicyText.parseBatch(text));
    try (ClientSession session = ClientSession.open(spec, connection)) {
      if (writes.dryRun) {
        writes.print(spec, session, ApiCalls.batch(session.account(), batch));
        return ExitCode.DONE;
      }
      BatchResult result = ClientSession.await(session.client().batch(session.account(), batch));
      Writes.print(spec, result.edits());
      Writes.print(spec, result.replacements());
      Writes.print(spec, result.creates());
      AllowFlux.shellOf(spec)
          .err()
          .printf(
              Locale.ROOT,
              "allowflux: %d deleted, %d edited, %d replaced, %d created%n",
              result.deletes().size(),
              result.edits().size(),
              result.replacements().size(),
              result.creates().size());
    }
    return ExitCode.DONE;
  }
}
