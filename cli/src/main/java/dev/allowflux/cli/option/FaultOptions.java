package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.simulator.FaultScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a simulator does wrong on purpose. */
public final class FaultOptions {

  @Option(
      names = "--faults",
      paramLabel = "FILE",
      description = "The simulator's faults, by script.")
  @Nullable Path script;

  @Option(
      names = "--fault-rate",
      paramLabel = "SHARE",
      description =
          "The share of requests, 0 to 1, that the simulator answers with a passing fault.")
  @Nullable Double rate;

  @Option(
      names = "--fault-seed",
      paramLabel = "N",
      description = "What faults are drawn from; default: 0.")
  @Nullable Long seed;

  public boolean given() {
    return script != null || rate != null || seed != null;
  }

  /** Returns the faults that were asked for; those of the script come first. */
  public FaultScript read(CommandLine command) throws IOException {
    if (seed != null && rate == null) {
      throw new ParameterException(command, "--fault-seed needs --fault-rate");
    }
    FaultScript faults = FaultScript.none();
    String blame = script + ": ";
    try {
      if (script != null) {
        faults = FaultScript.parse(Files.readString(FileFailure.noFolder(script)));
      }
      blame = "--fault-";
      return rate == null ? faults : faults.withRandom(seed == null ? 0 : seed, rate);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, blame + e.getMessage(), e);
    }
  }
}
