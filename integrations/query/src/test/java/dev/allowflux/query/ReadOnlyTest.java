package dev.allowflux.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that a query must not do: refused by its form, and once more by the database. */
@Timeout(60)
class ReadOnlyTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO allow_policies(id) VALUES ('x')",
        "UPDATE allow_policies SET id = 'x'",
        "DELETE FROM allow_policies",
        "MERGE INTO allow_policies(id) VALUES ('x')",
        "REPLACE INTO allow_policies(id) VALUES ('x')",
        "TRUNCATE TABLE allow_policies",
        "DROP TABLE allow_policies",
        "ALTER TABLE allow_policies ADD x INT",
        "CREATE TABLE x(a INT)",
        "CREATE LOCAL TEMPORARY TABLE x(a INT)",
        "CREATE ALIAS x FOR 'java.lang.System.exit'",
        "CREATE TRIGGER x BEFORE SELECT ON allow_policies CALL 'x'",
        "CREATE LINKED TABLE x('org.h2.Driver', 'jdbc:h2:mem:', '', '', 'x')",
        "GRANT ALL ON allow_policies TO reader",
        "SELECT * INTO x FROM allow_policies",
        "SELECT * FROM allow_policies FOR UPDATE",
        "SELECT * FROM FINAL TABLE (INSERT INTO allow_policies(id) VALUES ('x'))",
        "SELECT * FROM OLD TABLE (DELETE FROM allow_policies)",
        "WITH x(a) AS (SELECT 1) DELETE FROM allow_policies",
        "WITH x(a) AS (SELECT 1) CREATE TABLE y AS SELECT a FROM x",
        "(DELETE FROM allow_policies)",
        "/* SELECT */ delete from allow_policies",
      })
  void aStatementThatWritesIsRefusedWithAPointerToPlan(String sql) {
    assertThatThrownBy(() -> PolicyQuery.of(sql))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("allowflux plan")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1; DROP TABLE allow_policies",
        "SELECT 1;; SELECT 2",
        "SELECT ';' ; SELECT 2",
        "SELECT 1 -- x\n; SELECT 2",
        "SELECT 1 /* ; */ ; SHUTDOWN",
      })
  void aSecondStatementIsRefused(String sql) {
    assertThatThrownBy(() -> PolicyQuery.of(sql))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a second one begins");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT FILE_READ('/etc/passwd')",
        "SELECT file_write('x', '/tmp/x')",
        "SELECT \"FILE_READ\"('/etc/passwd')",
        "SELECT * FROM CSVREAD('/etc/passwd')",
        "SELECT CSVWRITE('/tmp/x', 'SELECT 1')",
        "SELECT LINK_SCHEMA('a', '', 'jdbc:h2:mem:', '', '', 'public')",
        "SELECT DATABASE_PATH()",
        "SELECT MEMORY_USED()",
        "SELECT CANCEL_SESSION(1)",
        "SELECT * FROM INFORMATION_SCHEMA.USERS",
        "SELECT * FROM \"information_schema\".SETTINGS",
        "SELECT * FROM cloudflare.information_schema.sessions",
        "TABLE INFORMATION_SCHEMA.SETTINGS",
        "SCRIPT",
        "SCRIPT TO '/tmp/x'",
        "RUNSCRIPT FROM '/tmp/x'",
        "BACKUP TO '/tmp/x'",
        "SHUTDOWN",
        "CALL CSVWRITE('/tmp/x', 'SELECT 1')",
        "EXECUTE IMMEDIATE 'DROP TABLE allow_policies'",
        "SET SCHEMA INFORMATION_SCHEMA",
        "SET PASSWORD 'x'",
        "SET @x = 1",
        "SELECT @x",
        "SELECT ?",
        "SELECT $$x$$",
        "SELECT `id` FROM allow_policies",
        "SELECT {fn NOW()}",
        "SELECT U&'\\0041'",
        "SELECT 'x",
        "SELECT \"x",
        "SELECT /* 1",
        "SELECT /* /* */ 1 */",
        "SELECT 1a",
        "SELECT X'0g'",
        "SELECT X'0'",
        "SELECT X'00",
        "SELECT X'00' 'SELECT'; SELECT 1",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "HELP",
        "",
        " -- nothing\n ; ",
      })
  void whatIsNoQueryOfPoliciesIsRefused(String sql) {
    assertThatThrownBy(() -> PolicyQuery.of(sql))
        .isInstanceOf(InputException.class)
        .hasMessageNotContaining("\n");
  }

  /** As if the check of the form had let it pass. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO allow_policies(id) VALUES ('x')",
        "DELETE FROM allow_policies",
        "DROP TABLE allow_policies",
        "CREATE TABLE x(a INT)",
        "CREATE ALIAS x FOR 'java.lang.System.exit'",
        "CREATE LINKED TABLE x('org.h2.Driver', 'jdbc:h2:mem:', '', '', 'x')",
        "SELECT * FROM FINAL TABLE (INSERT INTO allow_policies(id) VALUES ('x'))",
        "SELECT FILE_READ('/etc/passwd')",
        "SELECT FILE_WRITE('x', 'target/written')",
        "SELECT * FROM CSVREAD('/etc/passwd')",
        "CALL CSVWRITE('target/written', 'SELECT 1')",
        "SELECT * FROM LINK_SCHEMA('a', '', 'jdbc:h2:mem:', '', '', 'public')",
        "SCRIPT TO 'target/written'",
        "RUNSCRIPT FROM '/etc/passwd'",
        "BACKUP TO 'target/written'",
        "SHUTDOWN",
        "CREATE USER x PASSWORD 'x' ADMIN",
        "ALTER USER reader ADMIN TRUE",
        "GRANT ALL ON SCHEMA email_security TO reader",
        "SELECT 1; DROP TABLE allow_policies",
      })
  void theDatabaseItselfRefusesItTo(String sql) throws Exception {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
          .containsExactly("3");
      Field field = PolicyDatabase.class.getDeclaredField("reader");
      field.setAccessible(true);
      Connection reader = (Connection) field.get(database);
      try (Statement statement = reader.createStatement()) {
        assertThatThrownBy(() -> run(statement, sql))
            .isInstanceOfSatisfying(
                SQLException.class,
                e -> assertThat(e.getErrorCode()).as(e.getMessage()).isIn(90040, 90096));
      }
      assertThat(Path.of("target/written")).doesNotExist();
      assertThat(Policies.rows(database, "SELECT count(*) FROM allow_policies"))
          .containsExactly("3");
    }
  }

  /** To the last row: a value is computed when its row is read. */
  private static void run(Statement statement, String sql) throws SQLException {
    if (statement.execute(sql)) {
      try (ResultSet rows = statement.getResultSet()) {
        while (rows.next()) {
          assertThat(rows.getObject(1)).isNotNull();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'INSERT INTO x; DROP TABLE y -- z' AS t FROM allow_policies",
        "SELECT count(*) -- of all; DROP TABLE x\nFROM allow_policies /* ; */;",
        "SELECT insert('abc', 1, 1, 'x'), replace(pattern, 'a', 'b'), truncate(1.5)"
            + " FROM allow_policies",
        "WITH x(n) AS (SELECT count(*) FROM allow_policies) SELECT n FROM x",
        "(SELECT id FROM allow_policies) UNION (SELECT pattern FROM allow_policies)",
        "VALUES (1, 'x')",
        "SELECT CAST('2026-01-01' AS DATE), '2026-01-01'::DATE, DATE '2026-01-01',"
            + " CURRENT_TIMESTAMP - INTERVAL '30' DAY, 1e3, .5, 1., -1 - -1, ARRAY[1, 2][1]",
        "SELECT \"a\"\"b\" FROM (SELECT 'it''s' AS \"a\"\"b\")",
        "SELECT pattern FROM allow_policies WHERE pattern ILIKE 'A%' AND id <> 'x' AND 1 != 2"
            + " QUALIFY row_number() OVER (PARTITION BY pattern_type ORDER BY id) = 1",
      })
  void aQueryMayBeOfAnyForm(String sql) throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(Policies.rows(database, sql)).isNotEmpty();
    }
  }

  @Test
  void aDeepQueryIsRefusedAndAnOrdinaryOneIsNot() throws IOException {
    for (String deep :
        List.of(
            "SELECT " + "(".repeat(40_000) + "1" + ")".repeat(40_000),
            "(".repeat(40_000) + "SELECT 1" + ")".repeat(40_000),
            "SELECT " + "NOT ".repeat(20_000) + "TRUE",
            "SELECT " + "- ".repeat(20_000) + "1",
            "SELECT " + "CASE WHEN TRUE THEN ".repeat(4_000) + "1" + " END".repeat(4_000),
            "SELECT " + "ARRAY[".repeat(9_000) + "1" + "]".repeat(9_000))) {
      assertThatThrownBy(() -> PolicyQuery.of(deep))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("nested at most 200 deep")
          .hasMessageNotContaining("\n");
    }
    try (PolicyDatabase database = Policies.ofThree(folder)) {
      assertThat(
              Policies.rows(
                  database,
                  "SELECT "
                      + "(".repeat(200)
                      + "1"
                      + ")".repeat(200)
                      + " FROM allow_policies"
                      + " WHERE "
                      + "NOT ".repeat(200)
                      + "(pattern NOT IN ('x'))"))
          .hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"comment", "replace", "rename", "grant", "drop", "alter"})
  void aWordThatMayWriteElsewhereMayNameAColumn(String word) throws IOException {
    try (PolicyDatabase database = Policies.ofThree(folder);
        QueryRows rows =
            database.query(PolicyQuery.of("SELECT max(id) " + word + " FROM allow_policies"))) {
      assertThat(rows.columns()).containsExactly(word);
    }
  }

  @Test
  void aRefusalSaysWhere() {
    assertThatThrownBy(() -> PolicyQuery.of("SELECT 1,\n  file_read('x')"))
        .hasMessageStartingWith("line 2, column 3: file_read is not for queries");
    assertThatThrownBy(() -> PolicyQuery.of("SELECT 'a\nb' ?"))
        .hasMessageStartingWith("line 2, column 4: ");
  }
}
