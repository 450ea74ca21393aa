package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RecordedRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code query} of accounts and files. */
@Timeout(240)
class QueryIT {
  private static final String BY_KIND =
      "SELECT pattern_type, count(*) FROM allow_policies GROUP BY 1 ORDER BY 1";

  @TempDir Path folder;

  private Path temporary;

  @BeforeEach
  void makeTemporary() throws IOException {
    temporary = Files.createDirectory(folder.resolve("temporary"));
  }

  private Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("TMPDIR", temporary.toString());
    return environment;
  }

  private Run query(String... arguments) {
    return Run.of(environment(Map.of()), arguments);
  }

  private Path csv() throws IOException {
    return Files.writeString(
        folder.resolve("policies.csv"),
        """
        id,pattern,pattern_type,is_acceptable_sender,verify_sender,created_at,comments,owner
        1,a.example,DOMAIN,true,true,2026-01-02T03:04:05Z,"red\u001b[31m, and\nmore",team-a
        2,b@b.example,EMAIL,true,false,2026-01-03T03:04:05Z,,
        3,A.example,DOMAIN,true,false,2026-01-04T03:04:05Z,,team-a
        """);
  }

  @Test
  void aFileIsCountedByKind() throws IOException {
    Run run = query("query", BY_KIND, csv().toString());

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo(
            "{\"pattern_type\":\"DOMAIN\",\"count(*)\":2}\n"
                + "{\"pattern_type\":\"EMAIL\",\"count(*)\":1}\n");
    assertThat(run.err()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void severalFilesAreOneTable() throws IOException {
    Path list = Files.writeString(folder.resolve("more.txt"), "c.example\nd.example\n");

    Run run = query("query", BY_KIND, csv().toString(), list.toString(), "--format", "csv");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("pattern_type,count(*)\r\nDOMAIN,4\r\nEMAIL,1\r\n");
  }

  @Test
  void anAccountIsReadOverSocketsWithTheNameOfStackQl() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).seed(3).noRateLimit().start()) {
      Run run =
          Run.of(
              environment(Run.environment(api)),
              "query",
              "SELECT account_id, count(*) AS n FROM cloudflare.email_security.allow_policies"
                  + " WHERE account_id = '"
                  + api.accountId()
                  + "' GROUP BY account_id");

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).isEqualTo("{\"account_id\":\"" + api.accountId() + "\",\"n\":2500}\n");
      assertThat(api.requests()).allMatch(request -> request.method().equals("GET"));
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void theServiceSelectsWhatItHasAFilterFor() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).seed(3).noRateLimit().start()) {
      Map<String, String> environment = environment(Run.environment(api));
      String sql = "SELECT count(*) AS n FROM allow_policies WHERE pattern_type = 'IP'";
      Run all = Run.of(environment, "query", sql + " OR FALSE");
      int before = api.requests().size();
      Run selected = Run.of(environment, "query", sql);

      assertThat(selected.exit()).as(selected.err()).isZero();
      assertThat(selected.out()).isEqualTo(all.out()).doesNotContain(":0");
      List<RecordedRequest> requests = api.requests();
      assertThat(requests.subList(before, requests.size()))
          .hasSizeLessThan(before)
          .allMatch(request -> String.valueOf(request.query()).contains("pattern_type=IP"));
    }
  }

  @Test
  void aLimitAloneNeedsOneSmallPage() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).seed(3).noRateLimit().start()) {
      Run run =
          Run.of(
              environment(Run.environment(api)),
              "query",
              "SELECT id, pattern FROM allow_policies LIMIT 3");

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).hasLineCount(3);
      assertThat(api.requests())
          .singleElement()
          .satisfies(request -> assertThat(request.query()).contains("per_page=3"));
    }
  }

  @Test
  void manyAccountsAreOneTableAndAFailedOneIsReported() throws IOException {
    Path list = folder.resolve("tenants.csv");
    try (ApiSimulator api =
        ApiSimulator.builder()
            .policies(30)
            .noRateLimit()
            .addAccount("second", "token-2", 20)
            .addAccount("third", "token-3", 10)
            .start()) {
      Files.writeString(
          list,
          "account,name,credential\n%s,One,env:T1\nsecond,Two,env:T2\nthird,Three,env:NONE\n"
              .formatted(api.accountId()));
      Map<String, String> environment = environment(Run.environment(api));
      environment.put("T1", api.token());
      environment.put("T2", "token-2");

      Run run =
          Run.of(
              environment,
              "query",
              "SELECT account_id, count(*) AS n FROM allow_policies GROUP BY 1 ORDER BY n",
              "--accounts",
              list.toString());

      assertThat(run.exit()).as(run.err()).isEqualTo(4);
      assertThat(run.out())
          .isEqualTo(
              "{\"account_id\":\"second\",\"n\":20}\n{\"account_id\":\"%s\",\"n\":30}\n"
                  .formatted(api.accountId()));
      assertThat(run.err()).contains("3 accounts: 2 done, 1 failed", "account third");
    }
  }

  @Test
  void allAccountsThatTheCredentialSeesAreOneTable() throws IOException {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .accountId("first")
            .policies(30)
            .noRateLimit()
            .addAccount("second", "token-2", 20)
            .addAccount("foreign", "token-3", 10)
            .addUser("operator", "first", "second")
            .start()) {
      Map<String, String> environment =
          environment(
              Map.of("CLOUDFLARE_BASE_URL", api.baseUrl(), "CLOUDFLARE_API_TOKEN", "operator"));
      String sql = "SELECT account_id, count(*) AS n FROM allow_policies GROUP BY 1 ORDER BY n";

      Run run = Run.of(environment, "query", sql, "--accounts", "all");

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out())
          .isEqualTo("{\"account_id\":\"second\",\"n\":20}\n{\"account_id\":\"first\",\"n\":30}\n");
      assertThat(run.err()).contains("2 accounts: 2 done, 0 failed");

      // One account is left out and named, and the other one is the table.
      api.faults(
          FaultScript.of(FaultRule.of(Fault.refusal(404, 7003)).on(Operation.LIST).fromNth(1)));
      Run left = Run.of(environment, "query", sql, "--accounts", "all");
      assertThat(left.exit()).as(left.err()).isZero();
      assertThat(left.out()).hasLineCount(1);
      assertThat(left.err())
          .contains(": left out, without Email Security (404)")
          .contains("2 accounts: 1 done, 1 left out, 0 failed");

      // The account that the query names is the only one that is read.
      api.faults(FaultScript.none());
      api.takeRequests();
      Run named =
          Run.of(
              environment,
              "query",
              "SELECT count(*) AS n FROM allow_policies WHERE account_id = 'second'",
              "--accounts",
              "all");
      assertThat(named.exit()).as(named.err()).isZero();
      assertThat(named.out()).isEqualTo("{\"n\":20}\n");
      assertThat(api.requests())
          .filteredOn(request -> request.operation() == Operation.LIST)
          .isNotEmpty()
          .allMatch(request -> "second".equals(request.accountId()));
    }
  }

  @Test
  void whatAFailedAttemptReadIsNotCounted() throws IOException {
    Path list = folder.resolve("tenants.csv");
    try (ApiSimulator api = ApiSimulator.builder().policies(5000).seed(3).noRateLimit().start()) {
      Files.writeString(list, "account\n" + api.accountId() + "\n");
      String sql = "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM allow_policies";

      api.faults(FaultScript.of(FaultRule.of(Fault.refusal(403, 10000)).fromNth(3)));
      Run again =
          Run.of(environment(Run.environment(api)), "query", sql, "--accounts", list.toString());
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(again.out()).isEqualTo("{\"n\":5000,\"ids\":5000}\n");
      assertThat(api.faultCounts().values()).containsExactly(1L);

      api.faults(FaultScript.of(FaultRule.of(Fault.refusal(403, 10000)).fromNth(3).always()));
      Run failed =
          Run.of(environment(Run.environment(api)), "query", sql, "--accounts", list.toString());
      assertThat(failed.exit()).as(failed.err()).isNotZero();
      assertThat(failed.out()).isEqualTo("{\"n\":0,\"ids\":0}\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account_id,pattern,pattern_type\none,a.example,DOMAIN\ntwo,a.example,DOMAIN\n"
            + "one,b.example,DOMAIN\none,B.example,DOMAIN\n",
        "{\"account_id\":\"one\",\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\"}\n"
            + "{\"account_id\":\"two\",\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\"}\n"
            + "{\"account_id\":\"one\",\"pattern\":\"b.example\",\"pattern_type\":\"DOMAIN\"}\n"
            + "{\"account_id\":\"one\",\"pattern\":\"B.example\",\"pattern_type\":\"DOMAIN\"}\n",
      })
  void theAccountsOfAFileAreKeptApart(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("export"), text);
    Run counted =
        query(
            "query",
            "SELECT account_id, count(*) AS n FROM allow_policies GROUP BY 1 ORDER BY 1",
            file.toString());
    Run duplicates = query("query", "--named", "duplicates", file.toString());

    assertThat(counted.exit()).as(counted.err()).isZero();
    assertThat(counted.out())
        .isEqualTo("{\"account_id\":\"one\",\"n\":3}\n{\"account_id\":\"two\",\"n\":1}\n");
    assertThat(counted.err()).isEmpty();
    assertThat(duplicates.out()).hasLineCount(1).contains("\"one\"").contains("b.example");
  }

  @Test
  void aSimulatorAnswersToo() {
    Run run = query("query", "SELECT count(*) AS n FROM allow_policies", "--simulate", "120");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("{\"n\":120}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"without-verification", "by-owner", "created-this-month", "duplicates"})
  void aNamedQueryNeedsNoSql(String name) throws IOException {
    Run run = query("query", "--named", name, csv().toString());

    assertThat(run.exit()).as(run.err()).isZero();
    if (name.equals("duplicates")) {
      assertThat(run.out()).hasLineCount(1).contains("\"normal_pattern\":\"a.example\"");
    }
  }

  @Test
  void theNamesOfTheNamedQueriesAreSaid() {
    assertThat(query("query").err()).contains("duplicates");
    assertThat(query("query", "--named", "x").err()).contains("by-owner");
    assertThat(query("query", "--help").out()).contains("created-this-month");
  }

  @Test
  void onATerminalNoCellDrawsAnything() throws IOException {
    for (String format : List.of("table", "csv", "ndjson")) {
      Run run =
          Run.onTerminal(
              environment(Map.of("COLUMNS", "60")),
              "query",
              "SELECT id, comments, verify_sender AS \"x\u001b[0m\" FROM allow_policies ORDER BY"
                  + " id",
              csv().toString(),
              "--format",
              format);

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).doesNotContain("\u001b").contains("red");
      assertThat(run.out().lines()).hasSize(format.equals("ndjson") ? 3 : 4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM allow_policies # allowflux plan",
        "SELECT 1; SELECT 2 # a second one begins",
        "SELECT colour FROM allow_policies # the columns are",
        "SELECT * FROM policy # there is one table, allow_policies",
        "SELECT FROM WHERE # cannot be understood",
        "SELECT file_read('/etc/passwd') # is not for queries",
      })
  void aWrongQueryIsRefusedInOneLineBeforeAnythingIsFetched(String test) {
    String[] parts = test.split(" # ", -1);
    try (ApiSimulator api = ApiSimulator.builder().policies(10).start()) {
      Run run = Run.of(environment(Run.environment(api)), "query", parts[0]);

      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains(parts[1]).hasLineCount(1).doesNotContain("    at ");
      assertThat(api.requests()).isEmpty();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void theProgramLoadsItsDatabaseFromTheJarBesideIt() throws Exception {
    try (CliProcess process =
        CliProcess.start(
            folder,
            environment(Map.of()),
            List.of("-Xlog:class+load:file=" + folder.resolve("classes")),
            "query",
            BY_KIND,
            csv().toString())) {
      assertThat(process.out()).hasLineCount(2);
      assertThat(process.exit()).as(process.err()).isZero();
    }
    assertThat(Files.readString(folder.resolve("classes"))).contains("org.h2.Driver");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void noOtherCommandLoadsTheDatabase() throws Exception {
    try (CliProcess process =
        CliProcess.start(
            folder,
            environment(Map.of()),
            List.of("-Xlog:class+load:file=" + folder.resolve("classes")),
            "list",
            "--simulate",
            "3")) {
      assertThat(process.out()).hasLineCount(3);
      assertThat(process.exit()).as(process.err()).isZero();
    }
    assertThat(Files.readString(folder.resolve("classes")).lines())
        .hasSizeGreaterThan(1000)
        .noneMatch(line -> line.contains("org.h2.") || line.contains("PolicyDatabase"));
  }

  /** It sorts nine hundred million rows, of which most would go to a file. */
  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsAQueryAndNothingIsLeftOfIt(String signal) throws Exception {
    Path many =
        Files.writeString(
            folder.resolve("many.csv"),
            IntStream.range(0, 30_000)
                .mapToObj(i -> i + ".example,DOMAIN\n")
                .collect(Collectors.joining("", "pattern,pattern_type\n", "")));
    try (CliProcess process =
        CliProcess.start(
            folder,
            environment(Map.of()),
            List.of("-Xmx128m", "-Djava.io.tmpdir=" + temporary),
            "query",
            "SELECT a.pattern, b.pattern FROM allow_policies a, allow_policies b ORDER BY 2, 1",
            many.toString())) {
      process.await(
          () -> {
            try (var folders = Files.walk(temporary)) {
              return folders.anyMatch(file -> file.toString().endsWith(".temp.db"));
            }
          });
      process.signal(signal);
      assertThat(process.exit()).isEqualTo(signal.equals("INT") ? 130 : 143);
      assertThat(process.err()).isEmpty();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void theReaderOfTheOutputMayGoAway() throws Exception {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    try (CliProcess process =
        CliProcess.start(
            folder,
            environment(Map.of()),
            List.of(),
            "query",
            "SELECT x FROM system_range(1, 100000000)",
            csv().toString())) {
      first.write(process.process().getInputStream().readNBytes(100));
      process.process().getInputStream().close();
      assertThat(process.exit()).as(process.err()).isEqualTo(141);
    }
    assertThat(first.toString(UTF_8)).startsWith("{\"X\":1}\n");
    assertThat(temporary).isEmptyDirectory();
  }
}
