package dev.allowflux.cli.command;

import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.RowTable;
import dev.allowflux.cli.output.TerminalWidth;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.DatabaseEngine;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.query.NamedQuery;
import dev.allowflux.query.PolicyDatabase;
import dev.allowflux.query.PolicyQuery;
import dev.allowflux.query.QueryRows;
import dev.allowflux.query.RowWriter;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.file.ExportReader;
import dev.allowflux.sync.file.ListFormat;
import dev.allowflux.sync.file.PolicyFileReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code query}: questions in SQL about the policies of accounts and files. */
@Command(
    name = "query",
    header = "Answers a question in SQL about the policies of accounts or files.",
    description =
        "%nReads the account, or the FILEs if there are any, into a temporary database and runs one"
            + " statement that only reads. The table is allow_policies, or as StackQL has it"
            + " cloudflare.email_security.allow_policies; its columns are account_id, the API's"
            + " fields, owner, expires and review of the tag in the comments, and normal_pattern,"
            + " in which two spellings of a pattern are equal. docs/query.md has more.",
    footer = {
      "%nNamed queries:",
      "  without-verification  policies that are honoured even if the sender is forged",
      "  by-owner              policies, those without verification and expired ones",
      "  created-this-month    policies that were created since the month began (UTC)",
      "  duplicates            patterns that an account has more than once",
      "%nExamples:",
      "  allowflux query 'SELECT pattern_type, count(*) FROM allow_policies GROUP BY 1'",
      "  allowflux query --named duplicates policies.ndjson",
      "  allowflux query --named by-owner --accounts tenants.csv --format csv"
    })
final class QueryCommand extends AbstractCommand {
  /** Rows that are shown before the next ones are read. */
  private static final int PORTION = 100;

  private static final int MAX_PER_PAGE = 1000;

  @Parameters(
      paramLabel = "SQL|FILE",
      arity = "0..*",
      description =
          "The query, unless --named has it; then files to read instead of the account: exports, or"
              + " what 'audit' takes, - for standard input.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--named",
      paramLabel = "NAME",
      converter = Named.class,
      completionCandidates = Named.class,
      description = "A query that is there already: ${COMPLETION-CANDIDATES}.")
  private @Nullable NamedQuery named;

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      description =
          "Each FILE is a list of another product, see 'convert'; without it a FILE is taken for"
              + " one where that is certain.")
  private @Nullable ListFormat listFormat;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, ndjson or csv; default: table on a terminal, else ndjson.")
  private ListCommand.@Nullable Format format;

  @Option(
      names = "--traversal",
      paramLabel = "HOW",
      description =
          "complete or fast; default: fast where the service can select by the query's own"
              + " condition, else complete. A fast traversal can miss policies when others are"
              + " deleted meanwhile.")
  private @Nullable Traversal traversal;

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  QueryCommand(Invocation invocation) {
    super(invocation);
  }

  /** The names of the named queries. */
  static final class Named implements Iterable<String>, ITypeConverter<NamedQuery> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(NamedQuery.values()).map(NamedQuery::toString).iterator();
    }

    @Override
    public NamedQuery convert(String name) {
      return Arrays.stream(NamedQuery.values())
          .filter(query -> query.toString().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + name + "' is no named query; there are " + String.join(", ", this)));
    }
  }

  @Override
  ExitCode run() throws IOException {
    NamedQuery given = named;
    if (given == null && arguments.isEmpty()) {
      throw new ParameterException(
          parser(), "give a query, or --named with one of " + String.join(", ", new Named()));
    }
    PolicyQuery query = PolicyQuery.of(given == null ? arguments.get(0) : given.sql());
    List<String> files = given == null ? arguments.subList(1, arguments.size()) : arguments;
    if (!files.isEmpty() && (connection.isSimulated() || accounts.given())) {
      throw new ParameterException(
          parser(), "a FILE is read without an account: give neither --simulate nor --accounts");
    }
    Arguments.standardInputOnce(parser(), files);
    if (files.contains("")) {
      throw new ParameterException(parser(), "the name of the file is empty");
    }
    try (PolicyDatabase database =
        PolicyDatabase.create(io().temporaryFolder(), DatabaseEngine.classLoader())) {
      database.check(query);
      ExitCode read = read(files, query, database);
      try (QueryRows rows = database.query(query);
          Output output = Output.standard(io())) {
        write(rows, output.stream());
      }
      return read;
    }
  }

  private ExitCode read(List<String> files, PolicyQuery query, PolicyDatabase database)
      throws IOException {
    if (accounts.given()) {
      return readAccounts(query, database);
    }
    if (files.isEmpty()) {
      readAccount(query, database);
    }
    for (String file : files) {
      readFile(file, query, database);
    }
    return ExitCode.DONE;
  }

  private void readAccount(PolicyQuery query, PolicyDatabase database) throws IOException {
    try (ClientSession session = connection.open(parser(), invocation())) {
      AccountId account = session.account();
      AccountId asked = query.account();
      if (asked != null && !asked.equals(account)) {
        invocation().say("the query is about account " + asked + ", and this is " + account);
        return;
      }
      AllowPolicyClient client = session.client(fetching(query));
      for (List<AllowPolicy> page : policies(client, account, query).toIterable(1)) {
        database.add(account, page);
      }
    }
  }

  private ExitCode readAccounts(PolicyQuery query, PolicyDatabase database) throws IOException {
    AccountId asked = query.account();
    List<AccountEntry> list =
        accounts.read(parser(), invocation(), connection).stream()
            .filter(entry -> asked == null || entry.account().equals(asked))
            .toList();
    if (list.isEmpty()) {
      invocation().say("the query is about account " + asked + ", which the list does not have");
      return ExitCode.DONE;
    }
    return new ManyAccounts(this, list, accounts.isAll())
        .silently()
        .run(
            connection,
            fetching(query),
            (client, entry) ->
                policies(client, entry.account(), query)
                    .publishOn(Schedulers.boundedElastic(), 1)
                    .concatMap(page -> store(entry.account(), page, database), 1)
                    .then(Mono.just(""))
                    .onErrorResume(failure -> removed(entry.account(), failure, database)));
  }

  /** Takes away what an attempt stored before it failed, since there may be another. */
  private static Mono<String> removed(
      AccountId account, Throwable failure, PolicyDatabase database) {
    return Mono.fromCallable(
            () -> {
              database.remove(account);
              return account;
            })
        .then(Mono.error(failure));
  }

  private static Mono<Void> store(
      AccountId account, List<AllowPolicy> page, PolicyDatabase database) {
    return AuditCommand.signalled(
            () -> {
              database.add(account, page);
              return account;
            })
        .then();
  }

  private Consumer<ClientSettings.Builder> fetching(PolicyQuery query) {
    return settings -> {
      if (query.enough().isPresent()) {
        settings.readAhead(0).pageSize(Math.toIntExact(pageSize(query.enough().getAsLong())));
      } else {
        settings.readAhead(ClientSession.READ_AHEAD_OF_ALL);
      }
    };
  }

  private static long pageSize(long enough) {
    return Math.max(1, Math.min(enough, MAX_PER_PAGE));
  }

  /** Fetches what the query depends on. */
  private Flux<List<AllowPolicy>> policies(
      AllowPolicyClient client, AccountId account, PolicyQuery query) {
    if (query.enough().isPresent()) {
      return client
          .list(account, query.filter())
          .take(query.enough().getAsLong())
          .buffer(MAX_PER_PAGE);
    }
    Traversal how =
        traversal != null
            ? traversal
            : query.filter().selectsAll() ? Traversal.COMPLETE : Traversal.FAST;
    AtomicReference<TraversalReport> last = new AtomicReference<>();
    return client
        .traverse(account, query.filter(), how)
        .doOnNext(page -> last.set(page.report()))
        .doOnComplete(() -> warn(account, how, last.get()))
        .map(Page::policies);
  }

  private void warn(AccountId account, Traversal how, @Nullable TraversalReport report) {
    boolean missing =
        report != null && (how == Traversal.FAST ? report.drift() : !report.complete());
    if (missing) {
      invocation()
          .say(
              "account "
                  + account
                  + ": the list changed while it was read, so policies may be missing"
                  + (how == Traversal.FAST ? "; --traversal complete misses none" : ""));
    }
  }

  private void readFile(String file, PolicyQuery query, PolicyDatabase database)
      throws IOException {
    FilePolicies policies = new FilePolicies(query, database);
    PolicyFileReport report =
        file.equals("-")
            ? ExportReader.read("standard input", io().in(), listFormat, policies)
            : ExportReader.read(Path.of(file), listFormat, policies);
    policies.store();
    report.notes().forEach(note -> invocation().say(note.toString()));
    if (report.noteCount() > report.notes().size()) {
      invocation().say("notes like these: " + report.noteCount());
    }
  }

  private interface RowText {
    void write(List<? extends List<@Nullable Object>> rows, OutputStream out) throws IOException;
  }

  private void write(QueryRows rows, OutputStream out) throws IOException {
    RowText text = text(rows.columns());
    List<List<@Nullable Object>> portion = new ArrayList<>();
    for (List<@Nullable Object> row = rows.next(); row != null; row = rows.next()) {
      portion.add(row);
      if (portion.size() == PORTION) {
        text.write(portion, out);
        portion.clear();
      }
    }
    // With the header, if there was no row.
    text.write(portion, out);
  }

  private RowText text(List<String> columns) {
    ListCommand.Format chosen = format;
    if (chosen == null) {
      chosen = io().outIsTerminal() ? ListCommand.Format.TABLE : ListCommand.Format.NDJSON;
    }
    return switch (chosen) {
      case TABLE -> new RowTable(columns, TerminalWidth.of(io()))::write;
      case NDJSON -> RowWriter.ndjson(columns)::write;
      case CSV -> {
        RowWriter csv = RowWriter.csv(columns);
        yield io().outIsTerminal() ? (rows, out) -> csv.write(oneLine(rows), out) : csv::write;
      }
    };
  }

  /** So that no cell can draw lines of its own. */
  private static List<List<@Nullable Object>> oneLine(List<? extends List<@Nullable Object>> rows) {
    List<List<@Nullable Object>> safe = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<@Nullable Object> cells = new ArrayList<>(row);
      cells.replaceAll(cell -> cell instanceof String text ? SafeText.line(text) : cell);
      safe.add(cells);
    }
    return safe;
  }
}
