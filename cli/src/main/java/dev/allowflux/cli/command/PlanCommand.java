package dev.allowflux.cli.command;

import dev.allowflux.cli.input.DesiredFile;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.SyncOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.Progress;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.PlanRenderer;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.AllowPolicySync;
import dev.allowflux.sync.PlanEvent;
import dev.allowflux.sync.PlanFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
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
          + " own way round."
    },
    footer = {
      "%nExamples:",
      "  allowflux plan policies.ndjson --simulate 1000",
      "  allowflux plan policies.csv --mode owned --marker team-a --out plan.json",
      "  allowflux plan policies.ndjson --expect-no-changes --format markdown"
    })
final class PlanCommand implements Callable<Integer> {

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

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      description = "The policies that are wanted; - for standard input.")
  private Path file = Path.of("-");

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

  @Mixin private SyncOptions sync = new SyncOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws IOException {
    ProcessIo shell = AllowFlux.shellOf(spec);
    SyncPlan plan;
    try (ClientSession session = ClientSession.open(spec, connection)) {
      plan = plan(spec, session, sync, file);
    }
    show(plan, format, shell);
    if (out != null) {
      PlanFile.write(plan, out);
      shell.err().println("allowflux: plan written to " + out + ", digest " + plan.digest());
    }
    return expectNoChanges && !plan.isEmpty() ? ExitCode.DRIFT : ExitCode.DONE;
  }

  /** Reads the desired policies and the account, and plans. */
  static SyncPlan plan(CommandSpec spec, ClientSession session, SyncOptions sync, Path file)
      throws IOException {
    ProcessIo shell = AllowFlux.shellOf(spec);
    SyncMode mode = sync.mode(spec.commandLine());
    SyncLimits limits = sync.limits(spec.commandLine());
    List<DesiredPolicy> desired = readDesired(shell, file);
    Progress progress = new Progress(shell);
    long shown = 0;
    try {
      for (PlanEvent event :
          AllowPolicySync.of(session.client())
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

  private static List<DesiredPolicy> readDesired(ProcessIo shell, Path file) throws IOException {
    List<DesiredPolicy> desired = new ArrayList<>();
    boolean standard = file.toString().equals("-");
    String name = standard ? "standard input" : file.toString();
    try (InputStream in = standard ? shell.in() : Files.newInputStream(file)) {
      DesiredFile read = DesiredFile.read(name, in, desired::add);
      if (read.notWritable() > 0) {
        shell
            .err()
            .println(
                "allowflux: "
                    + name
                    + ": passed over "
                    + read.notWritable()
                    + " of a kind that nobody can write");
      }
    }
    return desired;
  }

  static void show(SyncPlan plan, Format format, ProcessIo shell) throws IOException {
    Output output = Output.standard(shell);
    if (format != Format.MARKDOWN) {
      plan.warnings().forEach(w -> shell.err().println("allowflux: " + SafeText.line(w)));
    }
    switch (format) {
      case DIFF -> {
        boolean coloured = shell.outIsTerminal() && shell.variable("NO_COLOR").isEmpty();
        render(output, out -> PlanRenderer.diff(plan, coloured, out));
      }
      case MARKDOWN -> render(output, out -> PlanRenderer.markdown(plan, out));
      case JSON -> plan.write(output.stream());
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
