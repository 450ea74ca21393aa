package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Owners and last days of policies, which stand in a tag in their comments. */
@Timeout(240)
class ExpiryIT {
  @TempDir Path folder;

  private ApiSimulator api;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(0).noRateLimit().start();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Run run(String... args) {
    return Run.of(Run.environment(api), args);
  }

  private String create(String pattern, String... more) {
    List<String> args =
        new ArrayList<>(List.of("create", "--pattern", pattern, "--pattern-type", "DOMAIN"));
    args.addAll(List.of(more));
    Run run = run(args.toArray(String[]::new));
    assertThat(run.exit()).as(run.err()).isZero();
    return run.out().replaceFirst("(?s)\\{\"id\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void createPutsOwnerAndLastDayBehindTheComments() {
    String id =
        create("a.example", "--comments", "ticket", "--owner", "team-a", "--expires", "30d");

    String day = LocalDate.now(ZoneOffset.UTC).plusDays(30).toString();
    assertThat(api.policyJson(id))
        .contains("\"comments\":\"ticket [allowflux:owner=team-a expires=" + day + "]\"");
  }

  @Test
  void editKeepsTheTextOfTheComments() {
    String id = create("a.example", "--comments", "ticket 4711");

    Run run = run("edit", id, "--expires", "2099-12-31");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(api.policyJson(id))
        .contains("\"comments\":\"ticket 4711 [allowflux:expires=2099-12-31]\"");
  }

  @Test
  void aDayThatIsNoneIsRefusedInOneLine() {
    Run run =
        run("create", "--pattern", "a.example", "--pattern-type", "DOMAIN", "--expires", "soon");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--expires must be a day such as 2027-03-31");
    assertThat(api.size()).isZero();
  }

  @Test
  void listAndExportSelectAndShowByTag() throws IOException {
    create("a.example", "--comments", "[allowflux:owner=team-a expires=2020-01-31]");
    create("b.example", "--owner", "team-b", "--expires", "2099-01-31");
    create("c.example");
    Path file = folder.resolve("expired.csv");

    Run mine = run("list", "--owner", "team-b", "--fields", "pattern,owner,expires");
    Run nobodys = run("list", "--owner", "-", "--fields", "pattern");
    Run expired =
        run(
            "export",
            "--expired",
            "--format",
            "csv",
            "--fields",
            "pattern,expires",
            "--output",
            file.toString());

    assertThat(mine.lines())
        .containsExactly(
            "{\"pattern\":\"b.example\",\"owner\":\"team-b\",\"expires\":\"2099-01-31\"}");
    assertThat(nobodys.lines()).containsExactly("{\"pattern\":\"c.example\"}");
    assertThat(expired.err()).contains("exported 1 policy");
    assertThat(Files.readString(file, UTF_8))
        .isEqualTo("pattern,expires\r\na.example,2020-01-31\r\n");
  }

  @Test
  void aSyncDeletesWhatTheFileSaysIsOver() throws IOException {
    String csv =
        "pattern,pattern_type,owner,expires\r\n"
            + "over.example,DOMAIN,team-a,2020-01-31\r\n"
            + "kept.example,DOMAIN,team-a,2099-01-31\r\n";
    Path file = Files.writeString(folder.resolve("policies.csv"), csv);
    create("over.example", "--comments", "[allowflux:owner=team-a expires=2020-01-31]");

    Run upsert = run("plan", file.toString(), "--mode", "upsert");
    Run sync =
        run(
            "sync",
            file.toString(),
            "--mode",
            "owned",
            "--owner",
            "team-a",
            "--yes",
            "--journal",
            folder.resolve("journal").toString());
    Run again = run("plan", file.toString(), "--mode", "owned", "--owner", "team-a");

    assertThat(upsert.out() + upsert.err()).contains("1 policy has expired and stays");
    assertThat(sync.exit()).as(sync.err()).isZero();
    assertThat(api.size()).isOne();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.out() + again.err()).contains("0 to create, 0 to edit, 0 to delete");
  }
}
