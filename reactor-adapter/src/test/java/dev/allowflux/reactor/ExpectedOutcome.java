package dev.allowflux.reactor;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.RejectionReason;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How a faulty call ends.
 *
 * @param requests how many requests reached the service for it
 * @param reason why it was refused, or null
 * @param status the status that the failure tells, or null if it need not tell any
 */
record ExpectedOutcome(Kind kind, int requests, RejectionReason reason, Integer status) {

  static final int MAX_ATTEMPTS = 4;

  /** They do not say whether a write was carried out. */
  private static boolean isNoRefusal(Integer status) {
    return status != null && (status == 303 || status == 304);
  }

  enum Kind {
    VALUE,
    REJECTED,
    THROTTLED,
    UNAVAILABLE,
    OUTCOME_UNKNOWN,
    MALFORMED
  }

  static Kind kindOf(EmailSecurityException failure) {
    if (failure instanceof Rejected) {
      return Kind.REJECTED;
    } else if (failure instanceof Throttled) {
      return Kind.THROTTLED;
    } else if (failure instanceof Unavailable) {
      return Kind.UNAVAILABLE;
    } else if (failure instanceof OutcomeUnknown) {
      return Kind.OUTCOME_UNKNOWN;
    }
    return ((Object) failure) instanceof Malformed ? Kind.MALFORMED : null;
  }

  /** Whether this is one that was expected. */
  boolean fits(ExpectedOutcome expected) {
    return kind == expected.kind
        && requests == expected.requests
        && (expected.reason == null || expected.reason == reason)
        && (expected.status == null || Objects.equals(expected.status, status));
  }

  /** The right endings of a call; more than one only where a race of bytes decides. */
  static Set<ExpectedOutcome> expected(FaultyCall call) {
    Set<ExpectedOutcome> endings = new HashSet<>();
    new Prediction(call, endings).from(1, false, false);
    return endings;
  }

  /** What a careful client does, attempt by attempt, by what happens to each. */
  private record Prediction(FaultyCall call, Set<ExpectedOutcome> endings) {

    void from(int attempt, boolean doubt, boolean gone) {
      FaultCase faultCase = call.faultCase(attempt);
      boolean deletes = call.isDelete();
      boolean goneNow = gone || (deletes && faultCase.fault().isDone());
      if (gone && (faultCase.headArrives() || faultCase.headMayArrive())) {
        refused(attempt, doubt, RejectionReason.NOT_FOUND, 404, faultCase.body());
        if (faultCase.headArrives()) {
          return;
        }
      }
      switch (faultCase.kind()) {
        case VALUE -> end(Kind.VALUE, attempt, null, null);
        case REJECTED -> {
          if (call.isWrite() && isNoRefusal(faultCase.status())) {
            end(Kind.OUTCOME_UNKNOWN, attempt, null, faultCase.status());
          } else {
            refused(attempt, doubt, faultCase.reason(), faultCase.status(), faultCase.body());
          }
        }
        case THROTTLED -> {
          if (attempt < MAX_ATTEMPTS) {
            from(attempt + 1, doubt, goneNow);
          } else {
            failed(faultCase, attempt, doubt);
          }
        }
        default -> {
          boolean doubtNow = doubt || call.isWrite();
          if (attempt < MAX_ATTEMPTS && faultCase.repeatsFor(call)) {
            from(attempt + 1, doubtNow, goneNow);
          } else {
            failed(faultCase, attempt, doubtNow);
          }
        }
      }
    }

    private void refused(
        int attempt, boolean doubt, RejectionReason reason, Integer status, FaultCase.Body body) {
      boolean absent = doubt && call.isDelete() && reason == RejectionReason.NOT_FOUND;
      if (absent && body != FaultCase.Body.IS_LOST) {
        // Only the envelope of the service proves that the policy is gone.
        end(Kind.VALUE, attempt, null, null);
      }
      if (absent && body == FaultCase.Body.ARRIVES) {
        return;
      }
      if (doubt) {
        // This attempt was refused, but an earlier one may have been carried out.
        end(Kind.OUTCOME_UNKNOWN, attempt, null, status);
      } else {
        end(Kind.REJECTED, attempt, reason, status);
      }
    }

    private void failed(FaultCase faultCase, int attempt, boolean doubt) {
      end(doubt ? Kind.OUTCOME_UNKNOWN : faultCase.kind(), attempt, null, faultCase.status());
    }

    private void end(Kind kind, int requests, RejectionReason reason, Integer status) {
      boolean found =
          kind == Kind.OUTCOME_UNKNOWN
              && call.readBack()
              && call.faultCase(requests).fault().isDone();
      endings.add(
          found
              ? new ExpectedOutcome(Kind.VALUE, requests, null, null)
              : new ExpectedOutcome(kind, requests, reason, status));
    }
  }
}
