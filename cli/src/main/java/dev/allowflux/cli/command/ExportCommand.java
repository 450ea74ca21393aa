package dev.allowflux.cli.command;

import dev.allowflux.cli.export.AccountsExport;
import dev.allowflux.cli.export.AccountsProgress;
import dev.allowflux.cli.export.ExportFormat;
import dev.allowflux.cli.export.ExportText;
import dev.allowflux.cli.export.PolicyExport;
import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.FieldNames;
import dev.allowflux.cli.option.FilterOptions;
import dev.allowflux.cli.option.TagFilter;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.accounts.AccountEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code export}: every matching policy to a file or to standard output. */
@Command(
    name = "export",
    header = "Writes every matching policy to a file or to standard output.",
    description =
        "%nThe file appears under its name only when it is whole. A target that is no regular file"
            + " is written directly.%n%nA complete traversal reads the whole account, newest policy"
            + " first, and misses none that is there all the time, whatever others add and delete"
            + " meanwhile; filters are then applied here. If it fails or is interrupted, what was"
            + " written stays in FILE.part with FILE.checkpoint beside it, and --resume resumes it,"
            + " even after the process was killed. --search, --order and --direction are for the"
            + " service alone, and so for a fast traversal.%n%nCSV cells are what the API said, to"
            + " the letter: import them as text into a spreadsheet, since one that begins with ="
            + " may be taken for a formula.",
    footer = {
      "%nExamples:",
      "  allowflux export --simulate 100000 --output policies.ndjson",
      "  allowflux export --output policies.ndjson --resume",
      "  allowflux export --pattern-type DOMAIN --format csv --output domains.csv",
      "  allowflux export --format terraform --output policies.tf",
      "  allowflux export --accounts tenants.csv -o 'exports/{account}.ndjson' --resume",
      "  allowflux export --accounts all --format csv --output all.csv --resume",
      "  allowflux export | gzip > policies.ndjson.gz"
    })
final class ExportCommand extends AbstractCommand {

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write; default: standard output, as with -.")
  private Path target = Path.of("-");

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "ndjson (default), csv, dashboard: the dashboard's upload, split at 150 KB, or terraform:"
              + " import blocks and resources.")
  private ExportFormat format = ExportFormat.NDJSON;

  @Option(
      names = "--fields",
      split = ",",
      paramLabel = "NAME",
      converter = FieldNames.Converter.class,
      completionCandidates = FieldNames.class,
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
          "Resume an unfinished export of the same policies to the same file, or start anew if"
              + " there is none; --no-resume always starts anew. Without either an unfinished"
              + " export is left alone.")
  private @Nullable Boolean resume;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Mixin private TagFilter tag = new TagFilter();

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  ExportCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    AllowPolicyFilter selection = filter.filter(parser());
    TagFilter tagged = tag.checked(parser());
    if (fields != null && !format.hasFields()) {
      throw new ParameterException(parser(), "--fields needs --format ndjson or csv");
    }
    boolean inEach = target.toString().contains(AccountsExport.ACCOUNT);
    if (accounts.given() || inEach) {
      boolean toFiles = !target.toString().equals("-");
      if (!accounts.given() || !toFiles || traversal == Traversal.FAST || !selection.isLocal()) {
        throw new ParameterException(
            parser(),
            "--accounts needs a complete traversal to --output FILE, with {account} in its name for"
                + " a file of each account");
      }
      if (!inEach && !format.hasFields()) {
        throw new ParameterException(
            parser(), "--format " + format + " needs {account} in the name of the file");
      }
      return exportAll(selection, tagged);
    }
    boolean toFile = !target.toString().equals("-");
    Traversal how = traversal(selection);
    if (Boolean.TRUE.equals(resume) && (how == Traversal.FAST || !toFile)) {
      throw new ParameterException(
          parser(), "--resume needs --output FILE and a complete traversal");
    }
    if (toFile) {
      ExportText.requireRoom(format, target);
    }
    try (ClientSession session = connection.open(parser(), invocation())) {
      AllowPolicyClient client =
          session.client(filter.fetching(parser(), ClientSession.READ_AHEAD_OF_ALL));
      try (Output output = toFile ? file(session, selection, how) : Output.standard(io())) {
        String name = toFile ? target.toString() : "standard output";
        PolicyExport export = new PolicyExport(invocation(), selection, tagged, how, output, name);
        boolean resumed = export.start() != null;
        if (Boolean.TRUE.equals(resume) && !resumed) {
          invocation().say("no unfinished export of " + target + ", starting anew");
        }
        return export(
            export,
            client,
            session.account(),
            text(session.account(), !toFile && io().outIsTerminal(), resumed),
            output);
      }
    }
  }

  private ExitCode exportAll(AllowPolicyFilter selection, TagFilter tagged) throws IOException {
    List<AccountEntry> list = accounts.read(parser(), invocation(), connection);
    accounts.keep(parser(), list, "--output", target);
    AccountsExport export =
        new AccountsExport(
            invocation(), target.toString(), format, fields, selection, tagged, resume);
    try (AccountSessions sessions = connection.openAll(parser(), invocation(), list);
        AccountsProgress progress = export.progress(sessions.source())) {
      ExitCode code =
          new ManyAccounts(this, list, accounts.isAll())
              .run(
                  sessions,
                  filter.fetching(parser(), 1),
                  (client, entry) -> export.export(client, entry, sessions.source(), progress));
      if (code == ExitCode.DONE) {
        export.finish(list, progress);
      } else {
        invocation().say("the same command with --resume exports what is missing");
      }
      return code;
    }
  }

  private ExitCode export(
      PolicyExport export,
      AllowPolicyClient client,
      AccountId account,
      ExportText text,
      Output output) {
    try {
      export.run(client, account, text);
      text.finish(invocation(), output.part() == null ? null : target);
      return ExitCode.DONE;
    } catch (IOException | RuntimeException e) {
      ExitCode code = new FailureReport(invocation()).report(e);
      if (output.part() != null) {
        output.part().suspend();
      }
      PolicyExport.reportPart(invocation(), output);
      return code;
    }
  }

  private Traversal traversal(AllowPolicyFilter selection) {
    if (traversal == Traversal.COMPLETE && !selection.isLocal()) {
      invocation()
          .say(
              "only the service can search and sort, so this is a fast traversal:"
                  + " it can miss policies when others are deleted meanwhile");
      return Traversal.FAST;
    }
    return traversal;
  }

  private Output file(ClientSession session, AllowPolicyFilter selection, Traversal how)
      throws IOException {
    if (how == Traversal.FAST) {
      return Output.file(target, Boolean.FALSE.equals(resume));
    }
    Map<String, String> job = new LinkedHashMap<>();
    job.put("account", session.account().value());
    job.put("source", session.source());
    job.put("filter", selection.toString());
    if (!tag.selectsAll()) {
      job.put("tag", tag.toString());
    }
    job.put("format", format.toString());
    job.put("fields", fields == null ? "all" : fields.toString());
    AtomicReference<Output> opened = new AtomicReference<>();
    Output output =
        Output.resumableFile(
            target,
            job,
            resume,
            () -> {
              Output interrupted = opened.get();
              if (interrupted != null) {
                PolicyExport.reportPart(invocation(), interrupted);
              }
            });
    opened.set(output);
    return output;
  }

  private ExportText text(AccountId account, boolean toTerminal, boolean resumed) {
    return toTerminal && format == ExportFormat.CSV
        ? ExportText.ofTerminal(fields)
        : ExportText.of(format, fields, account, resumed);
  }
}
