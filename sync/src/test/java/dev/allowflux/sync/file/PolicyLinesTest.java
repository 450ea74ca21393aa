package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.InputException;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an export says does not depend on the reader: a byte order mark, which no line of the usual
 * form begins with, has everything read by the other one.
 */
class PolicyLinesTest {
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final int TEXTS = Boolean.getBoolean("allowflux.soak") ? 200_000 : 4000;

  /** What a mutation puts into a text, or writes over it. */
  private static final String[] PIECES = {
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    ",",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "é",
    "\u0001",
    "null",
    "{}",
    "\"x\":1,",
    "\"pattern\":\"a\",",
    "\"account_id\":\"a\",",
    "\n\n",
    "domain",
    "yes",
    "0",
    "T",
    ":"
  };

  private static final String LINE =
      "{\"id\":\"p1\",\"created_at\":\"2026-03-04T05:06:07Z\",\"pattern\":\"a.example\","
          + "\"pattern_type\":\"DOMAIN\",\"comments\":\"é\"}";

  /** An input that hands out one byte at a time, as a slow pipe may. */
  private static final class SlowInput extends ByteArrayInputStream {
    SlowInput(byte[] content) {
      super(content);
    }

    @Override
    public synchronized int read(byte[] target, int offset, int count) {
      return super.read(target, offset, Math.min(count, 1));
    }
  }

  private static byte[] marked(byte[] text) {
    byte[] all = new byte[MARK.length + text.length];
    System.arraycopy(MARK, 0, all, 0, MARK.length);
    System.arraycopy(text, 0, all, MARK.length, text.length);
    return all;
  }

  /** Returns all policies, each with its place, then how many there were or what is wrong. */
  private static List<Object> read(InputStream in) throws IOException {
    List<Object> seen = new ArrayList<>();
    try {
      PolicyFileReport report =
          ExportReader.read(
              "list",
              in,
              (policy, place) -> {
                seen.add(place);
                seen.add(policy);
              });
      seen.add(report.policies());
    } catch (InputException e) {
      seen.add(e.problems());
    }
    return seen;
  }

  private static List<Object> read(byte[] text) throws IOException {
    return read(new ByteArrayInputStream(text));
  }

  private static List<Object> readByTheOther(byte[] text) throws IOException {
    return read(marked(text));
  }

  private static byte[] mutated(byte[] text, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = random.nextInt(text.length + 1);
    out.write(text, 0, at);
    int left = at;
    switch (random.nextInt(4)) {
      case 0 -> out.writeBytes(PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8));
      case 1 -> {
        byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8);
        out.writeBytes(piece);
        left = Math.min(text.length, at + piece.length);
      }
      case 2 -> left = Math.min(text.length, at + 1 + random.nextInt(3));
      default -> {
        // Two of the bytes left out would be the mark of UTF-16.
        out.write(random.nextInt(0xFE));
        left = Math.min(text.length, at + 1);
      }
    }
    out.write(text, left, text.length - left);
    return out.toByteArray();
  }

  @Test
  void anExportIsReadTheSameByBothReadersHoweverItIsDamaged() throws IOException {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    for (int i = 0; i < TEXTS; i++) {
      Random random = new Random(seed + i);
      RandomPolicies policies = new RandomPolicies(seed + i);
      StringBuilder lines = new StringBuilder();
      for (int n = random.nextInt(5); n >= 0; n--) {
        AllowPolicy policy = policies.next();
        lines.append(random.nextInt(3) == 0 ? LINE + '\n' : line(policy));
      }
      byte[] text = lines.toString().getBytes(UTF_8);
      for (int n = random.nextInt(3); n > 0; n--) {
        text = mutated(text, random);
      }
      assertThat(read(text))
          .as("seed %d: %s", seed + i, new String(text, UTF_8))
          .isEqualTo(readByTheOther(text));
    }
  }

  private static String line(AllowPolicy policy) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    PolicyNdjsonWriter.ofAllFields().write(List.of(policy), line);
    return line.toString(UTF_8);
  }

  static Stream<String> exports() {
    String longLine = LINE.replace("é", "x".repeat(1 << 17));
    String otherKind = LINE.replace("DOMAIN", "domain");
    return Stream.of(
        LINE,
        LINE + "\n",
        LINE + "\r\n" + LINE + "\r\n",
        LINE + "\r" + LINE + "\r",
        LINE + "\r",
        LINE + "\n\n" + LINE + "\n",
        LINE + "\n" + LINE.replace(",", ",\n") + "\n" + LINE + "\n",
        LINE + "\n" + LINE.replace(",", ",\r") + "\n" + LINE + "\n",
        LINE + "\n" + otherKind + "\n" + LINE + "\n{\"is_regex\":3}\n" + LINE,
        LINE + "\n" + LINE.replace("DOMAIN", "URL") + "\n" + LINE,
        LINE + "\n" + LINE.replace("p1", "..") + "\n" + LINE,
        LINE + "\n" + LINE.replace("2026-03-04T05:06:07Z", "") + "\n" + LINE,
        LINE + "\n" + LINE + LINE + "\n" + LINE,
        LINE + "\nno JSON\n" + LINE + "\n",
        LINE + "\n]\n",
        LINE + "\n\uFEFF" + LINE + "\n" + LINE + "\n",
        LINE + "\n7\n",
        LINE + "\n" + LINE.substring(0, 40),
        LINE + "\n" + longLine + "\n" + LINE + "\n",
        (LINE + "\n").repeat(2000) + "{\"x\":1}\n",
        "",
        "\n",
        "pattern,pattern_type\na.example,DOMAIN\n",
        "[" + LINE + ",\n" + LINE + "]\n");
  }

  @ParameterizedTest
  @MethodSource("exports")
  void theFormOfTheLinesDoesNotMatter(String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);

    assertThat(read(bytes)).isEqualTo(readByTheOther(bytes));
    assertThat(read(new SlowInput(bytes))).isEqualTo(readByTheOther(bytes));
  }

  @Test
  void bytesThatAreNoUtf8AreRefusedWhereTheyStand() throws IOException {
    byte[] text = (LINE + "\n" + LINE.replace("é", "\u00e4") + "\n").getBytes(ISO_8859_1);

    assertThat(read(text)).isEqualTo(readByTheOther(text));
    assertThat(read(text)).last().asString().contains("this is not valid UTF-8");
  }

  /** Lists that were put behind each other may have one in the middle. */
  @Test
  void aMarkOfUtf16IsOneOnlyWhereTheInputBegins() throws IOException {
    String line = LINE.replace("é", "e") + "\n";
    byte[] text = (line + "\u00ff\u00fe" + line).getBytes(ISO_8859_1);

    assertThat(read(text)).isEqualTo(readByTheOther(text));
    assertThat(read(text)).last().asString().contains("this is not valid UTF-8 (byte FF)");
  }

  @Test
  void aLineOfTheUsualFormIsReadWithoutTheOtherReader() throws IOException {
    PolicyLines lines =
        new PolicyLines(new ByteArrayInputStream((LINE + "\n" + LINE).getBytes(UTF_8)));

    assertThat(lines.next()).isNotNull();
    assertThat(lines.line()).isEqualTo(2);
    assertThat(lines.isAtEnd()).isFalse();
    assertThat(lines.next()).isNotNull();
    assertThat(lines.isAtEnd()).isTrue();
    assertThat(lines.next()).isNull();
  }

  @Test
  void theInputStaysOpen() throws IOException {
    boolean[] closed = {false};
    InputStream in =
        new ByteArrayInputStream((LINE + "\n{}\n").getBytes(UTF_8)) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };

    assertThat(read(in)).last().asString().contains("is no policy");
    assertThat(closed).containsExactly(false);
  }
}
