package dev.allowflux.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What a figure must reach and what it should reach.
 *
 * @param kind what the figures are
 * @param atLeast whether more is better
 * @param measured null if it was not measured in this run
 * @param control the same thing measured against itself, or null where there is no such thing
 */
record Goal(
    String what,
    Kind kind,
    boolean atLeast,
    double must,
    double aim,
    @Nullable Spread measured,
    @Nullable Spread control) {

  /** How a figure is written. */
  enum Kind {
    TIMES,
    PERCENT,
    BYTES,
    MEBIBYTES,
    NANOS
  }

  @JsonProperty("verdict")
  String verdict() {
    Spread figure = measured;
    if (figure == null) {
      return "not measured in this run";
    }
    if (!reaches(figure.median(), must)) {
      return "**falls short**";
    }
    boolean sure = reaches(atLeast ? figure.min() : figure.max(), must);
    String certainty = sure ? "" : ", though not in every round";
    return (reaches(figure.median(), aim) ? "holds, aim reached" : "holds") + certainty;
  }

  private boolean reaches(double figure, double limit) {
    return atLeast ? figure >= limit : figure <= limit;
  }
}
