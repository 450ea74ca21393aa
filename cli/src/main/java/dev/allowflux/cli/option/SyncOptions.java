package dev.allowflux.cli.option;

import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.UnsafePlanException.Refusal;
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

/** What a plan answers for and what it may do; each safety rule has its own way round. */
public final class SyncOptions {
  private static final Pattern MARKER = Pattern.compile("\\[allowflux:(.*)\\]");

  /** Which policies a plan answers for. */
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
          "upsert (default): creates and edits, never deletes; owned: also deletes what bears the"
              + " marker and is not wanted; all: deletes whatever is not wanted.")
  private Mode mode = Mode.UPSERT;

  @Option(
      names = "--marker",
      paramLabel = "NAME",
      description =
          "With --mode owned: whose policies they are. [allowflux:NAME] is put into the comments of"
              + " what is wanted.")
  private @Nullable String marker;

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
      names = "--delete-duplicates",
      description = "Also delete policies that say again what an older one says.")
  private boolean deleteDuplicates;

  @Option(
      names = "--allow",
      split = ",",
      paramLabel = "RULE",
      converter = Rule.class,
      completionCandidates = Rules.class,
      description = "Let the plan break a safety rule: ${COMPLETION-CANDIDATES}.")
  private List<SafetyRule> allowed = List.of();

  public SyncMode mode(CommandLine command) {
    if (mode != Mode.OWNED) {
      if (marker != null) {
        throw new ParameterException(command, "--marker needs --mode owned");
      }
      return mode == Mode.ALL ? new SyncMode.All() : new SyncMode.Upsert();
    }
    if (marker == null) {
      throw new ParameterException(command, "--mode owned needs --marker");
    }
    Matcher whole = MARKER.matcher(marker);
    String owner = whole.matches() ? whole.group(1) : marker;
    return Writes.checked(command.getCommandSpec(), () -> new SyncMode.Owned(owner));
  }

  public SyncLimits limits(CommandLine command) {
    return Writes.checked(
        command.getCommandSpec(),
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
          allowed.forEach(limits::allow);
          return limits.build();
        });
  }

  /** How to get a plan in spite of a refusal, in words of the command line. */
  public static String wayRound(Refusal refusal) {
    SafetyRule rule = refusal.rule();
    if (rule.canBeAllowed()) {
      return "to allow it: --allow " + name(rule);
    }
    return switch (rule) {
      case DELETE_PERCENT -> "to allow it: --max-delete-percent N";
      case DELETES -> "to allow it: --max-deletes N";
      case EDIT_PERCENT -> "to allow it: --max-edit-percent N";
      default -> refusal.wayRound();
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
              + "' is no rule that can be allowed; there are "
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
