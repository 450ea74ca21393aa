package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.simulator.ApiSimulator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A command that was run in this process.
 *
 * @param exit its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Run(int exit, String out, String err) {

  /** The user's own state folder is none of a test's business. */
  private static final Path STATE = Path.of("target/state").toAbsolutePath();

  static Map<String, String> environment(ApiSimulator api) {
    return Map.of(
        "CLOUDFLARE_BASE_URL", api.baseUrl(),
        "CLOUDFLARE_ACCOUNT_ID", api.accountId(),
        "CLOUDFLARE_API_TOKEN", api.token(),
        "XDG_STATE_HOME", STATE.toString());
  }

  static Run of(Map<String, String> environment, String... args) {
    return withInput("", environment, args);
  }

  /** As for a person who reads the output on a terminal. */
  static Run onTerminal(Map<String, String> environment, String... args) {
    return run("", environment, true, args);
  }

  static Run withInput(String in, Map<String, String> environment, String... args) {
    return run(in, environment, false, args);
  }

  private static Run run(
      String in, Map<String, String> environment, boolean terminal, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ProcessIo io =
        new ProcessIo(
            new ByteArrayInputStream(in.getBytes(UTF_8)),
            out,
            new PrintStream(err, true, UTF_8),
            environment,
            terminal,
            terminal);
    int exit = AllowFlux.run(io, args);
    return new Run(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
