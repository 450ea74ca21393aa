package dev.allowflux.sync.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.error.InputException;
import dev.allowflux.error.InputException.Problem;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that went wrong somewhere, and what each should give. */
class PolicyFileCasesTest {
  private final PolicyFileReader upsert = PolicyFileReader.of(new SyncMode.Upsert());
  private final PolicyFileReader all = PolicyFileReader.of(new SyncMode.All());

  private PolicyFileReport report;

  @ParameterizedTest
  @ValueSource(strings = {"dashboard-2024", "dashboard-2025", "dashboard-2026", "area1-2022"})
  void everyFormOfTheDashboardGivesTheSamePolicy(String name) throws Exception {
    DesiredPolicy policy = read(all, "csv/" + name + ".csv").get(0);

    assertThat(policy.pattern()).isEqualTo("harbour@boats.example");
    assertThat(policy.patternType()).isEqualTo(PatternType.EMAIL);
    assertThat(policy.isRegex()).isFalse();
    assertThat(policy.verifySender()).isTrue();
    assertThat(policy.isTrustedSender()).isTrue();
    assertThat(policy.isExemptRecipient()).isFalse();
    assertThat(policy.isAcceptableSender()).isTrue();
    assertThat(policy.comments()).isEqualTo("harbour master");
    assertThat(report.policies()).isEqualTo(1);
    assertThat(report.notes()).hasSize(name.startsWith("area1") ? 1 : 0);
  }

  @Test
  void aKindThatFollowsFromThePatternIsReported() throws Exception {
    read(upsert, "csv/area1-2022.csv");

    assertThat(report.notes())
        .singleElement()
        .satisfies(
            note -> {
              assertThat(note.line()).isEqualTo(2);
              assertThat(note.text()).contains("EMAIL");
            });
  }

  @Test
  void aWholeFileIsReadInAModeThatDeletes() throws Exception {
    assertThat(read(all, "csv/forty.csv")).hasSize(40);
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void aQuoteThatIsNeverClosedIsRefusedWhereItOpens() throws Exception {
    Problem problem = onlyProblem("csv/forty-unclosed-quote.csv");

    assertThat(problem.line()).isEqualTo(33);
    assertThat(problem.column()).isEqualTo(33);
    assertThat(problem.reason()).isEqualTo("the quote that opens here is never closed");
  }

  @Test
  void aQuoteWithinACellIsRefusedOnItsLine() throws Exception {
    Problem problem = onlyProblem("csv/spreadsheet-midquote.csv");

    assertThat(problem.line()).isEqualTo(2);
    assertThat(problem.reason()).contains("a quote within a cell is written twice");
  }

  @ParameterizedTest
  @CsvSource({
    "spreadsheet-sep.csv, 1",
    "spreadsheet-trailing-cols.csv, 1",
    "spreadsheet-trailing-rows.csv, 1",
    "spreadsheet-space-quote.csv, 2",
    "spreadsheet-pretty.json, 1"
  })
  void theHabitsOfSpreadsheetsAreRead(String name, int policies) throws Exception {
    List<DesiredPolicy> read = read(upsert, "csv/" + name);

    assertThat(read).hasSize(policies);
    assertThat(read.get(0).pattern()).isEqualTo("boats.example");
    assertThat(read.get(0).patternType()).isEqualTo(PatternType.DOMAIN);
  }

  @Test
  void aBlankBeforeAQuoteDoesNotMakeItPartOfTheCell() throws Exception {
    assertThat(read(upsert, "csv/spreadsheet-space-quote.csv"))
        .extracting(DesiredPolicy::comments)
        .containsExactly("a, b", "x");
  }

  @Test
  void wordsForTrueAreReadWhereTheyAreCertainAndRefusedElsewhere() throws Exception {
    assertThat(problems("csv/spreadsheet-wahr.csv"))
        .extracting(Problem::line)
        .containsExactly(6L, 6L, 7L);
  }

  @ParameterizedTest
  @CsvSource({
    "nbsp-end.csv, DOMAIN, video.example",
  })
  void whatCertainlyMeansAPatternIsTurnedIntoItAndReported(
      String name, PatternType type, String pattern) throws Exception {
    List<DesiredPolicy> read = read(upsert, "patterns/" + name);

    assertThat(read).extracting(DesiredPolicy::pattern).containsExactly(pattern);
    assertThat(read).extracting(DesiredPolicy::patternType).containsExactly(type);
    assertThat(report.notes()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "nul.ndjson, 1, U+0000",
    "rlo.ndjson, 1, U+202E",
    "zwsp.csv, 2, U+200B",
  })
  void charactersThatNobodySeesAreRefusedByTheirNumber(String name, long line, String number)
      throws Exception {
    Problem problem = onlyProblem("patterns/" + name);

    assertThat(problem.line()).isEqualTo(line);
    assertThat(problem.column()).isPositive();
    assertThat(problem.reason()).contains(number);
  }

  @Test
  void whatIsNoPatternOfItsKindIsRefusedOnItsLine() throws Exception {
    List<Problem> problems = problems("patterns/impossible.csv");

    // Lines 5 and 6, mailto: and angle brackets, certainly mean an address.
    assertThat(problems)
        .extracting(Problem::line)
        .containsExactly(2L, 3L, 4L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L);
    assertThat(problems)
        .allMatch(problem -> problem.reason().startsWith("pattern is not a usable"));
  }

  private Problem onlyProblem(String name) throws Exception {
    List<Problem> problems = problems(name);
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  /** What is wrong is the same in every mode. */
  private List<Problem> problems(String name) throws Exception {
    Path file = file(name);
    List<List<Problem>> problems = new ArrayList<>();
    for (PolicyFileReader reader : List.of(upsert, all)) {
      InputException e =
          catchThrowableOfType(InputException.class, () -> reader.read(file, policy -> {}));
      assertThat(e).as(name).isNotNull();
      assertThat(e.problems()).extracting(Problem::source).containsOnly(file.toString());
      problems.add(e.problems());
    }
    assertThat(problems.get(0)).isEqualTo(problems.get(1));
    return problems.get(0);
  }

  private List<DesiredPolicy> read(PolicyFileReader reader, String name)
      throws IOException, URISyntaxException {
    List<DesiredPolicy> read = new ArrayList<>();
    report = reader.read(file(name), read::add);
    return read;
  }

  private static Path file(String name) throws URISyntaxException {
    URL resource = PolicyFileCasesTest.class.getResource("cases/" + name);
    return Path.of(Objects.requireNonNull(resource, name).toURI());
  }
}
