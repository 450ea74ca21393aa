package dev.allowflux.cli.command;

import dev.allowflux.cli.export.AccountsExport;
import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.audit.AuditPage;
import dev.allowflux.sync.audit.AuditRenderer;
import dev.allowflux.sync.audit.AuditReport;
import dev.allowflux.sync.audit.AuditSettings;
import dev.allowflux.sync.audit.AuditSeverity;
import dev.allowflux.sync.audit.AuditWaiver;
import dev.allowflux.sync.audit.PolicyAudit;
import dev.allowflux.sync.file.ExportReader;
import dev.allowflux.sync.file.ListFormat;
import dev.allowflux.sync.file.PolicyFileReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code audit}: what is dangerous, superfluous, over or without an owner. */
@Command(
    name = "audit",
    header = "Finds policies that are dangerous, superfluous, over or without an owner.",
    description =
        "%nReads the account, or FILE if one is given: an export or a file of desired policies, in"
            + " JSON or CSV, or a list of another product. Nothing is changed. docs/audit.md"
            + " describes each rule.",
    footer = {
      "%nExamples:",
      "  allowflux audit --simulate 1000",
      "  allowflux audit policies.csv --format sarif -o audit.sarif --fail-on high",
      "  allowflux audit --accounts tenants.csv --format html -o '{account}.html'",
      "  allowflux audit --format html --output audit.html --waivers waivers.ndjson",
      "%nWaivers, one a line; the second turns its rule off:",
      "  {\"rule\":\"public-suffix\",\"pattern\":\"city.example\",\"reason\":\"our registry\"}",
      "  {\"rule\":\"no-owner\",\"reason\":\"owners are kept in the ticket system\"}"
    })
final class AuditCommand extends AbstractCommand {
  private static final int SHOWN = 20;

  /** How a report is written. */
  enum Format {
    TABLE,
    JSON,
    SARIF,
    HTML;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "What to audit instead of the account, - for standard input.")
  private @Nullable Path file;

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      description =
          "FILE is a list of another product, see 'convert'; without it FILE is taken for one where"
              + " that is certain.")
  private @Nullable ListFormat listFormat;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, json, sarif or html; default: table.")
  private Format format = Format.TABLE;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write the report; default: standard output.")
  private @Nullable Path target;

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      description =
          "End with code 10 if there is a finding of high, medium or low, or a worse one.")
  private @Nullable AuditSeverity failOn;

  @Option(
      names = "--waivers",
      paramLabel = "FILE",
      description = "Findings that are accepted, each with a reason.")
  private @Nullable Path waivers;

  @Option(
      names = "--soon",
      paramLabel = "DAYS",
      description = "How many days before its last one a policy is reported; default: 30.")
  private int soonDays = 30;

  @Option(
      names = "--old",
      paramLabel = "DAYS",
      description = "How old an untouched policy must be to be reported; default: 730.")
  private int oldDays = 730;

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  AuditCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    if (file != null && connection.isSimulated()) {
      throw new ParameterException(
          parser(), "give FILE or --simulate, not both: a file is audited without an account");
    }
    Arguments.differentFiles(parser(), "FILE", file, "--output", target);
    Arguments.differentFiles(parser(), "--waivers", waivers, "--output", target);
    List<AuditWaiver> accepted = waivers == null ? List.of() : AuditWaiver.read(waivers);
    AuditSettings settings =
        Arguments.checked(
            parser(),
            () ->
                AuditSettings.builder()
                    .soonDays(soonDays)
                    .oldDays(oldDays)
                    .waivers(accepted)
                    .build());
    if (accounts.given()) {
      return auditAll(settings);
    }
    AuditReport report;
    String title;
    if (file == null) {
      try (ClientSession session = connection.open(parser(), invocation())) {
        title = "account " + session.account();
        report =
            ClientSession.await(
                audited(
                    session.client(AuditCommand::fast),
                    session.account(),
                    settings,
                    ClientSession.PAGES_DEMANDED));
      }
    } else {
      title = file.toString().equals("-") ? "standard input" : file.toString();
      report = auditedFile(file, title, settings);
    }
    if (report.policies() == 0) {
      invocation().say("no policies in " + title + ", so there was nothing to audit");
    }
    write(report, title, settings.now(), target);
    if (target != null || format != Format.TABLE) {
      invocation().say(AuditRenderer.of(report).summary());
    }
    return isOverLimit(report) ? ExitCode.FINDINGS : ExitCode.DONE;
  }

  private boolean isOverLimit(AuditReport report) {
    AuditSeverity limit = failOn;
    return limit != null && report.worst().filter(worst -> worst.compareTo(limit) <= 0).isPresent();
  }

  /** A failure to read an account comes before what was found in others. */
  private ExitCode auditAll(AuditSettings settings) throws IOException {
    String name = target == null ? null : target.toString();
    if (file != null
        || (name == null ? format != Format.TABLE : !name.contains(AccountsExport.ACCOUNT))) {
      throw new ParameterException(
          parser(),
          "--accounts takes no FILE, and its reports need --output with {account} in the name of"
              + " the file");
    }
    AtomicBoolean found = new AtomicBoolean();
    ExitCode code =
        new ManyAccounts(this, accounts.read(parser(), invocation(), connection), accounts.isAll())
            .run(
                connection,
                AuditCommand::fast,
                (client, entry) ->
                    audited(client, entry.account(), settings, 1)
                        .flatMap(
                            report ->
                                signalled(
                                    () -> {
                                      if (isOverLimit(report)) {
                                        found.set(true);
                                      }
                                      if (name != null) {
                                        writeFor(entry, name, report, settings.now());
                                      }
                                      return AuditRenderer.of(report).summary();
                                    })));
    return code == ExitCode.DONE && found.get() ? ExitCode.FINDINGS : code;
  }

  private static void fast(ClientSettings.Builder settings) {
    settings.readAhead(ClientSession.READ_AHEAD_OF_ALL);
  }

  /**
   * Audits an account when subscribed to, on threads that may block for long.
   *
   * @param pages how many pages may be read and not audited yet
   */
  private static Mono<AuditReport> audited(
      AllowPolicyClient client, AccountId account, AuditSettings settings, int pages) {
    return Mono.fromSupplier(() -> PolicyAudit.of(settings))
        .flatMap(
            audit ->
                ClientSession.demand(
                        client.traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE),
                        pages)
                    .publishOn(Schedulers.boundedElastic(), 1)
                    .concatMap(
                        page ->
                            signalled(
                                () -> {
                                  page.policies().forEach(audit::add);
                                  return page;
                                }),
                        0)
                    .then(signalled(audit::report)));
  }

  /** Reactor signals no fatal error, and whoever waits for this one would wait for ever. */
  static <T> Mono<T> signalled(Callable<T> work) {
    return Mono.fromCallable(
        () -> {
          try {
            return work.call();
          } catch (OutOfMemoryError e) {
            throw new IllegalStateException("out of memory", e);
          }
        });
  }

  private AuditReport auditedFile(Path from, String title, AuditSettings settings)
      throws IOException {
    PolicyAudit audit = PolicyAudit.of(settings);
    AuditThread auditing = AuditThread.start(audit);
    report(
        from.toString().equals("-")
            ? ExportReader.read(title, io().in(), listFormat, auditing)
            : ExportReader.read(from, listFormat, auditing));
    auditing.finish();
    return audit.report();
  }

  private void writeFor(AccountEntry entry, String name, AuditReport report, Instant now)
      throws IOException {
    String each = name.replace(AccountsExport.ACCOUNT, AccountsExport.fileName(entry));
    write(report, "account " + entry, now, Path.of(each));
  }

  private void report(PolicyFileReport read) {
    read.notes().forEach(note -> invocation().say(note.toString()));
    if (read.noteCount() > read.notes().size()) {
      invocation().say("notes like these: " + read.noteCount());
    }
  }

  private void write(AuditReport report, String title, Instant now, @Nullable Path to)
      throws IOException {
    try (Output output = to == null ? Output.standard(io()) : Output.file(to, true)) {
      Writer text =
          new BufferedWriter(new OutputStreamWriter(output.stream(), StandardCharsets.UTF_8));
      AuditRenderer renderer = AuditRenderer.of(report);
      switch (format) {
        case TABLE -> renderer.text(text, SHOWN);
        case JSON -> renderer.json(text);
        case SARIF -> renderer.sarif(text);
        case HTML -> AuditPage.of(report, title, now).write(text);
      }
      text.flush();
      output.commit();
    }
  }

  /**
   * Audits the policies of a file on a thread of its own, while the caller reads on, which takes
   * about a third of the time. The order stays that of the file.
   */
  static final class AuditThread implements ExportReader.Visitor {
    private static final int CHUNK = 256;
    private static final int WAITING = 16;
    private static final List<Read> END = List.of();

    private final PolicyAudit audit;
    private final BlockingQueue<List<Read>> chunks = new ArrayBlockingQueue<>(WAITING);
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private List<Read> chunk = new ArrayList<>(CHUNK);

    private record Read(AllowPolicy policy, String place) {}

    private AuditThread(PolicyAudit audit) {
      this.audit = audit;
    }

    static AuditThread start(PolicyAudit audit) {
      AuditThread started = new AuditThread(audit);
      Thread thread = new Thread(started::auditAll, "allowflux-audit");
      thread.setDaemon(true);
      thread.start();
      return started;
    }

    @Override
    public void visit(AllowPolicy policy, String place) {
      chunk.add(new Read(policy, place));
      if (chunk.size() == CHUNK) {
        List<Read> full = chunk;
        chunk = new ArrayList<>(CHUNK);
        hand(full);
      }
    }

    /** Waits until all that was visited is audited. */
    void finish() {
      if (!chunk.isEmpty()) {
        hand(chunk);
      }
      hand(END);
      try {
        done.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e;
      }
    }

    private void hand(List<Read> full) {
      try {
        chunks.put(full);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the file was audited", e);
      }
    }

    /** Takes all that comes even after a failure, so that the reader never waits for nobody. */
    private void auditAll() {
      try {
        for (List<Read> next = chunks.take(); next != END; next = chunks.take()) {
          if (!done.isDone()) {
            audit(next);
          }
        }
        done.complete(null);
      } catch (InterruptedException e) {
        done.completeExceptionally(e);
      }
    }

    private void audit(List<Read> reads) {
      try {
        reads.forEach(read -> audit.add(read.policy(), read.place()));
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    }
  }
}
