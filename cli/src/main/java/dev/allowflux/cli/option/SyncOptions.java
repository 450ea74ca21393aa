package dev.allowflux.cli.option;

import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.sync.file.ListFormat;
import dev.allowflux.sync.file.PolicyFileReader;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which policies a plan covers and what it may do; each safety rule has its own override. */
public final class SyncOptions {
  private static final Pattern OWNER = Pattern.compile("\\[allowflux:(.*)\\]");

  /** Which policies a plan covers. */
  enum Mode {
    UPSERT,
    OWNED,
    ALL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "upsert (default): creates and edits, never deletes; owned: also deletes policies of the"
              + " owner that are not in FILE; all: deletes every policy that is not in FILE.")
  private Mode mode = Mode.UPSERT;

  @Option(
      names = "--owner",
      paramLabel = "NAME",
      description =
          "With --mode owned: whose policies they are. [allowflux:NAME] is put into the comments of"
              + " the policies of FILE.")
  private @Nullable String owner;

  @Option(names = "--marker", paramLabel = "NAME", hidden = true, description = "Now --owner.")
  private @Nullable String formerOwner;

  @Option(
      names = "--max-delete-percent",
      paramLabel = "N",
      description = "How large a part may be deleted; default: 30.")
  private @Nullable Integer maxDeletePercent;

  @Option(
      names = "--max-deletes",
      paramLabel = "N",
      description = "How many policies may be deleted; default: 100.")
  private @Nullable Integer maxDeletes;

  @Option(
      names = "--max-expired",
      paramLabel = "N",
      description =
          "How many policies may be deleted since their last day (expires) is over; default: 100.")
  private @Nullable Integer maxExpired;

  @Option(
      names = "--max-edit-percent",
      paramLabel = "N",
      description = "How large a part may be edited; default: 30.")
  private @Nullable Integer maxEditPercent;

  @Option(
      names = "--delete-duplicates",
      description = "Also delete policies that duplicate an older one.")
  private boolean deleteDuplicates;

  @Option(
      names = "--distinguish-case",
      description =
          "Create an e-mail address although the account has one that differs in the case of its"
              + " local part alone; without this, it is taken for the policy that is there.")
  private boolean distinguishCase;

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Option(
      names = "--allow-unfinished-line",
      description =
          "With --mode owned or all: take a FILE whose last line has no line end; without this it"
              + " counts as cut off.")
  private boolean allowUnfinishedLine;

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      description =
          "FILE is a list of another product, see 'convert'; without it FILE is taken for one where"
              + " that is certain.")
  private @Nullable ListFormat format;

  /** Reads the desired policies for a mode. */
  public PolicyFileReader reader(SyncMode mode) {
    PolicyFileReader reader = PolicyFileReader.of(mode);
    if (format != null) {
      reader = reader.ofForeignList(format);
    }
    return allowUnfinishedLine ? reader.allowingUnfinishedLine() : reader;
  }

  public SyncMode mode(CommandLine command) {
    if (formerOwner != null) {
      throw new ParameterException(command, "--marker is now called --owner");
    }
    if (mode != Mode.OWNED) {
      if (owner != null) {
        throw new ParameterException(command, "--owner needs --mode owned");
      }
      return mode == Mode.ALL ? new SyncMode.All() : new SyncMode.Upsert();
    }
    if (owner == null) {
      throw new ParameterException(command, "--mode owned needs --owner");
    }
    Matcher inComments = OWNER.matcher(owner);
    String name = inComments.matches() ? inComments.group(1) : owner;
    return Arguments.checked(command, () -> new SyncMode.Owned(name));
  }

  public SyncLimits limits(CommandLine command) {
    return Arguments.checked(
        command,
        () -> {
          SyncLimits.Builder limits =
              SyncLimits.builder()
                  .deletesDuplicates(deleteDuplicates)
                  .distinguishesCase(distinguishCase);
          if (maxDeletePercent != null) {
            limits.maxDeletePercent(maxDeletePercent);
          }
          if (maxDeletes != null) {
            limits.maxDeletes(maxDeletes);
          }
          if (maxExpired != null) {
            limits.maxExpired(maxExpired);
          }
          if (maxEditPercent != null) {
            limits.maxEditPercent(maxEditPercent);
          }
          exposure.addTo(limits);
          return limits.build();
        });
  }
}
