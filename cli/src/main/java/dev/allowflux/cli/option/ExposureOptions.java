package dev.allowflux.cli.option;

import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What policies may expose: for whoever makes a plan, and again for whoever applies it. */
public final class ExposureOptions {

  @Option(
      names = "--allow",
      split = ",",
      paramLabel = "RULE",
      converter = Rule.class,
      completionCandidates = Rules.class,
      description = "Override a safety rule: ${COMPLETION-CANDIDATES}.")
  private List<SafetyRule> allowed = List.of();

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

  /**
   * Returns the limits on what policies expose; all others are the standard ones.
   *
   * @param command the command, for errors
   */
  public SyncLimits limits(CommandLine command) {
    return Arguments.checked(
        command,
        () -> {
          SyncLimits.Builder limits = SyncLimits.builder();
          addTo(limits);
          return limits.build();
        });
  }

  void addTo(SyncLimits.Builder limits) {
    if (maxExposedPolicies != null) {
      limits.maxExposedPolicies(maxExposedPolicies);
    }
    if (maxExposedAddresses != null) {
      limits.maxExposedAddresses(maxExposedAddresses);
    }
    allowed.forEach(limits::allow);
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
      case EXPIRED -> "override: --max-expired N";
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
          .map(ExposureOptions::name)
          .iterator();
    }
  }
}
