package dev.allowflux.plan;

import java.util.List;

/**
 * Judges what a pattern exposes: whom a policy with it lets in who is not meant. Planning in this
 * module calls it; the module that plans and applies against an account has the rules, which need a
 * list of public suffixes and automata.
 *
 * <p>Only the pattern is judged. Which findings count for a policy follows from its flags and from
 * what was there before, and is decided by the planning.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ExposureRules {

  /**
   * Judges a pattern.
   *
   * @param key kind and normal form of the pattern
   * @return what it exposes; never fails, as what cannot be judged is a finding
   */
  Judgement judge(PolicyKey key);

  /**
   * What a pattern exposes.
   *
   * @param findings what is wrong; empty if nothing is
   * @param warnings what an owner should know, one line each without the pattern
   * @since 0.1
   */
  record Judgement(List<Finding> findings, List<String> warnings) {
    /** Nothing was found. */
    public static final Judgement NONE = new Judgement(List.of(), List.of());

    /**
     * Copies the lists.
     *
     * @param findings what is wrong
     * @param warnings what an owner should know
     */
    public Judgement {
      findings = List.copyOf(findings);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * One thing that is wrong with a pattern.
   *
   * @param rule the rule that it breaks
   * @param explanation what is wrong in one line, to follow the pattern and a colon
   * @param examples a few of what the pattern matches; may be empty
   * @since 0.1
   */
  record Finding(SafetyRule rule, String explanation, List<String> examples) {
    /**
     * Copies the list.
     *
     * @param rule the rule that it breaks
     * @param explanation what is wrong
     * @param examples a few of what the pattern matches
     */
    public Finding {
      examples = List.copyOf(examples);
    }
  }
}
