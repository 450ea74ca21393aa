package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Inputs that went wrong somewhere, each by the command line: its exit code, the line that it
 * names, and that nothing is sent. The files are those of the module sync's tests.
 */
@Timeout(240)
class CasesIT {
  private static final Path TESTS =
      Path.of("..", "sync", "src", "test", "resources", "dev", "allowflux", "sync");
  private static final Path FILES = TESTS.resolve("file/cases");
  private static final Path EXPOSURE = TESTS.resolve("internal/exposure");

  /** Those of regexes.txt that match nobody but people of one owner. */
  private static final Set<String> NARROW =
      Set.of(
          ".*@(.*\\.)?boats\\.example",
          ".*@boats\\.(com|net|de)",
          "(?<dom>boats)\\.example",
          "[[:alnum:]]+@boats\\.example",
          "\\A.*@boats\\.example\\Z");

  private static ApiSimulator api = ApiSimulator.builder().start();
  private static Map<String, String> environment = Map.of();

  @BeforeAll
  static void start() {
    environment = Run.environment(api);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static Run plan(String file, String mode) {
    api.takeRequests();
    return Run.of(environment, "plan", FILES.resolve(file).toString(), "--mode", mode);
  }

  private static Run plan(String input) {
    api.takeRequests();
    return Run.withInput(input, environment, "plan", "-");
  }

  private static void sentNothing() {
    assertThat(api.requests()).isEmpty();
  }

  /** The account was read, and nothing else. */
  private static void wroteNothing() {
    assertThat(api.requests()).allMatch(request -> request.operation() == Operation.LIST);
  }

  // ---------------------------------------------------------------- csv

  @ParameterizedTest
  @ValueSource(strings = {"dashboard-2024", "dashboard-2025", "dashboard-2026", "area1-2022"})
  void everyFormOfTheDashboardIsOnePolicyToCreate(String name) {
    Run run = plan("csv/" + name + ".csv", "all");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.lines())
        .startsWith(
            "+ EMAIL harbour@boats.example",
            "    is_trusted_sender: true",
            "    is_acceptable_sender: true",
            "    verify_sender: true",
            "    comments: \"harbour master\"",
            "");
    assertThat(run.out()).contains("1 to create, 0 to edit, 0 to delete");
    assertThat(run.err().contains("harbour@boats.example is taken for pattern_type EMAIL"))
        .as("what has no kind is reported")
        .isEqualTo(name.startsWith("area1"));
  }

  @Test
  void theWholeFileIsFortyPolicies() {
    assertThat(plan("csv/forty.csv", "all").out()).contains("40 to create");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "csv/forty-unclosed-quote.csv|33:33|the quote that opens here is never closed",
        "csv/spreadsheet-midquote.csv|2:32|a quote within a cell is written twice",
        "csv/spreadsheet-wahr.csv|6:18|is_acceptable_sender must be true or false, not \u2713",
        "csv/spreadsheet-wahr.csv|6:20|verify_sender must be true or false, not x",
        "csv/spreadsheet-wahr.csv|7:24|verify_sender must be true or false, not =TRUE()",
        "patterns/nul.ndjson|1:12|it has a control character, U+0000 NULL at column 14",
        "patterns/rlo.ndjson|1:12|it has an invisible character, U+202E",
        "patterns/zwsp.csv|2:1|it has an invisible character, U+200B",
        "patterns/impossible.csv|2:1|it has a wildcard; write boats.example",
        "patterns/impossible.csv|3:1|its domain begins with a dot, U+002E FULL STOP at column 1",
        "patterns/impossible.csv|4:1|it is a URL; write boats.example",
        "patterns/impossible.csv|7:1|it is a list of 2; write one policy for each",
        "patterns/impossible.csv|8:1|it has nothing in front of the @",
        "patterns/impossible.csv|9:1|it is an e-mail address; set pattern_type to EMAIL",
        "patterns/impossible.csv|10:1|it is a range; write 203.0.113.7, 203.0.113.8/29",
        "patterns/impossible.csv|11:1|it has a netmask; write 203.0.113.0/24",
        "patterns/impossible.csv|12:1|its number 300 is larger than 255, U+0033",
        "patterns/impossible.csv|13:1|it has a number with a leading zero",
        "patterns/impossible.csv|14:1|it has a port; write 203.0.113.7",
        "patterns/impossible.csv|15:1|it has a zone, U+0025",
        "patterns/impossible.csv|16:1|it looks like a regular expression; set is_regex to true",
      })
  void whatIsDamagedOrNoPatternIsRefusedAtItsPlaceInEveryMode(
      String file, String place, String reason) {
    for (String mode : List.of("upsert", "all")) {
      Run run = plan(file, mode);

      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err().lines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith(FILES.resolve(file) + ":" + place + ": ")
                      .contains(reason));
      assertThat(run.out()).isEmpty();
      sentNothing();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "csv/spreadsheet-sep.csv, 1",
    "csv/spreadsheet-trailing-cols.csv, 1",
    "csv/spreadsheet-trailing-rows.csv, 1",
    "csv/spreadsheet-space-quote.csv, 2",
    "csv/spreadsheet-pretty.json, 1"
  })
  void theHabitsOfSpreadsheetsAreRead(String file, int policies) {
    Run run = plan(file, "upsert");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.lines()).startsWith("+ DOMAIN boats.example");
    assertThat(run.out()).contains(policies + " to create");
  }

  // ---------------------------------------------------------------- patterns

  @Test
  void whatCertainlyMeansAPatternIsTurnedIntoItAndReported() {
    Run run = plan("patterns/nbsp-end.csv", "upsert");

    assertThat(run.exit()).isZero();
    assertThat(run.lines()).startsWith("+ DOMAIN video.example");
    assertThat(run.err())
        .isEqualTo(
            "allowflux: "
                + FILES.resolve("patterns/nbsp-end.csv")
                + ":2:1: pattern is read as video.example, without white space around it\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mailto:a@boats.example", "<a@boats.example>", "A <a@boats.example>"})
  void anAddressInTheClothesOfAMailerIsTheAddress(String pattern) {
    Run run =
        plan(
            "pattern,pattern_type,is_trusted_sender,verify_sender\n"
                + pattern
                + ",EMAIL,true,true\n");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.lines()).startsWith("+ EMAIL a@boats.example");
    assertThat(run.err()).startsWith("allowflux: standard input:2:1: pattern is read as a@");
  }

  // ---------------------------------------------------------------- exposure

  static Stream<String> broad() throws IOException {
    return Files.readAllLines(EXPOSURE.resolve("broad.csv")).stream().skip(1);
  }

  @ParameterizedTest
  @MethodSource("broad")
  void whatIsBroadIsRefusedHoweverItIsSpelt(String row) {
    Run run = plan("pattern,pattern_type,is_acceptable_sender,verify_sender\n" + row + "\n");

    assertThat(run.exit()).isIn(2, 9);
    if (run.exit() == 2) {
      assertThat(run.err()).contains("standard input:2:1: pattern is not a usable ");
      sentNothing();
    } else {
      assertThat(run.err()).contains("refused by a safety rule", "(override: --allow ");
      wroteNothing();
    }
  }

  static Stream<String> regexes() throws IOException {
    return Files.readAllLines(EXPOSURE.resolve("regexes.txt")).stream();
  }

  @ParameterizedTest
  @MethodSource("regexes")
  void anExpressionPassesOnlyIfItMatchesNobodyButOneOwnersPeople(String regex) {
    Run run =
        plan(
            "{\"pattern\":\"%s\",\"pattern_type\":\"EMAIL\",\"is_regex\":true,\"verify_sender\":true,\"is_acceptable_sender\":true}\n"
                .formatted(regex.replace("\\", "\\\\")));

    if (NARROW.contains(regex)) {
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.lines()).startsWith("+ EMAIL regex " + regex);
    } else if (regex.contains("(?#")) {
      assertThat(run.exit()).as("no expression of Java").isEqualTo(2);
      sentNothing();
    } else {
      assertThat(run.exit()).as(run.err()).isEqualTo(9);
      assertThat(run.err())
          .containsAnyOf(
              "--allow broad-regex", "--allow undecidable-regex", "--allow free-mail-provider");
      wroteNothing();
    }
  }
}
