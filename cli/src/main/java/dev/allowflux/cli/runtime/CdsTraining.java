package dev.allowflux.cli.runtime;

import dev.allowflux.cli.Main;
import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.simulator.ApiSimulator;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Runs commands once, so that the launcher can archive the classes that they load: the next start
 * maps the archive instead of reading and checking them again. Prints nothing.
 */
final class CdsTraining {

  private CdsTraining() {}

  public static void main(String[] args) {
    Main.quieten();
    try (ApiSimulator api = ApiSimulator.builder().policies(20).start()) {
      ProcessIo shell =
          new ProcessIo(
              new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)),
              OutputStream.nullOutputStream(),
              new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
              Map.of(
                  "CLOUDFLARE_BASE_URL", api.baseUrl(),
                  "CLOUDFLARE_ACCOUNT_ID", api.accountId(),
                  "CLOUDFLARE_API_TOKEN", api.token()),
              true,
              true);
      String id = api.policyIds().get(0);
      AllowFlux.run(shell, "get", id);
      AllowFlux.run(shell, "get", "none");
      AllowFlux.run(shell, "check");
      AllowFlux.run(shell, "list", "--limit", "5");
      AllowFlux.run(shell, "list", "--format", "csv", "--per-page", "5");
      AllowFlux.run(shell, "export", "--per-page", "5");
      AllowFlux.run(shell, "edit", id, "--comments", "rehearsed");
      AllowFlux.run(shell, "create", "--pattern", "rehearsal.example", "--pattern-type", "DOMAIN");
      AllowFlux.run(shell, "batch", "-", "--dry-run");
      AllowFlux.run(shell, "delete", id);
      AllowFlux.run(shell, "--help");
      AllowFlux.run(shell, "export", "--help");
      AllowFlux.run(shell, "no-such-command");
    }
    System.exit(ExitCode.DONE);
  }
}
