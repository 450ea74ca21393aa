package dev.allowflux.sync.internal.apply;

/** How many calls a run may still make beyond those that it needs if nothing goes wrong. */
final class CallBudget {
  private long left;

  CallBudget(int calls) {
    left = calls;
  }

  /** Takes so many calls, or none and returns false if there are not so many. */
  boolean take(long calls) {
    if (calls > left) {
      return false;
    }
    left -= calls;
    return true;
  }
}
