package dev.allowflux.sync.file;

import dev.allowflux.model.PolicyField;
import dev.allowflux.sync.internal.input.CsvRowReader.Cell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header line of a CSV file that is read, in any of the forms that are known. Which columns
 * there are, {@link PolicyField} says; {@link PolicyCsvWriter} writes them.
 */
final class CsvHeader {
  private static final Map<String, PolicyField> BY_TITLE = titles();

  /** In the order in which they are tried. */
  private static final char[] SEPARATORS = {',', ';', '\t', '|'};

  private final List<@Nullable PolicyField> fields = new ArrayList<>();
  private final List<String> titles = new ArrayList<>();
  private boolean ofDashboard;
  private boolean hasProblem;

  private CsvHeader() {}

  private static Map<String, PolicyField> titles() {
    Map<String, PolicyField> titles = new HashMap<>();
    for (PolicyField field : PolicyField.values()) {
      titles.put(bare(field.apiName()), field);
      field.dashboardTitles().forEach(title -> titles.put(bare(title), field));
    }
    return titles;
  }

  /** A title without what people write in different ways: case, separators, blanks around it. */
  private static String bare(String title) {
    return title.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s\\u00a0_-]+", "_");
  }

  /** Returns the separator that splits the first line into the most columns that are known. */
  static char separator(String start) {
    String header = start.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    char best = SEPARATORS[0];
    long most = 0;
    for (char separator : SEPARATORS) {
      long known =
          Arrays.stream(header.split(Pattern.quote(String.valueOf(separator))))
              .filter(title -> BY_TITLE.containsKey(bare(title.replace("\"", ""))))
              .count();
      if (known > most) {
        most = known;
        best = separator;
      }
    }
    return best;
  }

  /** Reads the header, and reports what is wrong with it. */
  static CsvHeader of(List<Cell> header, InputLog log) {
    return of(header, log, "");
  }

  /** Reads the header of a file that may have one column more. */
  static CsvHeader of(List<Cell> header, InputLog log, String alsoKnown) {
    CsvHeader parsed = new CsvHeader();
    Set<PolicyField> seen = EnumSet.noneOf(PolicyField.class);
    for (Cell cell : header) {
      String title = cell.text().strip();
      PolicyField field = BY_TITLE.get(bare(title));
      parsed.fields.add(field);
      parsed.titles.add(title);
      parsed.ofDashboard |= field != null && !field.apiName().equals(title);
      if (field != null && !seen.add(field)) {
        parsed.problem(log, cell, "there are two columns for " + field.apiName());
      }
    }
    parsed.judgeUnknown(header, seen.contains(PolicyField.ID), log, alsoKnown);
    parsed.require(PolicyField.PATTERN, seen, header, log);
    if (!parsed.ofDashboard) {
      parsed.require(PolicyField.PATTERN_TYPE, seen, header, log);
    }
    return parsed;
  }

  private void judgeUnknown(List<Cell> header, boolean exported, InputLog log, String alsoKnown) {
    for (int i = 0; i < header.size(); i++) {
      String title = titles.get(i);
      if (fields.get(i) == null && !title.isEmpty() && !title.equals(alsoKnown)) {
        Cell cell = header.get(i);
        hasProblem |= DesiredRecord.judgeUnknown(log, exported, title, cell.line(), cell.column());
      }
    }
  }

  private void require(PolicyField field, Set<PolicyField> seen, List<Cell> header, InputLog log) {
    if (!seen.contains(field)) {
      problem(
          log,
          header.get(0),
          "there is no column "
              + field.apiName()
              + " in this line, which names the columns"
              + (field == PolicyField.PATTERN ? "; a list of another product needs --from" : ""));
    }
  }

  private void problem(InputLog log, Cell cell, String reason) {
    hasProblem = true;
    log.problem(cell.line(), cell.column(), reason);
  }

  boolean hasProblem() {
    return hasProblem;
  }

  int count() {
    return fields.size();
  }

  /** How many cells a row must have: those behind the last column with a name may be missing. */
  int needed() {
    int needed = titles.size();
    while (needed > 0 && titles.get(needed - 1).isEmpty()) {
      needed--;
    }
    return needed;
  }

  /** Tells whether the cells are the dashboard's, which writes a blank behind each comma. */
  boolean ofDashboard() {
    return ofDashboard;
  }

  boolean has(PolicyField field) {
    return fields.contains(field);
  }

  int index(PolicyField field) {
    return fields.indexOf(field);
  }

  /** The field of a column, or null if it has none. */
  @Nullable PolicyField field(int column) {
    return fields.get(column);
  }

  /** What the header says above a column; empty if nothing. */
  String title(int column) {
    return titles.get(column);
  }
}
