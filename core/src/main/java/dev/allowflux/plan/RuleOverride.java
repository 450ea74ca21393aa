package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

/**
 * A safety rule that a plan breaks, as it was allowed to.
 *
 * @param rule the rule
 * @param what what was found, with its number, in one line
 */
public record RuleOverride(SafetyRule rule, String what) {
  /**
   * Refuses null.
   *
   * @param rule the rule
   * @param what what was found
   */
  public RuleOverride {
    requireNonNull(rule, "rule");
    requireNonNull(what, "what");
  }
}
