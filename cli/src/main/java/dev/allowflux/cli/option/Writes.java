package dev.allowflux.cli.option;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.output.NdjsonFormat;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.Utf8Buffer;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What the commands on single policies and the batch have in common. */
public final class Writes {

  @Option(
      names = "--dry-run",
      description = "Print the request that would go out, its credential masked, and send nothing.")
  public boolean dryRun;

  /** Prints a request as it would stand on the wire. */
  public void print(CommandSpec spec, ClientSession session, ApiRequest request)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append(' ');
    text.append(session.baseUrl().replaceFirst("/$", "")).append(request.pathAndQuery());
    session.maskedHeaders().forEach((name, value) -> text.append('\n').append(name + ": " + value));
    text.append("\nAccept: application/json");
    byte[] body = request.body();
    if (body != null) {
      text.append("\nContent-Type: application/json\nContent-Length: ").append(body.length);
      text.append("\n\n").append(new String(body, StandardCharsets.UTF_8));
    }
    Output.standard(AllowFlux.shellOf(spec)).println(text.toString());
    if (!session.hasCredential()) {
      AllowFlux.shellOf(spec)
          .err()
          .println("allowflux: no credential: as it is, it would be refused");
    }
  }

  /** Prints policies as lines of JSON. */
  public static void print(CommandSpec spec, List<AllowPolicy> policies) throws IOException {
    Utf8Buffer bytes = new Utf8Buffer();
    new NdjsonFormat(null).write(policies, bytes);
    Output.standard(AllowFlux.shellOf(spec)).write(bytes);
  }

  public static void print(CommandSpec spec, AllowPolicy policy) throws IOException {
    print(spec, List.of(policy));
  }

  public static PolicyId policyId(CommandSpec spec, String id) {
    return checked(spec, () -> new PolicyId(id));
  }

  /** Makes a value of the model; what the model refuses is wrong usage. */
  public static <T> T checked(CommandSpec spec, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The same for a value that was read from a file, which the refusal names. */
  public static <T> T checked(CommandSpec spec, Path file, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), file + ": " + e.getMessage(), e);
    }
  }

  /** Reads a file, or standard input for {@code -}. */
  public static byte[] read(CommandSpec spec, Path file) throws IOException {
    if (!file.toString().equals("-")) {
      return Files.readAllBytes(file);
    }
    InputStream in = AllowFlux.shellOf(spec).in();
    return in.readAllBytes();
  }
}
