package dev.allowflux.cli;

import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.reactor.AllowPolicyClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export}: every matching policy to a file or to standard output. */
@Command(
    name = "export",
    header = "Writes every matching policy to a file or to standard output.",
    description =
        "%nThe file appears under its name only when it is whole. A target that is no regular file"
            + " is written directly. CSV cells are what the API said, to the letter: import them as"
            + " text into a spreadsheet, since one that begins with = may be taken for a formula.",
    footer = {
      "%nExamples:",
      "  allowflux export --simulate 100000 --output policies.ndjson",
      "  allowflux export --pattern-type DOMAIN --format csv --output domains.csv",
      "  allowflux export | gzip > policies.ndjson.gz"
    })
final class ExportCommand implements Callable<Integer> {

  /** What can be written. */
  enum Format {
    NDJSON,
    CSV;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write; default: standard output, as with -.")
  private Path target = Path.of("-");

  @Option(names = "--format", paramLabel = "FORMAT", description = "ndjson (default) or csv.")
  private Format format = Format.NDJSON;

  @Option(
      names = "--fields",
      split = ",",
      paramLabel = "NAME",
      converter = PolicyField.Converter.class,
      completionCandidates = PolicyField.Names.class,
      description = "Fields to write, in this order; default: all of them.")
  private @Nullable List<PolicyField> fields;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    AllowPolicyFilter wanted = filter.filter(spec.commandLine());
    Shell shell = AllowFlux.shellOf(spec);
    boolean toFile = !target.toString().equals("-");
    try (Session session = Session.open(spec, connection);
        Output output = toFile ? Output.file(target) : Output.standard(shell)) {
      AllowPolicyClient client = session.client(filter::configure);
      Progress progress = new Progress(shell);
      try {
        write(client.pages(session.account(), wanted).toIterable(1), output, progress, wanted);
        output.commit();
      } catch (IOException | RuntimeException e) {
        progress.clear();
        throw e;
      }
      progress.finish(toFile ? target.toString() : "standard output");
    }
    return ExitCode.DONE;
  }

  private void write(
      Iterable<Page> pages, Output output, Progress progress, AllowPolicyFilter wanted)
      throws IOException {
    PolicyFormat text =
        format == Format.CSV
            ? new CsvFormat(fields == null ? PolicyField.ALL : fields)
            : new NdjsonFormat(fields);
    Bytes bytes = new Bytes();
    for (Page page : pages) {
      text.write(page.policies(), bytes);
      output.write(bytes);
      // The service's total may ignore the filter: then it says nothing about this export.
      progress.add(page.policies().size(), wanted.selectsAll() ? page.totalCount() : null);
    }
  }
}
