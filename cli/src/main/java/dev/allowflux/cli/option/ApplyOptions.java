package dev.allowflux.cli.option;

import dev.allowflux.plan.SyncLimits;
import dev.allowflux.sync.ApplySettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How a plan is applied; shared by the commands that do. */
public final class ApplyOptions {

  @Option(names = "--yes", description = "Do not ask; needed where nobody can be asked.")
  public boolean yes;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description =
          "Where to record what was sent, so that a run that was broken off can go on; default:"
              + " beside a plan that is applied, in the user's state folder for a sync. With"
              + " --accounts a folder with a journal for each account.")
  public @Nullable Path journal;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "How many changes to send at once, 1 to 1000; default: 200.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--stop-on-change",
      description =
          "Apply nothing if a policy is no longer as the plan saw it; without it such policies are"
              + " skipped.")
  private boolean stopOnChange;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How old the plan may be, 0s for any age; default: 24h.")
  private @Nullable Duration maxAge;

  @Option(
      names = "--settle-time",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long a batch without a response may still be carried out: so long it is looked for"
              + " before it is sent again; default: 60s.")
  private @Nullable Duration settleTime;

  /** Returns the settings for a plan that may be of any age. */
  public ApplySettings settings(CommandLine command, Path journalFile, SyncLimits limits) {
    return settings(command, journalFile, limits, false);
  }

  /**
   * Returns the settings for a plan that was made just now: if nobody is asked in between, the
   * reading for it stands for the first look.
   */
  public ApplySettings settingsRightAfterPlanning(
      CommandLine command, Path journalFile, SyncLimits limits) {
    return settings(command, journalFile, limits, yes && !stopOnChange);
  }

  private ApplySettings settings(
      CommandLine command, Path journalFile, SyncLimits limits, boolean trustsFreshReading) {
    return Arguments.checked(
        command,
        () -> {
          ApplySettings.Builder settings =
              ApplySettings.builder(journalFile)
                  .stopsOnChange(stopOnChange)
                  .trustsFreshReading(trustsFreshReading)
                  .limits(limits);
          if (batchSize != null) {
            settings.batchSize(batchSize);
          }
          if (settleTime != null) {
            settings.settleTime(settleTime);
          }
          if (maxAge != null) {
            settings.maxAge(maxAge);
          }
          return settings.build();
        });
  }
}
