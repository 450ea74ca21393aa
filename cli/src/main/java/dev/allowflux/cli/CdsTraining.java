package dev.allowflux.cli;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.ProcessIo;
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
    Main.setDefaults();
    try (ApiSimulator api = ApiSimulator.builder().policies(20).start()) {
      ProcessIo io =
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
      AllowFlux.run(io, "get", id);
      AllowFlux.run(io, "get", "none");
      AllowFlux.run(io, "check");
      AllowFlux.run(io, "list", "--limit", "5");
      AllowFlux.run(io, "list", "--format", "csv", "--per-page", "5");
      AllowFlux.run(io, "export", "--per-page", "5");
      AllowFlux.run(io, "edit", id, "--comments", "trained");
      AllowFlux.run(io, "create", "--pattern", "training.example", "--pattern-type", "DOMAIN");
      AllowFlux.run(io, "batch", "-", "--dry-run");
      AllowFlux.run(io, "delete", id);
      AllowFlux.run(io, "--help");
      AllowFlux.run(io, "export", "--help");
      AllowFlux.run(io, "no-such-command");
    }
    System.exit(ExitCode.DONE.code());
  }
}
