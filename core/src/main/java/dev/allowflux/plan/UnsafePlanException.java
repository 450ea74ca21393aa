package dev.allowflux.plan;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan that nobody should apply unseen. It has all that was found against the plan, not only the
 * first thing; nothing of the plan can be applied.
 *
 * <p>Instances are not serializable, although every {@code Throwable} claims to be.
 *
 * @since 0.1
 */
@SuppressWarnings("serial")
public final class UnsafePlanException extends RuntimeException {
  private final transient List<Refusal> refusals;

  /**
   * Makes the failure; the message has all refusals.
   *
   * @param refusals at least one, copied
   */
  public UnsafePlanException(List<Refusal> refusals) {
    super(
        "the plan is not safe: "
            + refusals.stream().map(Refusal::what).collect(Collectors.joining("; ")));
    this.refusals = List.copyOf(refusals);
  }

  /**
   * Returns all that was found against the plan.
   *
   * @return one refusal a rule, in the order of the rules
   */
  public List<Refusal> refusals() {
    return refusals;
  }

  /**
   * Refuses, as the data would be lost on the way.
   *
   * @param out unused
   * @throws NotSerializableException always
   */
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException(getClass().getName());
  }

  /**
   * What was found against a plan by one rule.
   *
   * @param rule the rule
   * @param what the finding with its figures, in one line without the examples
   * @param override how to get the plan in spite of it, in terms of {@link SyncLimits}, or what to
   *     change if there is no override
   * @param examples the policies that it is about, in their order; the first 1000 if they are
   *     conflicting, else the first 20; empty if it is about none in particular
   * @since 0.1
   */
  public record Refusal(SafetyRule rule, String what, String override, List<String> examples) {
    /**
     * Copies the list.
     *
     * @param rule the rule
     * @param what the finding
     * @param override the override
     * @param examples the policies that it is about
     */
    public Refusal {
      examples = List.copyOf(examples);
    }
  }
}
