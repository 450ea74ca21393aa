package dev.allowflux.sync.internal.apply;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;
import dev.allowflux.plan.PolicyMatch;

/** What the account shows about a change. */
final class ChangeStatus {
  private static final int MAX_DIFFERENCES = 500;

  /** The change is still to be made. */
  static final ChangeStatus DUE = new ChangeStatus("");

  /** The account is as the change makes it. */
  static final ChangeStatus DONE = new ChangeStatus("");

  static final ChangeStatus GONE = new ChangeStatus("the policy is not there any more");
  static final ChangeStatus PARTNER =
      new ChangeStatus("a change that must come together with it cannot be made");

  private static final ChangeStatus CHANGED =
      new ChangeStatus("the policy is no longer as the plan saw it");

  /** Why the change is not made, in one line. */
  final String why;

  private ChangeStatus(String why) {
    this.why = why;
  }

  /** Tells whether the change can no longer be made as planned. */
  boolean isObsolete() {
    return this != DUE && this != DONE;
  }

  /** What a policy with the id of the change, or for a create with its key, shows. */
  static ChangeStatus of(PolicyChange change, AllowPolicy policy) {
    if (change instanceof Create create) {
      PolicyMatch match = PolicyMatch.of(create.policy(), policy);
      return match.isSame() ? DONE : taken(policy, match);
    }
    if (change instanceof Edit edit) {
      return edit.isDone(policy) ? DONE : edit.isDue(policy) ? DUE : CHANGED;
    }
    return ((Delete) change).isDue(policy) ? DUE : CHANGED;
  }

  private static ChangeStatus taken(AllowPolicy policy, PolicyMatch match) {
    return new ChangeStatus(
        "policy "
            + policy.id()
            + " with this pattern is there with other fields: "
            + SafeText.line(String.join(", ", match.contradictions()), MAX_DIFFERENCES));
  }

  /** What it shows that no such policy is there. */
  static ChangeStatus ofAbsent(PolicyChange change) {
    return change instanceof Create ? DUE : change instanceof Delete ? DONE : GONE;
  }

  /** Of several policies with the key of a create, one that is as it should be is enough. */
  static ChangeStatus better(ChangeStatus one, ChangeStatus other) {
    return one == DONE || other == DUE ? one : other;
  }
}
