package dev.allowflux.cli.command;

import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.option.FieldNames;
import dev.allowflux.cli.option.FilterOptions;
import dev.allowflux.cli.option.TagFilter;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.PolicyFormat;
import dev.allowflux.cli.output.TableFormat;
import dev.allowflux.cli.output.TerminalCsvFormat;
import dev.allowflux.cli.output.TerminalWidth;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyField;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.RequestPreview;
import dev.allowflux.sync.file.PolicyCsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import reactor.core.publisher.Flux;

/** {@code list}: the matching policies on standard output. */
@Command(
    name = "list",
    header = "Lists the matching policies on standard output.",
    footer = {
      "%nExamples:",
      "  allowflux list --limit 20 --order created_at --direction desc",
      "  allowflux list --search example.com --fields id,pattern,comments",
      "  allowflux list --trusted-sender true --format ndjson | jq -r .pattern"
    })
final class ListCommand extends AbstractCommand {
  private static final int MAX_PER_PAGE = 1000;

  /** A part of a page that is shown before the rest of it is asked for. */
  private static final int PORTION = 100;

  /** What can be written. */
  enum Format {
    TABLE,
    NDJSON,
    CSV;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, ndjson or csv; default: table on a terminal, else ndjson.")
  private @Nullable Format format;

  @Option(
      names = "--fields",
      split = ",",
      paramLabel = "NAME",
      converter = FieldNames.Converter.class,
      completionCandidates = FieldNames.class,
      description =
          "Fields to write, in this order: ${COMPLETION-CANDIDATES}; default: all of them, in a"
              + " table the most telling.")
  private @Nullable List<PolicyField> fields;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Stop after N policies; no page is fetched that is not needed.")
  private @Nullable Integer limit;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Mixin private TagFilter tag = new TagFilter();

  @Mixin private DryRunOption dryRun = new DryRunOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  ListCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    AllowPolicyFilter selected = filter.filter(parser());
    TagFilter tagged = tag.checked(parser());
    if (limit != null && limit < 0) {
      throw new ParameterException(parser(), "--limit must not be negative");
    }
    if (dryRun.given()) {
      return showRequest(selected);
    }
    try (ClientSession session = connection.open(parser(), invocation());
        Output output = Output.standard(io())) {
      PolicyFormat text = text();
      OutputStream out = output.stream();
      for (List<AllowPolicy> page : pages(session, selected).toIterable(1)) {
        text.write(tagged.of(page), out);
      }
      // The header, if there was no page.
      text.write(List.of(), out);
    }
    return ExitCode.DONE;
  }

  /** The first page stands for all. */
  private ExitCode showRequest(AllowPolicyFilter selected) throws IOException {
    int perPage = filter.perPage == null ? MAX_PER_PAGE : filter.perPage;
    try (ClientSession session = connection.open(parser(), invocation())) {
      print(
          Arguments.checked(
              parser(), () -> RequestPreview.list(session.account(), selected, 1, perPage)),
          session,
          dryRun);
    }
    return ExitCode.DONE;
  }

  private Flux<List<AllowPolicy>> pages(ClientSession session, AllowPolicyFilter selected) {
    if (limit == null) {
      return session
          .client(filter.fetching(parser(), 1))
          .pages(session.account(), selected)
          .map(Page::policies);
    }
    int most = limit;
    if (!tag.selectsAll()) {
      return session
          .client(filter.fetching(parser(), 0))
          .list(session.account(), selected)
          .filter(policy -> !tag.of(List.of(policy)).isEmpty())
          .take(most)
          .buffer(PORTION);
    }
    AllowPolicyClient client =
        session.client(
            settings -> {
              filter.fetching(parser(), 1).accept(settings);
              settings.readAhead(0);
              if (filter.perPage == null) {
                settings.pageSize(Math.max(1, Math.min(most, MAX_PER_PAGE)));
              }
            });
    return client.list(session.account(), selected).take(most).buffer(PORTION);
  }

  private PolicyFormat text() {
    Format chosen = format;
    if (chosen == null) {
      chosen = io().outIsTerminal() ? Format.TABLE : Format.NDJSON;
    }
    return switch (chosen) {
      case TABLE ->
          new TableFormat(fields == null ? TableFormat.SHORT : fields, TerminalWidth.of(io()));
      case NDJSON ->
          fields == null
              ? PolicyNdjsonWriter.ofAllFields()::write
              : PolicyNdjsonWriter.of(fields)::write;
      case CSV -> {
        List<PolicyField> columns = fields == null ? PolicyField.ofApi() : fields;
        yield io().outIsTerminal()
            ? new TerminalCsvFormat(columns)
            : PolicyCsvWriter.of(columns)::write;
      }
    };
  }
}
