package dev.allowflux.cli.command;

import dev.allowflux.cli.export.ResumableFile;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.FilterOptions;
import dev.allowflux.cli.output.CsvFormat;
import dev.allowflux.cli.output.NdjsonFormat;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.PolicyField;
import dev.allowflux.cli.output.PolicyFormat;
import dev.allowflux.cli.output.Progress;
import dev.allowflux.cli.output.Utf8Buffer;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Failures;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.model.TraversedPage;
import dev.allowflux.reactor.AllowPolicyClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** {@code export}: every matching policy to a file or to standard output. */
@Command(
    name = "export",
    header = "Writes every matching policy to a file or to standard output.",
    description =
        "%nThe file appears under its name only when it is whole. A target that is no regular file"
            + " is written directly.%n%nA complete traversal reads the whole account, newest policy"
            + " first, and misses none that is there all the time, whatever others add and delete"
            + " meanwhile; filters are then applied here. If it fails or is interrupted, what was"
            + " written stays in FILE.part with FILE.checkpoint beside it, and --resume goes on"
            + " there, even after the process was killed. --search, --order and --direction are for"
            + " the service alone, and so for a fast traversal.%n%nCSV cells are what the API said,"
            + " to the letter: import them as text into a spreadsheet, since one that begins with ="
            + " may be taken for a formula.",
    footer = {
      "%nExamples:",
      "  allowflux export --simulate 100000 --output policies.ndjson",
      "  allowflux export --output policies.ndjson --resume",
      "  allowflux export --pattern-type DOMAIN --format csv --output domains.csv",
      "  allowflux export | gzip > policies.ndjson.gz"
    })
final class ExportCommand implements Callable<Integer> {

  private static final TraversalReport NOTHING = new TraversalReport(null, 0, 0, 0, 0, false, true);

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

  @Option(
      names = "--traversal",
      paramLabel = "HOW",
      description =
          "complete (default) or fast: from the first page to the last, which can miss policies"
              + " when others are deleted meanwhile, but reads pages ahead and in the order asked"
              + " for.")
  private Traversal traversal = Traversal.COMPLETE;

  @Option(
      names = "--resume",
      negatable = true,
      description =
          "Go on with an unfinished export of the same policies to the same file, or start anew if"
              + " there is none; --no-resume always starts anew. Without either an unfinished"
              + " export is left alone.")
  private @Nullable Boolean resume;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    AllowPolicyFilter wanted = filter.filter(spec.commandLine());
    ProcessIo shell = AllowFlux.shellOf(spec);
    boolean toFile = !target.toString().equals("-");
    Traversal how = traversal(wanted, shell);
    if (Boolean.TRUE.equals(resume) && (how == Traversal.FAST || !toFile)) {
      throw new ParameterException(
          spec.commandLine(), "--resume needs --output FILE and a complete traversal");
    }
    try (ClientSession session = ClientSession.open(spec, connection)) {
      AllowPolicyClient client = session.client(filter::configure);
      try (Output output = toFile ? file(session, wanted, how, shell) : Output.standard(shell)) {
        return export(client, session.account(), wanted, how, output, shell);
      }
    }
  }

  private Traversal traversal(AllowPolicyFilter wanted, ProcessIo shell) {
    if (traversal == Traversal.COMPLETE && !wanted.isLocal()) {
      shell
          .err()
          .println(
              "allowflux: only the service can search and sort, so this is a fast traversal:"
                  + " it can miss policies when others are deleted meanwhile");
      return Traversal.FAST;
    }
    return traversal;
  }

  private Output file(
      ClientSession session, AllowPolicyFilter wanted, Traversal how, ProcessIo shell)
      throws IOException {
    AtomicReference<Output> opened = new AtomicReference<>();
    Map<String, String> job = new LinkedHashMap<>();
    job.put("account", session.account().value());
    job.put("source", session.source());
    job.put("filter", wanted.toString());
    job.put("format", format.toString());
    job.put("fields", fields == null ? "all" : fields.toString());
    Output output =
        Output.file(
            target,
            how == Traversal.COMPLETE ? job : null,
            resume,
            () -> {
              Output interrupted = opened.get();
              if (interrupted != null) {
                sayWhatIsKept(interrupted, shell);
              }
            });
    opened.set(output);
    return output;
  }

  private int export(
      AllowPolicyClient client,
      AccountId account,
      AllowPolicyFilter wanted,
      Traversal how,
      Output output,
      ProcessIo shell)
      throws IOException {
    ResumableFile part = output.part();
    TraversalPosition position = part == null ? null : part.kept();
    if (position != null) {
      shell.err().println("allowflux: going on after " + ResumableFile.count(position));
    } else if (Boolean.TRUE.equals(resume)) {
      shell.err().println("allowflux: no unfinished export of " + target + ", starting anew");
    }
    Flux<TraversedPage> pages =
        position == null
            ? client.traverse(account, wanted, how)
            : client.traverseFrom(account, wanted, position);
    Progress progress = new Progress(shell);
    TraversalReport report;
    try {
      report = write(pages.toIterable(1), output, progress, wanted, position);
      output.commit();
    } catch (IOException | RuntimeException e) {
      progress.clear();
      int code = Failures.report(shell, e, AllowFlux.verbosityOf(spec));
      if (part != null) {
        part.settle();
      }
      sayWhatIsKept(output, shell);
      return code;
    }
    progress.finish(target.toString().equals("-") ? "standard output" : target.toString());
    sayWhatIsDoubtful(report, how, shell);
    return ExitCode.DONE;
  }

  private TraversalReport write(
      Iterable<TraversedPage> pages,
      Output output,
      Progress progress,
      AllowPolicyFilter wanted,
      @Nullable TraversalPosition start)
      throws IOException {
    PolicyFormat text =
        format == Format.CSV
            ? new CsvFormat(fields == null ? PolicyField.ALL : fields, start != null)
            : new NdjsonFormat(fields);
    long before = start == null ? 0 : start.report().seen();
    ResumableFile part = output.part();
    Utf8Buffer bytes = new Utf8Buffer();
    TraversalReport report = NOTHING;
    for (TraversedPage page : pages) {
      text.write(page.policies(), bytes);
      output.write(bytes);
      if (part != null && page.position() != null) {
        part.keep(page.position());
      }
      report = page.report();
      // The service's total ignores the filter: then it says nothing about this export.
      Long expected = report.expected();
      progress.add(
          page.policies().size(),
          wanted.selectsAll() && expected != null ? (Long) (expected - before) : null);
    }
    return report;
  }

  private void sayWhatIsKept(Output output, ProcessIo shell) {
    ResumableFile part = output.part();
    TraversalPosition position = part == null ? null : part.kept();
    if (part != null && position != null) {
      shell
          .err()
          .println(
              "allowflux: "
                  + ResumableFile.count(position)
                  + " kept in "
                  + part.path()
                  + "; the same command with --resume goes on");
    }
  }

  private static void sayWhatIsDoubtful(TraversalReport report, Traversal how, ProcessIo shell) {
    if (how == Traversal.FAST && report.drift()) {
      shell
          .err()
          .println(
              "allowflux: the list changed while it was read, so policies may be missing;"
                  + " --traversal complete misses none");
    } else if (how == Traversal.COMPLETE && !report.complete()) {
      shell
          .err()
          .println(
              "allowflux: policies may be missing: more were created at one instant than fit on a"
                  + " page, in an order that keeps changing; try a larger --per-page");
    }
  }
}
