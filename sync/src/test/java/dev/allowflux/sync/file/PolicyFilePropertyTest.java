package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.allowflux.error.InputException;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.sync.internal.input.CsvRowReader;
import dev.allowflux.sync.internal.input.DamagedInputException;
import dev.allowflux.sync.internal.input.InputText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyFilePropertyTest {
  private static final PolicyFileReader UPSERT = PolicyFileReader.of(new SyncMode.Upsert());
  private static final PolicyFileReader ALL = PolicyFileReader.of(new SyncMode.All());

  private static final String[] PIECES = {
    "a",
    "ticket 7",
    "\"",
    "\"\"",
    ",",
    ";",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "=1+1",
    "\\",
    "'",
    "é",
    "漢字",
    "\ud83d\ude80",
    "\u202e",
    "\u2028",
    "\u001b[31m",
    "{",
    "}",
    "]",
    "\u0001",
    "sep=;",
    "|",
    "\u00a0"
  };

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void everyPolicyComesBackFromCsvAndJson() throws IOException {
    List<AllowPolicy> policies = Stream.generate(this::policy).limit(2_000).toList();

    for (byte[] text : List.of(csv(policies), lines(policies), list(policies))) {
      List<DesiredPolicy> read = new ArrayList<>();
      PolicyFileReport report = ALL.read("file", new ByteArrayInputStream(text), read::add);

      assertThat(read).as("seed %d", seed).hasSameSizeAs(policies);
      assertThat(report.noteCount()).as("seed %d", seed).isZero();
      for (int i = 0; i < read.size(); i++) {
        assertThat(read.get(i))
            .as("seed %d, policy %d", seed, i)
            .isEqualTo(desired(policies.get(i)));
      }
    }
  }

  /**
   * In a mode that deletes. What is cut at the end of a line cannot be told from a shorter file.
   */
  @Test
  void aFileThatIsCutAnywhereHasItsWholeLinesOrIsRefused() throws IOException {
    for (int round = 0; round < 8; round++) {
      List<AllowPolicy> policies = Stream.generate(this::policy).limit(5).toList();
      List<DesiredPolicy> whole = policies.stream().map(PolicyFilePropertyTest::desired).toList();
      for (byte[] text : List.of(csv(policies), lines(policies), list(policies))) {
        boolean isList = text[0] == '[';
        int refused = 0;
        for (int end = 0; end < text.length; end++) {
          List<DesiredPolicy> read = read(ALL, Arrays.copyOf(text, end));
          if (read == null) {
            refused++;
            continue;
          }
          String as = "seed %d, round %d, %d of %d bytes".formatted(seed, round, end, text.length);
          assertThat(read).as(as).isEqualTo(whole.subList(0, read.size()));
          boolean atLineStart = end == 0 || text[end - 1] == '\n' || text[end - 1] == '\r';
          assertThat(isList ? end == 0 || end == text.length - 1 : atLineStart).as(as).isTrue();
        }
        assertThat(refused).as("seed %d, round %d", seed, round).isGreaterThan(text.length / 2);
      }
    }
  }

  /** In a mode that does not: the last row alone may be cut, which is reported. */
  @Test
  void aFileThatIsCutHasNoOtherPoliciesThanTheWholeOne() throws IOException {
    for (int round = 0; round < 8; round++) {
      List<AllowPolicy> policies = Stream.generate(this::policy).limit(5).toList();
      List<DesiredPolicy> whole = policies.stream().map(PolicyFilePropertyTest::desired).toList();
      byte[] text = csv(policies);
      for (int end = 0; end < text.length; end++) {
        List<DesiredPolicy> read = new ArrayList<>();
        PolicyFileReport report;
        try {
          report = UPSERT.read("f", new ByteArrayInputStream(text, 0, end), read::add);
        } catch (InputException e) {
          continue;
        }
        String as = "seed %d, round %d, %d of %d bytes".formatted(seed, round, end, text.length);
        int sure = report.noteCount() == 0 ? read.size() : Math.max(0, read.size() - 1);
        assertThat(read.subList(0, sure)).as(as).isEqualTo(whole.subList(0, sure));
      }
    }
  }

  @Test
  void whatFastcsvTakesForWellFormedReadsTheSameHere() throws IOException {
    int compared = 0;
    for (int round = 0; round < 50_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        String piece = PIECES[random.nextInt(PIECES.length)];
        text.append(random.nextBoolean() ? piece : "\"" + piece.replace("\"", "\"\"") + "\"");
        text.append(",,\n".charAt(random.nextInt(3)));
      }
      List<List<String>> expected;
      List<List<String>> read;
      try {
        expected =
            CsvReader.builder()
                .trimWhitespacesAroundQuotes(true)
                .skipEmptyLines(false)
                .ofCsvRecord(text.toString())
                .stream()
                .map(CsvRecord::getFields)
                .toList();
        read = rows(text.toString());
      } catch (RuntimeException | DamagedInputException e) {
        continue;
      }
      compared++;
      assertThat(read).as("seed %d, round %d: %s", seed, round, text).isEqualTo(expected);
    }
    assertThat(compared).as("seed %d", seed).isGreaterThan(10_000);
  }

  @Test
  void anyTextIsReadOrRefusedInWords() throws IOException {
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] text = random.nextBoolean() ? csv(List.of(policy())) : lines(List.of(policy()));
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        text[random.nextInt(text.length)] = (byte) random.nextInt(256);
      }
      try {
        UPSERT.read("f", new ByteArrayInputStream(text), policy -> {});
      } catch (InputException e) {
        refused++;
        assertThat(e.problems())
            .as("seed %d, round %d", seed, round)
            .allSatisfy(
                problem -> {
                  assertThat(problem.line()).isPositive();
                  assertThat(problem.column()).isPositive();
                  assertThat(problem.reason()).doesNotContainPattern("[\\p{Cc}\\u2028\\u202e]");
                  assertThat(problem.reason()).doesNotContain("Exception", "Input length");
                });
      }
    }
    assertThat(refused).as("seed %d", seed).isGreaterThan(5_000);
  }

  private static List<List<String>> rows(String text) throws IOException {
    InputText input = new InputText(new ByteArrayInputStream(text.getBytes(UTF_8)));
    CsvRowReader rows = new CsvRowReader(input, ',');
    List<List<String>> all = new ArrayList<>();
    for (List<CsvRowReader.Cell> row = rows.next(); row != null; row = rows.next()) {
      all.add(row.stream().map(CsvRowReader.Cell::text).toList());
    }
    return all;
  }

  private static @Nullable List<DesiredPolicy> read(PolicyFileReader reader, byte[] text)
      throws IOException {
    List<DesiredPolicy> read = new ArrayList<>();
    try {
      reader.read("file", new ByteArrayInputStream(text), read::add);
      return read;
    } catch (InputException e) {
      return null;
    }
  }

  private static byte[] csv(List<AllowPolicy> policies) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PolicyCsvWriter.of(PolicyField.ofApi()).write(policies, out);
    return out.toByteArray();
  }

  private static byte[] lines(List<AllowPolicy> policies) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PolicyNdjsonWriter.ofAllFields().write(policies, out);
    return out.toByteArray();
  }

  private static byte[] list(List<AllowPolicy> policies) throws IOException {
    String objects = String.join(",\n", new String(lines(policies), UTF_8).lines().toList());
    return ("[" + objects + "]\n").getBytes(UTF_8);
  }

  /** A policy whose pattern can be written; whatever else it has came from strangers. */
  private AllowPolicy policy() {
    int number = random.nextInt(1000);
    return switch (random.nextInt(4)) {
      case 0 -> policy("EMAIL", "user" + number + "@shop.example", false);
      case 1 -> policy("DOMAIN", "shop" + number + ".example", false);
      case 2 -> policy("IP", "203.0.113." + number % 256, false);
      default -> policy("EMAIL", ".*@shop" + number + "(,|\")\\.example", true);
    };
  }

  private AllowPolicy policy(String type, String pattern, boolean isRegex) {
    return AllowPolicy.builder()
        .id(new PolicyId("id" + random.nextInt()))
        .createdAt(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)))
        .modifiedAt(random.nextBoolean() ? Instant.ofEpochSecond(random.nextInt()) : null)
        .patternTypeName(type)
        .pattern(pattern)
        .isRegex(isRegex)
        .isTrustedSender(flag())
        .isAcceptableSender(flag())
        .isExemptRecipient(flag())
        .verifySender(flag())
        .comments(comments())
        .build();
  }

  private @Nullable Boolean flag() {
    int state = random.nextInt(3);
    return state == 0 ? null : (Boolean) (state == 1);
  }

  private String comments() {
    StringBuilder text = new StringBuilder("x");
    for (int n = random.nextInt(6); n > 0; n--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private static DesiredPolicy desired(AllowPolicy policy) {
    DesiredPolicy.Builder desired =
        DesiredPolicy.builder()
            .pattern(String.valueOf(policy.pattern()))
            .isTrustedSender(policy.isTrustedSender())
            .isAcceptableSender(policy.isAcceptableSender())
            .isExemptRecipient(policy.isExemptRecipient())
            .verifySender(policy.verifySender())
            .comments(policy.comments());
    if (policy.patternType() != null) {
      desired.patternType(policy.patternType());
    }
    return desired.isRegex(Boolean.TRUE.equals(policy.isRegex())).build();
  }
}
