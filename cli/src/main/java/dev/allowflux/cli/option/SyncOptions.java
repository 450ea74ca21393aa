package dev.allowflux.cli.option;

import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import dev.allowflux.sync.file.PolicyFileReader;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

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
      names = "--max-edit-percent",
      paramLabel = "N",
      description = "How large a part may be edited; default: 30.")
  private @Nullable Integer maxEditPercent;

  @Option(
      names = "--max-exposed-policies",
      paramLabel = "N",
      description =
          "How many policies more may bypass all detection (trusted sender or exempt recipient);"
              + " default: 1000.")
  private @Nullable Integer maxExposedPolicies;

  @Option(
      names = "--max-exposed-addresses",
      paramLabel = "N",
      description =
          "How many addresses more may be let in by networks, all changes together; default:"
              + " 262144.")
  private @Nullable Integer maxExposedAddresses;

  @Option(
      names = "--delete-duplicates",
      description = "Also delete policies that duplicate an older one.")
  private boolean deleteDuplicates;

  @Option(
      names = "--allow",
      split = ",",
      paramLabel = "RULE",
      converter = Rule.class,
      completionCandidates = Rules.class,
      description = "Override a safety rule: ${COMPLETION-CANDIDATES}.")
  private List<SafetyRule> allowed = List.of();

  @Option(
      names = "--allow-unfinished-line",
      description =
          "With --mode owned or all: take a FILE whose last line has no line end; without this it"
              + " counts as cut off.")
  private boolean allowUnfinishedLine;

  /** Reads the desired policies for a mode. */
  public PolicyFileReader reader(SyncMode mode) {
    PolicyFileReader reader = PolicyFileReader.of(mode);
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
          SyncLimits.Builder limits = SyncLimits.builder().deletesDuplicates(deleteDuplicates);
          if (maxDeletePercent != null) {
            limits.maxDeletePercent(maxDeletePercent);
          }
          if (maxDeletes != null) {
            limits.maxDeletes(maxDeletes);
          }
          if (maxEditPercent != null) {
            limits.maxEditPercent(maxEditPercent);
          }
          if (maxExposedPolicies != null) {
            limits.maxExposedPolicies(maxExposedPolicies);
          }
          if (maxExposedAddresses != null) {
            limits.maxExposedAddresses(maxExposedAddresses);
          }
          allowed.forEach(limits::allow);
          return limits.build();
        });
  }

  /** How to override a refusal, in words of the command line. */
  public static String override(Refusal refusal) {
    SafetyRule rule = refusal.rule();
    if (rule.canBeAllowed()) {
      return "override: --allow " + name(rule);
    }
    return switch (rule) {
      case DELETE_PERCENT -> "override: --max-delete-percent N";
      case DELETES -> "override: --max-deletes N";
      case EDIT_PERCENT -> "override: --max-edit-percent N";
      case EXPOSED_POLICIES -> "override: --max-exposed-policies N";
      case EXPOSED_ADDRESSES -> "override: --max-exposed-addresses N";
      default -> refusal.override();
    };
  }

  private static String name(SafetyRule rule) {
    return rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name of a rule to the rule. */
  static final class Rule implements ITypeConverter<SafetyRule> {
    @Override
    public SafetyRule convert(String text) {
      for (SafetyRule rule : SafetyRule.values()) {
        if (rule.canBeAllowed() && name(rule).equals(text)) {
          return rule;
        }
      }
      throw new TypeConversionException(
          "'"
              + text
              + "' is no rule that can be overridden; there are "
              + String.join(", ", new Rules()));
    }
  }

  /** The names, for help and completion. */
  static final class Rules implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(SafetyRule.values())
          .filter(SafetyRule::canBeAllowed)
          .map(SyncOptions::name)
          .iterator();
    }
  }
}
