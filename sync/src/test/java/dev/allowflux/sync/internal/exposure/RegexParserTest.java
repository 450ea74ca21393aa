package dev.allowflux.sync.internal.exposure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.allowflux.sync.internal.exposure.regex.RegexParser;
import dev.allowflux.sync.internal.exposure.regex.UndecidableRegexException;
import dev.allowflux.testkit.Soak;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser and the automaton against Java's own matcher, on texts that are short. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RegexParserTest {
  private static final int EXPRESSIONS = Soak.count(40_000, 2_000_000);
  private static final int TEXTS = 12;
  private static final int[] PLAIN = "aabbcx1@@..-k".codePoints().toArray();
  private static final int[] ODD =
      "aabbcx1@@..-kABCK &^#]}\u00e9\u00c9\u0416\u0436\u0439\u212a\u017f\u00df\u1e9e\ud83d\ude00"
          .codePoints()
          .toArray();

  @Test
  void whatJavaMatchesIsAccepted() {
    compare(true);
  }

  @Test
  void withoutFlagsAndPossessiveRepetitionHardlyAnythingElseIsAccepted() {
    int wider = compare(false);
    // Java itself misses a match now and then, where what is repeated can be empty.
    assertThat(wider).isLessThan(EXPRESSIONS / 1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a)",
        "(a",
        "[a",
        "[",
        "a{",
        "a{1",
        "a{2,1}",
        "a{99999999999}",
        "*a",
        "a**",
        "a\\",
        "\\y",
        "\\p{Nope}",
        "\\p{",
        "\\pQ",
        "\\x4",
        "\\x{110000}",
        "\\u12",
        "\\09",
        "\\c",
        "(?#a)",
        "(?y)",
        "(?<1>a)",
        "(?<a",
        "[b-a]",
        "[&&]",
        "[^]",
        "\\N{NOPE}",
        "(?-",
        "[[a]",
        "\\E"
      })
  void whatJavaRefusesIsRefusedWithoutACrash(String regex) {
    assertThatThrownBy(() -> Pattern.compile(regex)).isInstanceOf(PatternSyntaxException.class);
    assertThatThrownBy(() -> RegexParser.parse(regex))
        .isInstanceOf(UndecidableRegexException.class)
        .hasMessageContaining("no Java regular expression");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(?=a)a; look-around",
        "(?!a)b; look-around",
        "(?<=a)b; look-around",
        "(?<!a)b; look-around",
        "(a)\\1; back reference",
        "(?<n>a)\\k<n>; back reference",
        "(?c)a; canonical equivalence"
      })
  void whatCannotBeDecidedSaysWhy(String regex, String reason) {
    assertThatThrownBy(() -> RegexParser.parse(regex))
        .isInstanceOf(UndecidableRegexException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void deepNestingIsRefusedWithoutAnOverflow() {
    for (String open : new String[] {"(", "[", "(?:", "[a&&"}) {
      String close = open.startsWith("[") ? "]" : ")";
      assertThatThrownBy(() -> RegexParser.parse(open.repeat(50_000) + "a" + close.repeat(50_000)))
          .isInstanceOf(UndecidableRegexException.class)
          .hasMessageContaining("too deeply");
    }
  }

  /** Returns the number of expressions of which more is accepted than Java matches. */
  private static int compare(boolean odd) {
    long seed = Long.getLong("allowflux.seed", 20261126);
    int matched = 0;
    int wider = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      Random random = new Random(seed + i);
      String regex = new RandomExpressions(random, odd).next();
      try {
        Verdict verdict = compare(regex, random, odd ? ODD : PLAIN);
        matched += verdict.matched ? 1 : 0;
        wider += verdict.wider ? 1 : 0;
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", expression " + i + ": " + regex, e);
      }
    }
    // If hardly anything matched, this would prove nothing.
    assertThat(matched).isGreaterThan(EXPRESSIONS / 5);
    return wider;
  }

  private static Verdict compare(String regex, Random random, int[] alphabet) {
    Pattern pattern = compile(regex);
    Automaton automaton;
    try {
      automaton = AutomatonBuilder.whole(RegexParser.parse(regex), new Work());
    } catch (UndecidableRegexException e) {
      if (pattern != null && e.reason().contains("no Java regular expression")) {
        fail("Java takes what was refused: " + e.reason());
      }
      return new Verdict(false, false);
    }
    if (pattern == null) {
      return new Verdict(false, false);
    }
    StateSets states = new StateSets(automaton, new Work());
    boolean matched = false;
    boolean wider = false;
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random, alphabet);
      boolean matches = matches(pattern, text);
      boolean accepts = states.accepts(text);
      if (matches && !accepts) {
        fail("not accepted: " + text);
      }
      matched |= matches;
      wider |= accepts && !matches;
    }
    return new Verdict(matched, wider);
  }

  private record Verdict(boolean matched, boolean wider) {}

  private static boolean matches(Pattern pattern, String text) {
    try {
      return pattern.matcher(text).matches();
    } catch (StringIndexOutOfBoundsException e) {
      // Java's own fault with a possessive \\b{g}.
      return false;
    }
  }

  private static @Nullable Pattern compile(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      return null;
    }
  }

  private static String text(Random random, int[] alphabet) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(6); length > 0; length--) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }
}
