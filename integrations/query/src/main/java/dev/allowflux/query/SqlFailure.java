package dev.allowflux.query;

import dev.allowflux.error.InputException;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is wrong with a query, in one line, from what the database says. */
final class SqlFailure {
  private static final int LONGEST = 300;
  private static final int AROUND = 40;

  private static final int SYNTAX = 42000;
  private static final int SYNTAX_EXPECTED = 42001;
  private static final int NO_TABLE = 42102;
  private static final int NO_SUCH_TABLE_OF = 42103;
  private static final int NO_TABLE_IN_EMPTY = 42104;
  private static final int NO_COLUMN = 42122;
  private static final int NO_SCHEMA = 90079;
  private static final int NO_DATABASE = 90013;
  private static final int NEEDS_ADMIN = 90040;
  private static final int NO_RIGHT = 90096;
  private static final int OUT_OF_MEMORY = 90108;

  /** The database or its file, rather than the query. */
  private static final Pattern BROKEN =
      Pattern.compile("500\\d\\d|90007|90020|90028|90030|90031|90048|90067|90098|90121|90131");

  private static final Pattern SYNTAX_PLACE =
      Pattern.compile("\"(.*?)\\[\\*\\](.*?)\"(?:; expected \"(.*)\")?", Pattern.DOTALL);

  private static final String COLUMNS =
      Arrays.stream(PolicyField.values())
          .map(PolicyField::apiName)
          .collect(Collectors.joining(", ", "account_id, ", ", normal_pattern"));

  private SqlFailure() {}

  /** Returns a refusal of the query, or throws what is no fault of it. */
  static InputException of(SQLException failure) throws IOException {
    if (failure.getErrorCode() == OUT_OF_MEMORY) {
      throw new OutOfMemoryError("a query needs more memory than there is");
    }
    if (BROKEN.matcher(Integer.toString(failure.getErrorCode())).matches()) {
      throw broken(failure);
    }
    InputException refusal = SqlLexer.refusal(0, 0, reason(failure));
    refusal.initCause(failure);
    return refusal;
  }

  /** Returns a refusal of a query for which the database has not enough stack. */
  static InputException tooDeep(StackOverflowError failure) {
    InputException refusal =
        SqlLexer.refusal(
            0, 0, "the query is too long or too deeply nested for the database; use a shorter one");
    refusal.initCause(failure);
    return refusal;
  }

  /** Returns a failure of the database. */
  static IOException broken(SQLException failure) {
    String why = message(failure);
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      // What the system says of a file, rather than which class of the database was at it.
      if (cause instanceof IOException && cause.getMessage() != null) {
        why = SafeText.line(cause.getMessage(), LONGEST);
      }
    }
    return new IOException("the temporary database failed: " + why, failure);
  }

  private static String reason(SQLException failure) {
    return switch (failure.getErrorCode()) {
      case SYNTAX, SYNTAX_EXPECTED -> syntax(message(failure));
      case NO_TABLE, NO_SUCH_TABLE_OF, NO_TABLE_IN_EMPTY, NO_SCHEMA, NO_DATABASE ->
          message(failure) + "; there is one table, allow_policies";
      case NO_COLUMN -> message(failure) + "; the columns are " + COLUMNS;
      case NEEDS_ADMIN, NO_RIGHT ->
          "a query reads the table allow_policies and may do nothing else";
      default -> message(failure);
    };
  }

  /** Without the statement, which whoever asks knows, and the number of the failure. */
  private static String message(SQLException failure) {
    String text = String.valueOf(failure.getMessage());
    int statement = text.indexOf("; SQL statement:");
    String alone = statement < 0 ? text : text.substring(0, statement);
    return SafeText.line(alone.replaceFirst(" \\[\\d+-\\d+\\]$", ""), LONGEST);
  }

  private static String syntax(String message) {
    Matcher place = SYNTAX_PLACE.matcher(message);
    if (!place.find()) {
      return message;
    }
    String rest = place.group(2).strip();
    String before = place.group(1).strip();
    String where =
        rest.isEmpty()
            ? "at the end, behind " + before.substring(Math.max(0, before.length() - AROUND))
            : "at " + rest.substring(0, Math.min(AROUND, rest.length()));
    String expected = place.group(3);
    return "the query cannot be understood "
        + where
        + (expected == null ? "" : "; expected " + expected);
  }
}
