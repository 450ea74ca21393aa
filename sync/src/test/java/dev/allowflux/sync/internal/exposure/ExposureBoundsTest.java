package dev.allowflux.sync.internal.exposure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PatternType;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the judgement of an expression costs, in counts. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ExposureBoundsTest {
  static final int PATHOLOGICAL = 1_000;

  private static final int RANDOM = Soak.count(20_000, 1_000_000);
  private static final long SEED = Long.getLong("allowflux.seed", 20261126);

  /** What nearly all of them need; far below the limits that end a judgement. */
  private static final int USUAL_STATES = 10_000;

  @Test
  void randomExpressionsAreJudgedWithinTheLimits() {
    int undecided = 0;
    int large = 0;
    for (int i = 0; i < RANDOM; i++) {
      String regex = new RandomExpressions(new Random(SEED + i), i % 2 == 0).next();
      Cost cost = judge(regex, "seed " + SEED + ", expression " + i);
      undecided += cost.tooLarge ? 1 : 0;
      large += cost.states > USUAL_STATES ? 1 : 0;
    }
    assertThat(undecided).isZero();
    assertThat(large).isLessThan(RANDOM / 100);
  }

  @Test
  void pathologicalExpressionsAreJudgedWithinTheLimits() {
    List<String> all = PathologicalExpressions.list(PATHOLOGICAL, SEED);
    assertThat(all).hasSizeGreaterThanOrEqualTo(PATHOLOGICAL);
    int tooLarge = 0;
    for (String regex : all) {
      tooLarge += judge(regex, "seed " + SEED).tooLarge ? 1 : 0;
    }
    // Both ends are met: what is decided in spite of its form, and what is given up in time.
    assertThat(tooLarge).isBetween(PATHOLOGICAL / 20, PATHOLOGICAL / 2);
  }

  @Test
  void anyTextIsJudgedWithoutAFailure() {
    int[] characters =
        "ab@.\\\\\\[[]](((())){{}}??**++^$|&&-:=!<>#,0129 pPQENkxucdwbBRXZiuU\u0436\ud83d\u0000\n"
            .codePoints()
            .toArray();
    for (int i = 0; i < RANDOM; i++) {
      Random random = new Random(SEED + i);
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        text.appendCodePoint(characters[random.nextInt(characters.length)]);
      }
      judge(text.toString(), "seed " + SEED + ", text " + i);
      for (PatternType kind : PatternType.values()) {
        assertThat(PatternExposure.of(kind, false, text.toString())).isNotNull();
      }
    }
  }

  @Test
  void whatExhaustsADeterministicAutomatonIsSmallHere() {
    Cost cost = judge("(a|b)*a(a|b){18}@boats\\.example", "");
    assertThat(cost.tooLarge).isFalse();
    assertThat(cost.states).isLessThan(1_000);
    assertThat(cost.steps).isLessThan(20_000);
  }

  @Test
  void aSmallHeapIsEnough() throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-Xmx64m",
                "-Xss512k",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.strip()).endsWith("judged");
  }

  private static Cost judge(String regex, String where) {
    Work work = new Work();
    Work partWork = new Work();
    Exposure exposure;
    try {
      exposure = RegexExposure.of(regex, work, partWork);
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(where + ": " + regex, e);
    }
    for (Work each : List.of(work, partWork)) {
      // One more than the limit is counted before it ends the judgement.
      assertThat(each.states()).as(regex).isLessThanOrEqualTo(Work.MAX_STATES + 1);
      assertThat(each.transitions()).as(regex).isLessThanOrEqualTo(Work.MAX_TRANSITIONS + 1);
      assertThat(each.steps()).as(regex).isLessThan(2 * Work.MAX_STEPS);
    }
    boolean tooLarge =
        exposure.findings().stream()
            .anyMatch(finding -> finding.explanation().contains("too large"));
    return new Cost(tooLarge, work.states(), work.steps());
  }

  private record Cost(boolean tooLarge, int states, long steps) {}

  /** Judges the pathological expressions in a process of its own. */
  static final class SmallHeap {
    private SmallHeap() {}

    public static void main(String[] arguments) {
      PathologicalExpressions.list(PATHOLOGICAL, SEED).forEach(regex -> judge(regex, "small heap"));
      System.out.println("judged");
    }
  }
}
