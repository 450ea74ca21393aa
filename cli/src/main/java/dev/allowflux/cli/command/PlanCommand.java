package dev.allowflux.cli.command;

import static java.util.Objects.requireNonNull;

import dev.allowflux.cli.input.InputBytes;
import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.BaseOption;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.PlanJournals;
import dev.allowflux.cli.output.Progress;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.PlanKeys;
import dev.allowflux.plan.PlanRenderer;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.AllowPolicySync;
import dev.allowflux.sync.PlanEvent;
import dev.allowflux.sync.PlanFile;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.DesiredStates;
import dev.allowflux.sync.accounts.PlanSet;
import dev.allowflux.sync.file.PolicyFileReader;
import dev.allowflux.sync.file.PolicyFileReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** {@code plan}: what would have to change. */
@Command(
    name = "plan",
    header = "Shows what has to change so that the account holds the policies of a file.",
    description = {
      "%nNothing is changed. FILE is lines of JSON or a JSON array with the API's field names, or"
          + " CSV with the columns of an export or of the dashboard's upload. A policy is known by"
          + " its kind, whether it is a regular expression, and its pattern; a field that the file"
          + " does not have is left as it is.",
      "%nA plan that deletes or edits much, or opens much, is refused by a rule; each rule has its"
          + " own override.",
      "%nWith --accounts each account of a list is planned, from --base and the files of the"
          + " account, under the same rules each, and all plans are one document with one digest."
          + " An account that cannot be planned is named, stands in the document as such, and"
          + " decides the exit code."
    },
    footer = {
      "%nExamples:",
      "  allowflux plan policies.ndjson --simulate 1000",
      "  allowflux plan policies.csv --mode owned --owner team-a --out plan.json",
      "  allowflux plan policies.csv --out plan.json --sign reviewer.key",
      "  allowflux plan policies.ndjson --expect-no-changes --format markdown",
      "  allowflux plan --accounts tenants.csv --base policies.csv --out plans.json"
    })
final class PlanCommand extends AbstractCommand {

  /** How a plan is shown. */
  enum Format {
    DIFF,
    MARKDOWN,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The desired policies of one account; - for standard input.")
  private @Nullable Path file;

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private BaseOption base = new BaseOption();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Also write the plan to a file, to be reviewed and applied.")
  private @Nullable Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "How to show it: diff (default), markdown or json.")
  private Format format = Format.DIFF;

  @Option(
      names = "--expect-no-changes",
      description = "Exit with 8 if there is anything to change, for scheduled checks.")
  private boolean expectNoChanges;

  @Option(
      names = "--sign",
      paramLabel = "KEYFILE",
      description =
          "Sign the plan with an Ed25519 private key, PKCS#8 in PEM without a password; needs"
              + " --out. 'apply --trust' checks the signature.")
  private @Nullable Path sign;

  @Mixin private SyncOptions sync = new SyncOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  PlanCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    Path common = base.of(parser(), accounts, file);
    Path desired = common == null ? file : common;
    if (out != null && desired != null) {
      String name = common == null ? "FILE" : "--base";
      Arguments.differentFiles(parser(), name, desired, "--out", out);
    } else if (sign != null) {
      throw new ParameterException(parser(), "--sign needs --out FILE");
    }
    Arguments.standardInputOnce(parser(), List.of(String.valueOf(desired), String.valueOf(sign)));
    PrivateKey key = sign == null ? null : privateKey(sign);
    if (common != null) {
      return planMany(common, key);
    }
    SyncPlan plan;
    try (ClientSession session = connection.open(parser(), invocation())) {
      SyncPlan unsigned = plan(this, session, sync, requireNonNull(file));
      plan = key == null ? unsigned : unsigned.sign(key);
    }
    show(plan, format, invocation());
    if (out != null) {
      PlanFile.write(plan, out);
      PlanJournals.sweep(invocation(), out, plan.digest());
      invocation().say("plan written to " + out + ", digest " + plan.digest());
    }
    return expectNoChanges && !plan.isEmpty() ? ExitCode.DRIFT : ExitCode.DONE;
  }

  private ExitCode planMany(Path common, @Nullable PrivateKey key) throws IOException {
    SyncMode mode = sync.mode(parser());
    SyncLimits limits = sync.limits(parser());
    List<AccountEntry> list = accounts.read(parser(), invocation(), connection);
    accounts.keep(parser(), list, "--out", out);
    DesiredStates desired = ManyPlans.desired(invocation(), sync, mode, common, list);
    try (AccountSessions sessions = connection.openAll(parser(), invocation(), list)) {
      ManyPlans plans = new ManyPlans(this, list, accounts.isAll(), sessions);
      try (PlanSet set = plans.plan(desired, mode, limits, key)) {
        plans.show(set, format);
        if (out != null) {
          set.write(out);
          PlanJournals.sweep(invocation(), out, set.digest());
          invocation().say("plans written to " + out + ", digest " + set.digest());
        }
        ExitCode failed = plans.end();
        return failed == ExitCode.DONE && expectNoChanges && !set.isEmpty()
            ? ExitCode.DRIFT
            : failed;
      }
    }
  }

  private PrivateKey privateKey(Path keyFile) throws IOException {
    byte[] pem = InputBytes.read(io(), keyFile);
    return Arguments.checked(
        parser(), keyFile, () -> PlanKeys.privateKey(new String(pem, StandardCharsets.UTF_8)));
  }

  /** Reads the desired policies and the account, and plans. */
  static SyncPlan plan(AbstractCommand command, ClientSession session, SyncOptions sync, Path file)
      throws IOException {
    SyncMode mode = sync.mode(command.parser());
    SyncLimits limits = sync.limits(command.parser());
    List<DesiredPolicy> desired = readDesired(command.invocation(), sync.reader(mode), file);
    Progress progress = new Progress(command.io());
    long shown = 0;
    try {
      for (PlanEvent event :
          AllowPolicySync.of(
                  session.client(settings -> settings.readAhead(ClientSession.READ_AHEAD_OF_ALL)))
              .planWithProgress(session.account(), Flux.fromIterable(desired), mode, limits)
              .toIterable(1)) {
        if (event instanceof PlanEvent.PageRead page) {
          progress.add((int) (page.policies() - shown), page.expected());
          shown = page.policies();
        } else if (event instanceof PlanEvent.Planned planned) {
          return planned.plan();
        }
      }
    } finally {
      progress.clear();
    }
    throw new IllegalStateException("planning ended without a plan");
  }

  static List<DesiredPolicy> readDesired(Invocation invocation, PolicyFileReader reader, Path file)
      throws IOException {
    List<DesiredPolicy> desired = new ArrayList<>();
    PolicyFileReport report =
        file.toString().equals("-")
            ? reader.read("standard input", invocation.io().in(), desired::add)
            : reader.read(file, desired::add);
    say(report, file.toString(), invocation);
    return desired;
  }

  /** Says what somebody should know about a file that was read. */
  static void say(PolicyFileReport report, String name, Invocation invocation) {
    report.notes().forEach(note -> invocation.say(note.toString()));
    if (report.noteCount() > report.notes().size()) {
      invocation.say("notes like these: " + report.noteCount());
    }
    if (report.skipped() > 0) {
      invocation.say(name + ": ignored " + report.skipped() + " of a kind that cannot be written");
    }
  }

  static void show(SyncPlan plan, Format format, Invocation invocation) throws IOException {
    ProcessIo io = invocation.io();
    Output output = Output.safeText(io);
    if (format != Format.MARKDOWN) {
      plan.warnings().forEach(w -> invocation.say(w));
    }
    switch (format) {
      case DIFF -> {
        boolean coloured = io.outIsTerminal() && io.variable("NO_COLOR").isEmpty();
        render(output, out -> PlanRenderer.diff(plan, coloured, out));
      }
      case MARKDOWN -> render(output, out -> PlanRenderer.markdown(plan, out));
      case JSON -> plan.write(Output.standard(io).stream());
    }
  }

  private interface Rendering {
    void writeTo(Appendable out) throws IOException;
  }

  private static void render(Output output, Rendering rendering) throws IOException {
    Writer writer =
        new BufferedWriter(
            new OutputStreamWriter(output.stream(), StandardCharsets.UTF_8), 1 << 16);
    rendering.writeTo(writer);
    writer.flush();
  }
}
