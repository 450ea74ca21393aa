package dev.allowflux.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What queries find, and what they leave behind. */
@Timeout(60)
class PolicyDatabaseTest {
  @TempDir Path folder;

  @Test
  void countsByKindAsTheNumberOfAColumnSays() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(
              Policies.rows(
                  database,
                  "SELECT pattern_type, count(*) FROM allow_policies GROUP BY 1 ORDER BY 1"))
          .containsExactly("DOMAIN|2", "EMAIL|1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allow_policies",
        "ALLOW_POLICIES",
        "email_security.allow_policies",
        "cloudflare.email_security.allow_policies",
        "Cloudflare.Email_Security.\"allow_policies\"",
      })
  void theTableHasTheNamesOfStackQl(String name) throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      String sql =
          "SELECT id, PATTERN, \"Pattern_Type\" FROM "
              + name
              + " WHERE account_id = '"
              + Policies.ACCOUNT.value()
              + "' -- required\nAND verify_sender = 'false';";

      assertThat(Policies.rows(database, sql)).containsExactly("id-2|b@b.example|EMAIL");
    }
  }

  @Test
  void eachColumnHasItsType() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder);
        QueryRows rows =
            database.query(
                PolicyQuery.of(
                    "SELECT created_at, verify_sender, expires, owner, comments, modified_at,"
                        + " count(*) OVER (), 1.5, created_at > '2026-03-01' AS late"
                        + " FROM allow_policies WHERE id = 'id-2'"))) {
      assertThat(rows.columns())
          .startsWith("created_at", "verify_sender", "expires", "owner", "comments", "modified_at")
          .endsWith("late");
      List<Object> row =
          List.of(
              Instant.parse("2026-03-01T10:00:02.123456Z"),
              false,
              LocalDate.parse("2999-12-31"),
              "team-a",
              "it's [allowflux:owner=team-a expires=2999-12-31]");
      List<?> next = rows.next();
      assertThat(next).isNotNull();
      assertThat(next.subList(0, 5)).isEqualTo(row);
      assertThat(next.get(5)).isNull();
      assertThat(next.get(8)).isEqualTo(true);
      assertThat(rows.next()).isNull();
    }
  }

  @Test
  void aNameThatIsThereTwiceIsNumbered() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder);
        QueryRows rows =
            database.query(
                PolicyQuery.of("SELECT id, id, COUNT(*) FROM allow_policies GROUP BY id"))) {
      assertThat(rows.columns()).containsExactly("id", "id_2", "count(*)");
    }
  }

  @Test
  void bytesAreWrittenInHex() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(Policies.rows(database, "SELECT X'00fF', x'', id AS x FROM allow_policies"))
          .hasSize(3)
          .allMatch(row -> row.startsWith("00ff||id-"));
    }
  }

  @ParameterizedTest
  @EnumSource(NamedQuery.class)
  void everyNamedQueryRuns(NamedQuery named) throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      List<String> rows = Policies.rows(database, named.sql());
      switch (named) {
        case WITHOUT_VERIFICATION ->
            assertThat(rows).singleElement().asString().contains("id-2|EMAIL");
        case BY_OWNER -> assertThat(rows).containsExactly("null|2|0|0", "team-a|1|1|0");
        case CREATED_THIS_MONTH -> assertThat(rows).isEmpty();
        case DUPLICATES ->
            assertThat(rows).singleElement().asString().contains("DOMAIN|false|a.example|2");
      }
    }
  }

  @Test
  void byOwnerCountsThoseThatHaveExpired() throws IOException {
    List<AllowPolicy> policies =
        List.of(expiring(1, "2020-02-29"), expiring(2, "2999-12-31"), expiring(3, "2020-01-01"));
    try (PolicyDatabase database = Policies.database(folder, policies)) {
      assertThat(Policies.rows(database, NamedQuery.BY_OWNER.sql()))
          .containsExactly("team-b|3|0|2");
    }
  }

  private static AllowPolicy expiring(int number, String day) {
    return Policies.builder(number, "DOMAIN", number + ".example")
        .comments("[allowflux:owner=team-b expires=" + day + "]")
        .build();
  }

  @Test
  void createdThisMonthBeginsWithTheMonthInUtc() throws IOException {
    // The month may change before the query: what is created in the next one is newer, too.
    YearMonth before = YearMonth.now(ZoneOffset.UTC);
    AllowPolicy lastMonth = createdAt(1, "last.example", before.atDay(1), -1);
    AllowPolicy thisMonth = createdAt(2, "this.example", before.atDay(1), 0);
    AllowPolicy nextMonth = createdAt(3, "next.example", before.plusMonths(1).atDay(1), 0);
    try (PolicyDatabase database =
        Policies.database(folder, List.of(lastMonth, thisMonth, nextMonth))) {
      List<String> rows = Policies.rows(database, NamedQuery.CREATED_THIS_MONTH.sql());
      List<String> found = rows.stream().map(row -> row.split("\\|", -1)[4]).toList();
      if (YearMonth.now(ZoneOffset.UTC).equals(before)) {
        assertThat(found).containsExactly("next.example", "this.example");
      } else {
        assertThat(found).startsWith("next.example").doesNotContain("last.example");
      }
    }
  }

  private static AllowPolicy createdAt(int number, String pattern, LocalDate day, int nanos) {
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    return Policies.builder(number, "DOMAIN", pattern).createdAt(start.plusNanos(nanos)).build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM policies ; there is one table, allow_policies",
        "SELECT * FROM other.allow_policies ; there is one table, allow_policies",
        "SELECT colour FROM allow_policies ; the columns are account_id, id",
        "SELECT FORM allow_policies WHERE ; the query cannot be understood",
        "SELECT 1/0 FROM allow_policies ; ivision by zero",
        "SELECT cast(pattern AS INT) FROM allow_policies ; onversion error",
        "SELECT id FROM allow_policies WHERE id = ; the query cannot be understood at the end",
      })
  void aWrongQueryGetsOneClearLine(String test) throws IOException {
    String[] parts = test.split(" ; ", -1);
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThatThrownBy(() -> Policies.rows(database, parts[0]))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(parts[1])
          .hasMessageNotContainingAny("\n", "SQL statement", "-240", "org.h2");
      // The database is still of use.
      assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
          .containsExactly("3");
    }
  }

  @Test
  void nobodyElseCanReadTheFilesAndNothingIsLeftOfThem() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
          .containsExactly("3");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(database.folder())))
          .isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(database.folder())) {
        assertThat(files.toList())
            .isNotEmpty()
            .allSatisfy(
                file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------"));
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderThatAKilledProcessLeftIsRemovedAndOthersAreNot() throws IOException {
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    Path left = Files.createDirectory(folder.resolve("allowflux-query-left"));
    Files.createFile(left.resolve("lock"));
    Files.createFile(left.resolve("cloudflare.mv.db"));
    Path unlocked = Files.createDirectory(folder.resolve("allowflux-query-unlocked"));
    Path young = Files.createDirectory(folder.resolve("allowflux-query-young"));
    Path foreign = Files.createDirectory(folder.resolve("other"));
    Path aim = Files.createDirectory(folder.resolve("aim"));
    Files.createFile(aim.resolve("lock"));
    Files.createSymbolicLink(folder.resolve("allowflux-query-link"), aim);
    for (Path old : List.of(left, unlocked, foreign, aim)) {
      Files.setLastModifiedTime(old, longAgo);
    }
    try (PolicyDatabase used = Policies.ofThree(folder)) {
      Files.setLastModifiedTime(used.folder(), longAgo);
      try (PolicyDatabase database = Policies.ofThree(folder)) {
        assertThat(left).doesNotExist();
        assertThat(unlocked).doesNotExist();
        assertThat(young).exists();
        assertThat(foreign).exists();
        assertThat(aim.resolve("lock")).exists();
        assertThat(used.folder()).exists();
        assertThat(Policies.rows(database, "SELECT 1")).containsExactly("1");
      }
      assertThat(Policies.rows(used, "SELECT count(*) FROM allow_policies")).containsExactly("3");
    }
  }

  @Test
  void aFolderOfAProcessThatRunsIsLeftAlone() throws IOException, InterruptedException {
    Path used = Files.createDirectory(folder.resolve("allowflux-query-used"));
    Path lock = Files.createFile(used.resolve("lock"));
    Files.setLastModifiedTime(used, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    try (FileChannel held = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      assertThat(held.lock().isValid()).isTrue();
      Policies.ofThree(folder).close();
      assertThat(used).exists();
    }
  }

  @Test
  void closingEndsAQueryThatRunsForEver() throws Exception {
    List<AllowPolicy> many =
        IntStream.range(0, 3000)
            .mapToObj(i -> Policies.policy(i, "DOMAIN", i + ".example"))
            .toList();
    PolicyDatabase database = Policies.database(folder, many);
    assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
        .containsExactly("3000");
    CompletableFuture<List<String>> endless =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Policies.rows(
                    database,
                    "SELECT count(*) FROM allow_policies a, allow_policies b, allow_policies c"
                        + " WHERE a.pattern || b.pattern > c.pattern");
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThatThrownBy(() -> endless.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);

    database.close();

    assertThatThrownBy(() -> endless.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    assertThat(folder).isEmptyDirectory();
  }

  /** A cancel that comes before the database has parsed the query does nothing. */
  @Test
  void closingEndsAQueryThatIsAboutToBegin() throws Exception {
    Field running = PolicyDatabase.class.getDeclaredField("running");
    running.setAccessible(true);
    for (int round = 0; round < 20; round++) {
      PolicyDatabase database = Policies.ofThree(folder);
      CompletableFuture<List<String>> endless =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Policies.rows(
                      database,
                      "SELECT count(*) FROM system_range(1, 1000000) a, system_range(1, 1000000) b"
                          + " WHERE a.x <> b.x");
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      while (running.get(database) == null) {
        Thread.onSpinWait();
      }

      database.close();

      assertThatThrownBy(() -> endless.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterItsCloseADatabaseIsNotMadeAnew(boolean queried) throws IOException {
    PolicyDatabase database = Policies.ofThree(folder);
    if (queried) {
      assertThat(Policies.rows(database, "SELECT 1")).containsExactly("1");
    }
    database.close();
    PolicyQuery query = PolicyQuery.of("SELECT count(*) FROM allow_policies");

    assertThatThrownBy(() -> database.query(query)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> database.check(query)).isInstanceOf(IllegalStateException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aReaderMakesNoDatabase() throws Exception {
    PolicyDatabase database = Policies.ofThree(folder);
    database.close();
    Method reader = PolicyDatabase.class.getDeclaredMethod("connectReader");
    reader.setAccessible(true);

    assertThatThrownBy(() -> reader.invoke(database)).hasCauseInstanceOf(SQLException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void removingTakesAllOfAnAccountAndNothingElse() throws IOException {
    AccountId other = new AccountId("other");
    List<AllowPolicy> many =
        IntStream.range(0, 1500)
            .mapToObj(i -> Policies.policy(i, "DOMAIN", i + ".example"))
            .toList();
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      database.add(null, many.subList(0, 2));
      database.add(other, many);
      database.remove(other);
      database.remove(other);
      database.add(other, many.subList(0, 5));

      assertThat(
              Policies.rows(
                  database,
                  "SELECT account_id, count(*) FROM allow_policies GROUP BY 1 ORDER BY 2"))
          .containsExactly("null|2", Policies.ACCOUNT + "|3", "other|5");
      assertThatThrownBy(() -> database.remove(other)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aValueOfAnotherTypeIsReadable() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(
              Policies.rows(
                  database,
                  "SELECT CAST('A~' AS VARBINARY), CAST('\n' AS BLOB), JSON '{\"a\":1}',"
                      + " array_agg(id ORDER BY id), CAST('text' AS CLOB), (1, 'x'),"
                      + " TIME '01:02:03', CAST(NULL AS VARBINARY), CAST(NULL AS JSON),"
                      + " TIMESTAMP '2026-03-01 10:00:00', INTERVAL '3' DAY"
                      + " FROM allow_policies"))
          .containsExactly(
              "417e|0a|{\"a\":1}|[id-1, id-2, id-3]|text|ROW (1, x)|01:02:03|null|null"
                  + "|2026-03-01 10:00:00|INTERVAL '3' DAY");
      assertThat(
              Policies.rows(
                  database,
                  "SELECT encrypt('AES', stringtoutf8('key'), stringtoutf8(id)) FROM"
                      + " allow_policies"))
          .hasSize(3)
          .allSatisfy(row -> assertThat(row).matches("[0-9a-f]{32}"));
    }
  }

  /** Each of these needs more stack than there is, though none is nested. */
  @ParameterizedTest
  @ValueSource(strings = {"1 + ", "'a' || ", "1 = 1 AND "})
  void aQueryThatIsTooLongForTheStackGetsOneClearLine(String part) throws IOException {
    PolicyQuery query = PolicyQuery.of("SELECT " + part.repeat(90_000 / part.length()) + "1");
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      for (Asking asking : List.<Asking>of(database::check, database::query)) {
        try {
          asking.ask(query);
        } catch (InputException e) {
          assertThat(e).hasMessageContaining("shorter").hasMessageNotContaining("\n");
        }
      }
      assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
          .containsExactly("3");
    }
  }

  private interface Asking {
    void ask(PolicyQuery query) throws IOException;
  }

  @Test
  void afterTheFirstQueryNothingIsAdded() throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
          .containsExactly("3");
      List<AllowPolicy> more = List.of(Policies.policy(4, "DOMAIN", "d.example"));
      assertThatThrownBy(() -> database.add(null, more)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFolderWhoseNameWouldBeReadAsSettingsIsRefused() throws IOException {
    Path evil = Files.createDirectory(folder.resolve("x;INIT=SHUTDOWN"));

    assertThatThrownBy(() -> Policies.ofThree(evil))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(";");
    assertThat(evil).isEmptyDirectory();
  }
}
