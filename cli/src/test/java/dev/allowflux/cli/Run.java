package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.simulator.ApiSimulator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
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

  static Map<String, String> environment(ApiSimulator api) {
    return Map.of(
        "CLOUDFLARE_BASE_URL", api.baseUrl(),
        "CLOUDFLARE_ACCOUNT_ID", api.accountId(),
        "CLOUDFLARE_API_TOKEN", api.token());
  }

  static Run of(Map<String, String> environment, String... args) {
    return withInput("", environment, args);
  }

  static Run withInput(String in, Map<String, String> environment, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ProcessIo io =
        new ProcessIo(
            new ByteArrayInputStream(in.getBytes(UTF_8)),
            out,
            new PrintStream(err, true, UTF_8),
            environment,
            false,
            false);
    int exit = AllowFlux.run(io, args);
    return new Run(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
