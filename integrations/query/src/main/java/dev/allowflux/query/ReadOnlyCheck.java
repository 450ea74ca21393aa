package dev.allowflux.query;

import dev.allowflux.query.SqlToken.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses what does not only read policies, each with one clear line. The database would refuse it
 * as well, since it runs queries for a user without rights.
 */
final class ReadOnlyCheck {
  private static final Set<String> STARTS = Set.of("SELECT", "WITH", "VALUES", "TABLE");

  private static final Set<String> WRITES =
      Set.of(
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "REPLACE",
          "UPSERT",
          "TRUNCATE",
          "CREATE",
          "ALTER",
          "DROP",
          "GRANT",
          "REVOKE",
          "COMMENT",
          "RENAME");

  /** What may follow the common table expressions of WITH, of which the last ends with a ). */
  private static final Set<String> WRITES_WITH =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "CREATE");

  private static final int MOST_NESTED = 200;

  /** What tells of the machine and of the database rather than of policies. */
  private static final Set<String> CATALOGUES =
      Set.of("information_schema", "pg_catalog", "sys", "mysql");

  private static final Set<String> FUNCTIONS =
      Set.of(
          "file_read",
          "file_write",
          "csvread",
          "csvwrite",
          "link_schema",
          "database_path",
          "disk_space_used",
          "db_object_id",
          "db_object_sql",
          "db_object_size",
          "db_object_total_size",
          "db_object_approximate_size",
          "memory_free",
          "memory_used",
          "cancel_session",
          "abort_session",
          "session_id",
          "lock_mode",
          "lock_timeout",
          "autocommit",
          "readonly",
          "transaction_id",
          "h2version");

  private ReadOnlyCheck() {}

  /**
   * Checks a statement.
   *
   * @throws dev.allowflux.error.InputException if it does anything but read policies
   */
  static void check(List<SqlToken> tokens) {
    checkDepth(tokens);
    int first = 0;
    while (first < tokens.size() - 1 && tokens.get(first).isSymbol("(")) {
      first++;
    }
    SqlToken start = tokens.get(first);
    if (!isOf(STARTS, start) && !isWrite(tokens, first)) {
      throw SqlLexer.refusal(
          start.line(),
          start.column(),
          "a query begins with SELECT, WITH, VALUES or TABLE, and not with " + start.text());
    }
    for (int i = 0; i < tokens.size(); i++) {
      check(tokens, i);
    }
  }

  /** The database calls itself for each level, and has a stack for so many. */
  private static void checkDepth(List<SqlToken> tokens) {
    int open = 0;
    int prefixes = 0;
    for (SqlToken token : tokens) {
      if (token.isSymbol("(") || token.isSymbol("[") || token.isWord("CASE")) {
        open++;
      } else if (token.isSymbol(")") || token.isSymbol("]") || token.isWord("END")) {
        open--;
      }
      boolean prefix = token.isWord("NOT") || token.isSymbol("-") || token.isSymbol("+");
      prefixes = prefix ? prefixes + 1 : 0;
      if (open > MOST_NESTED || prefixes > MOST_NESTED) {
        throw SqlLexer.refusal(
            token.line(), token.column(), "a query is nested at most " + MOST_NESTED + " deep");
      }
    }
  }

  private static void check(List<SqlToken> tokens, int i) {
    SqlToken token = tokens.get(i);
    boolean begins =
        i == 0
            || tokens.get(i - 1).isSymbol("(")
            || (tokens.get(i - 1).isSymbol(")") && isOf(WRITES_WITH, token));
    boolean locks =
        token.isWord("FOR")
            && i + 1 < tokens.size()
            && isOf(Set.of("UPDATE", "SHARE", "KEY", "NO"), tokens.get(i + 1));
    if ((begins && isWrite(tokens, i)) || locks || token.isWord("INTO")) {
      throw SqlLexer.refusal(
          token.line(),
          token.column(),
          "a query only reads, and "
              + token.text().toUpperCase(Locale.ROOT)
              + " writes: policies are changed by a plan, see 'allowflux plan --help'");
    }
    if (!token.isName()) {
      return;
    }
    boolean isFunction = i + 1 < tokens.size() && tokens.get(i + 1).isSymbol("(");
    if (CATALOGUES.contains(token.name()) || (isFunction && FUNCTIONS.contains(token.name()))) {
      throw SqlLexer.refusal(
          token.line(),
          token.column(),
          token.text()
              + " is not for queries: they read the table allow_policies, and nothing of"
              + " the machine or the database");
    }
  }

  /** A function of such a name has its parenthesis. */
  private static boolean isWrite(List<SqlToken> tokens, int i) {
    return isOf(WRITES, tokens.get(i))
        && (i + 1 == tokens.size() || !tokens.get(i + 1).isSymbol("("));
  }

  private static boolean isOf(Set<String> words, SqlToken token) {
    return token.kind() == Kind.WORD && words.contains(token.text().toUpperCase(Locale.ROOT));
  }
}
