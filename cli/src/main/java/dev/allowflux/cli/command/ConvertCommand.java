package dev.allowflux.cli.command;

import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.sync.file.ForeignListReader;
import dev.allowflux.sync.file.ListFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code convert}: an allow list of another product as a file for plan and sync. */
@Command(
    name = "convert",
    header = "Turns an allow list of another product into a file for plan and sync.",
    description = {
      "%nWrites lines of JSON. Each policy is an acceptable sender with verification, whatever the"
          + " product did. What cannot be expressed is listed line by line.",
      "%nFormats: m365 (Tenant Allow/Block List), proofpoint, mimecast, google, barracuda,"
          + " spamassassin, plain. The service's own dashboard CSV needs no converting."
    },
    footer = {
      "%nExamples:",
      "  allowflux convert tabl.csv --from m365 --output policies.ndjson",
      "  allowflux convert domains.txt --from plain | allowflux plan - --simulate 100"
    })
final class ConvertCommand extends AbstractCommand {

  @Parameters(paramLabel = "FILE", description = "The list, - for standard input.")
  private Path file = Path.of("-");

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FORMAT",
      description = "The form of the list: one of those above.")
  private @Nullable ListFormat format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write the policies; default: standard output.")
  private @Nullable Path target;

  ConvertCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    ListFormat from = format;
    if (from == null) {
      throw new ParameterException(parser(), "--from is missing");
    }
    if (target != null) {
      Arguments.differentFiles(parser(), "FILE", file, "--output", target);
    }
    ForeignListReader.Report report = target == null ? print(from) : write(from, target);
    report.leftOut().forEach(line -> invocation().say("left out: " + SafeText.line(line)));
    invocation()
        .say(
            String.format(
                Locale.ROOT,
                "%s%s acceptable sender with verification; %,d left out",
                CountText.policies(report.policies()),
                report.policies() == 1 ? ", an" : ", each an",
                report.leftOutCount()));
    return ExitCode.DONE;
  }

  /** What is damaged further on must not have come out already, so all is held. */
  private ForeignListReader.Report print(ListFormat from) throws IOException {
    List<NewAllowPolicy> policies = new ArrayList<>();
    ForeignListReader.Report report = read(from, policies::add);
    try (Output output = Output.standard(io())) {
      policies.forEach(policy -> write(policy, output));
      output.commit();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return report;
  }

  /** A file appears under its name only when it is whole, so nothing is held. */
  private ForeignListReader.Report write(ListFormat from, Path to) throws IOException {
    try (Output output = Output.file(to, true)) {
      ForeignListReader.Report report = read(from, policy -> write(policy, output));
      output.commit();
      return report;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ForeignListReader.Report read(ListFormat from, Consumer<NewAllowPolicy> policies)
      throws IOException {
    if (file.toString().equals("-")) {
      return ForeignListReader.read(from, "standard input", io().in(), policies);
    }
    try (InputStream in = Files.newInputStream(FileFailure.noFolder(file))) {
      return ForeignListReader.read(from, file.toString(), in, policies);
    }
  }

  private static void write(NewAllowPolicy policy, Output output) {
    try {
      output.stream().write(PolicyJson.write(policy));
      output.stream().write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
