package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;

/** What the account shows about a change. */
enum ChangeStatus {
  /** The change is still to be made. */
  DUE(""),
  /** The account is as the change makes it. */
  DONE(""),
  CHANGED("the policy is no longer as the plan saw it"),
  GONE("the policy is not there any more"),
  TAKEN("there is a policy with this pattern by now"),
  PARTNER("a change that must come together with it cannot be made");

  /** Why the change is not made, in one line. */
  final String why;

  ChangeStatus(String why) {
    this.why = why;
  }

  /** Tells whether the change can no longer be made as planned. */
  boolean isObsolete() {
    return this != DUE && this != DONE;
  }

  /** What a policy with the id of the change, or for a create with its key, shows. */
  static ChangeStatus of(PolicyChange change, AllowPolicy policy) {
    if (change instanceof Create create) {
      return create.isDone(policy) ? DONE : TAKEN;
    }
    if (change instanceof Edit edit) {
      return edit.isDone(policy) ? DONE : edit.isDue(policy) ? DUE : CHANGED;
    }
    return ((Delete) change).isDue(policy) ? DUE : CHANGED;
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
