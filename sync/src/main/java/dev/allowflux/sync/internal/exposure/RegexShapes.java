package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges expressions of one shape once: those that differ in nothing but the letters of a domain at
 * their end, as most in an account do.
 *
 * <p>The letters of a domain that no list knows decide nothing: each stands alone for itself, and
 * every grammar takes one as it takes another. So an expression is judged with other letters in
 * their places, and what was found is kept; in an example the letters are put back. It is kept only
 * where nothing is wrong, where the one example shows the domain, and where the judgement came
 * nowhere near its limits, which other letters might reach otherwise.
 */
final class RegexShapes {
  private static final int MOST = 4_096;
  private static final int MARGIN = 10;
  private static final String AFTER = '.' + RegexExposure.STRANGER + ".com";
  private static final String BEFORE = "billing@" + RegexExposure.STRANGER;

  private static final Map<RegexShape.Key, Optional<Exposure>> JUDGED = new ConcurrentHashMap<>();

  private RegexShapes() {}

  static Exposure judge(RegexNode regex) {
    RegexShape shape = RegexShape.of(regex);
    if (shape == null) {
      return RegexExposure.of(regex, new Work(), new Work());
    }
    Optional<Exposure> known = JUDGED.get(shape.key());
    if (known == null) {
      known = judged(shape);
      if (JUDGED.size() >= MOST) {
        JUDGED.clear();
      }
      JUDGED.put(shape.key(), known);
    }
    return known
        .map(exposure -> withDomain(exposure, shape))
        .orElseGet(() -> RegexExposure.of(regex, new Work(), new Work()));
  }

  /** Judges the shape; empty if each expression of it must be judged for itself. */
  private static Optional<Exposure> judged(RegexShape shape) {
    if (!shape.isSound()) {
      return Optional.empty();
    }
    Work work = new Work();
    Work partWork = new Work();
    Exposure exposure = RegexExposure.of(shape.key().regex(), work, partWork);
    boolean kept =
        exposure.findings().isEmpty()
            && isSmall(work)
            && isSmall(partWork)
            && exposure.warnings().stream().allMatch(warning -> isKept(warning, shape.key()));
    return kept ? Optional.of(exposure) : Optional.empty();
  }

  private static boolean isSmall(Work work) {
    return work.states() < Work.MAX_STATES / MARGIN
        && work.transitions() < Work.MAX_TRANSITIONS / MARGIN
        && work.steps() < Work.MAX_STEPS / MARGIN;
  }

  private static boolean isKept(Warning warning, RegexShape.Key key) {
    if (key.whole() || warning.examples().size() != 1) {
      return false;
    }
    String example = warning.examples().get(0);
    int at = example.indexOf(key.domain());
    return at >= 0
        && example.indexOf(key.domain(), at + 1) < 0
        && (example.endsWith(AFTER) || example.startsWith(BEFORE));
  }

  private static Exposure withDomain(Exposure exposure, RegexShape shape) {
    if (exposure.warnings().isEmpty()) {
      return exposure;
    }
    List<Warning> warnings =
        exposure.warnings().stream()
            .map(
                warning ->
                    new Warning(
                        warning.kind(),
                        warning.explanation(),
                        warning.examples().stream()
                            .map(text -> text.replace(shape.key().domain(), shape.domain()))
                            .toList()))
            .toList();
    return new Exposure(List.of(), warnings);
  }
}
