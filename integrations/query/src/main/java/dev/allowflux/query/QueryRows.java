package dev.allowflux.query;

import dev.allowflux.error.InputException;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a result, one after the other. For use by one thread.
 *
 * @since 0.1
 */
public final class QueryRows implements Closeable {
  private static final Set<Integer> BINARY =
      Set.of(Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB);

  private final Statement statement;
  private final ResultSet rows;
  private final List<String> columns;

  /** The columns of bytes, from 1. */
  private final BitSet binary = new BitSet();

  QueryRows(Statement statement, ResultSet rows) throws SQLException {
    this.statement = statement;
    this.rows = rows;
    ResultSetMetaData data = rows.getMetaData();
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 1; i <= data.getColumnCount(); i++) {
      names.add(name(data.getColumnLabel(i), taken));
      binary.set(i, BINARY.contains(data.getColumnType(i)));
    }
    columns = List.copyOf(names);
  }

  /** An expression is its own name, in small letters as names are; no name is there twice. */
  private static String name(String label, Set<String> taken) {
    String base = label.indexOf('(') < 0 ? label : label.toLowerCase(Locale.ROOT);
    String name = base;
    for (int number = 2; !taken.add(name); number++) {
      name = base + "_" + number;
    }
    return name;
  }

  /**
   * Returns the names of the columns.
   *
   * @return the names in order, each once
   */
  public List<String> columns() {
    return columns;
  }

  /**
   * Returns the next row.
   *
   * @return a value for each column: a {@code String}, a {@code Boolean}, a {@code Number}, an
   *     {@code Instant}, a {@code LocalDate}, or {@code null}; bytes in hex and other types of SQL
   *     as text. {@code null} behind the last row
   * @throws InputException if a value cannot be computed, as a division by zero cannot
   * @throws IOException if the database fails
   */
  public @Nullable List<@Nullable Object> next() throws IOException {
    try {
      if (!rows.next()) {
        return null;
      }
      List<@Nullable Object> row = new ArrayList<>(columns.size());
      for (int i = 1; i <= columns.size(); i++) {
        row.add(value(i));
      }
      return Collections.unmodifiableList(row);
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    } catch (StackOverflowError e) {
      throw SqlFailure.tooDeep(e);
    }
  }

  private @Nullable Object value(int column) throws SQLException {
    if (binary.get(column)) {
      byte[] bytes = rows.getBytes(column);
      return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }
    Object value = rows.getObject(column);
    if (value instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    if (value instanceof Date day) {
      return day.toLocalDate();
    }
    return value == null || value instanceof Boolean || value instanceof Number
        ? value
        : rows.getString(column);
  }

  @Override
  public void close() throws IOException {
    try {
      statement.close();
    } catch (SQLException e) {
      throw SqlFailure.broken(e);
    }
  }
}
