package dev.allowflux.cli.option;

import picocli.CommandLine.Option;

/** Whether a write is only shown. */
public final class DryRunOption {

  @Option(
      names = "--dry-run",
      description = "Print the request that would go out, its credential masked, and send nothing.")
  public boolean dryRun;
}
