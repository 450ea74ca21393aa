package dev.allowflux.sync.internal.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a CSV text as RFC 4180 has it, and the blanks around quotes that people add.
 * Damage ends the reading: a quote that is not closed, and text behind a closing quote.
 *
 * <p>Read by hand, since fastcsv gives no columns, and takes all that follows a quote that is not
 * closed for one cell.
 */
public final class CsvRowReader {
  /** No cell of a policy is as long; a longer one lacks its closing quote. */
  private static final int LONGEST_CELL = 1 << 16;

  private static final int MOST_CELLS = 1 << 10;

  private final InputText text;
  private final char separator;
  private final StringBuilder cell = new StringBuilder();

  public CsvRowReader(InputText text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /** What stands in a cell, without its quotes, and where it begins. */
  public record Cell(String text, boolean quoted, long line, long column) {}

  /** Returns the next row, of at least one cell, or null at the end. */
  public @Nullable List<Cell> next() throws IOException {
    if (text.peek() < 0) {
      return null;
    }
    List<Cell> row = new ArrayList<>();
    int end;
    do {
      row.add(cell());
      if (row.size() > MOST_CELLS) {
        throw new DamagedInputException(
            text.line(), text.column(), "there are more than " + MOST_CELLS + " cells in this row");
      }
      end = text.read();
    } while (end == separator);
    if (end == '\r' && text.peek() == '\n') {
      end = text.read();
    }
    return row;
  }

  /** Reads a cell up to the separator or the line's end behind it. */
  private Cell cell() throws IOException {
    long line = text.line();
    long column = text.column();
    cell.setLength(0);
    while (isBlank(text.peek())) {
      append(text.read(), line, column);
    }
    if (text.peek() == '"') {
      return quoted();
    }
    while (!isCellEnd(text.peek())) {
      append(text.read(), line, column);
    }
    return new Cell(cell.toString(), false, line, column);
  }

  private Cell quoted() throws IOException {
    long line = text.line();
    long column = text.column();
    int quote = text.read();
    cell.setLength(0);
    while (true) {
      int c = text.read();
      if (c < 0) {
        throw new DamagedInputException(line, column, "the quote that opens here is never closed");
      }
      if (c != quote) {
        append(c, line, column);
      } else if (text.peek() == quote) {
        append(text.read(), line, column);
      } else {
        break;
      }
    }
    while (isBlank(text.peek())) {
      text.read();
    }
    if (!isCellEnd(text.peek())) {
      throw new DamagedInputException(
          line,
          column,
          "the quoted cell that begins here goes on behind its closing quote (line "
              + text.line()
              + ", column "
              + text.column()
              + "); a quote within a cell is written twice");
    }
    return new Cell(cell.toString(), true, line, column);
  }

  private void append(int c, long line, long column) throws DamagedInputException {
    if (cell.length() >= LONGEST_CELL) {
      throw new DamagedInputException(
          line, column, "the cell that begins here is too long for a policy; is a quote missing?");
    }
    cell.append((char) c);
  }

  private boolean isBlank(int c) {
    return c != separator && (c == ' ' || c == '\t');
  }

  private boolean isCellEnd(int c) {
    return c == separator || c == '\r' || c == '\n' || c < 0;
  }
}
