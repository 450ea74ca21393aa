package dev.allowflux.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
  private static final Pattern SPELT = Pattern.compile("\\\\u\\{([0-9A-F]+)}");

  @Test
  void plainTextStaysAsItIs() {
    String text = "Bücher, 例え, किताब, Ёлка, אבג: a \\ b \"c\" 😀";
    assertThat(SafeText.line(text)).isEqualTo(text);
    assertThat(SafeText.marked(text)).isEqualTo(text);
  }

  @Test
  void blanksOfALineAreSpacesAndWhatIsNotVisibleIsReplaced() {
    assertThat(SafeText.line("a\tb\r\nc\u0085d\u2028e\u2029f\u00a0g\u3000h"))
        .isEqualTo("a b  c d e f g h");
    assertThat(SafeText.line("\u001b[2J\u0000\u007f\u009b\u202e\u2066\u200b\u200d\ufeff\u00ad"))
        .isEqualTo("�[2J" + "�".repeat(9));
    assertThat(SafeText.line("\ud800x\udc00 \ue000 \u0378 \u3164 \ufe0f \udb40\udc41"))
        .isEqualTo("�x� � � � � �");
  }

  @Test
  void marksDoNotDrawOverTheLinesAroundThem() {
    assertThat(SafeText.line("e\u0301")).isEqualTo("e\u0301");
    assertThat(SafeText.line("e" + "\u0301".repeat(40)))
        .isEqualTo("e" + "\u0301".repeat(4) + "�".repeat(36));
    assertThat(SafeText.line("\u0301e \u0301")).isEqualTo("�e �");
  }

  @Test
  void aLineThatIsTooLongEndsInAnEllipsisAndBreaksNoPair() {
    assertThat(SafeText.line("abcdef", 6)).isEqualTo("abcdef");
    assertThat(SafeText.line("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(SafeText.line("abcd😀", 6)).isEqualTo("abcd😀");
    assertThat(SafeText.line("abcd😀e", 6)).isEqualTo("abcd…");
    assertThat(SafeText.line("😀😀", 3)).isEqualTo("😀…");
    assertThat(SafeText.line("😀", 1)).isEqualTo("…");
    assertThat(SafeText.line("", 1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "\u202evideo.example,\\u{202E}video.example",
        "video\u200b.example,video\\u{200B}.example",
        "video.example\u00a0,video.example\\u{A0}",
        " video.example,\\u{20}video.example",
        "a  b c,a\\u{20}\\u{20}b c",
        "p\u0430ypal.example,p\\u{430}ypal.example",
        "\u0430pple,\\u{430}pple",
        "ѕсоре.example,\\u{455}\\u{441}\\u{43E}\\u{440}\\u{435}.example",
        "a\uff0eexample,a\\u{FF0E}example",
        "\uff42oats,\\u{FF42}oats",
        "\ud835\udc1boats,\\u{1D41B}oats",
        "bo\u2010ats,bo\\u{2010}ats",
        "bu\u0308cher,bu\\u{308}cher",
        "\u212bb,\\u{212B}b",
        "\u1100\u1161,\\u{1100}\\u{1161}",
        "אב.12,\\u{5D0}\\u{5D1}.12",
        "1\u0661,1\\u{661}",
        "a\\u{202E},a\\u{5C}u{202E}",
        "\ud800,\\u{D800}",
        "\u0301a,\\u{301}a"
      })
  void whatMisleadsTheEyeIsSpeltOut(String text, String marked) {
    assertThat(SafeText.marked(text)).isEqualTo(marked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*@(.*\\.)?boats\\.example",
        "bücher.example",
        "例え.テスト",
        "東京タワーtower.example",
        "한국.example",
        "пример.example",
        "παράδειγμα.example",
        "उदाहरण.example",
        "ticket 4711 – für Döner & „Ёлка“",
        "счёт а с у",
        "C:\\users"
      })
  void whatPeopleWriteStaysReadable(String text) {
    assertThat(SafeText.marked(text)).isEqualTo(text);
  }

  @Test
  void anyTextIsShownSafely() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      String text = text(random);
      int max = 1 + random.nextInt(30);
      String line = SafeText.line(text, max);
      assertThat(line.length()).as("seed %s case %s", seed, i).isLessThanOrEqualTo(max);
      for (String shown : new String[] {line, SafeText.line(text), SafeText.marked(text)}) {
        assertThat(shown.codePoints())
            .as("seed %s case %s", seed, i)
            .allMatch(c -> CodePoints.isVisible(c) && (c == ' ' || !CodePoints.isBlank(c)));
      }
    }
  }

  @Test
  void differentTextsAreMarkedDifferently() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, String> texts = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      String text = text(random);
      String marked = SafeText.marked(text);
      String other = texts.putIfAbsent(marked, text);
      assertThat(other == null || other.equals(text)).as("seed %s case %s", seed, i).isTrue();
      String back = SPELT.matcher(marked).replaceAll(SafeTextTest::character);
      assertThat(back).as("seed %s case %s", seed, i).isEqualTo(text);
    }
  }

  private static String character(MatchResult spelt) {
    String c = Character.toString(Integer.parseInt(spelt.group(1), 16));
    return c.equals("\\") || c.equals("$") ? "\\" + c : c;
  }

  /** Halves of pairs only where they cannot become one with their neighbour. */
  private static String text(Random random) {
    String[] bits = {
      " ", "a", "b", ".", "@", "\\", "u", "{", "}", "\\u{", "20}", "1", "\u0430", "\u0441", "ж",
      "\u0301", "\u0308", "ü", "\u00a0", "\u200b", "\u202e", "א", "\u0661", "例", "テ", "\uff0e",
      "\n", "\u0000", "\ud800a", "\u1100", "\u1161", "\u3164", "😀", "\u212b", "…"
    };
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(10); n > 0; n--) {
      int any = random.nextInt(0x110000);
      text.append(
          random.nextInt(10) > 0 || (any >= 0xd800 && any < 0xe000)
              ? bits[random.nextInt(bits.length)]
              : Character.toString(any));
    }
    return text.toString();
  }
}
