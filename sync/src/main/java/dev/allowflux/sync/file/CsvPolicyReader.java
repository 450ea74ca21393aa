package dev.allowflux.sync.file;

import dev.allowflux.model.PolicyField;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.internal.input.CsvRowReader;
import dev.allowflux.sync.internal.input.CsvRowReader.Cell;
import dev.allowflux.sync.internal.input.InputText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads policies in CSV: of an export, of the dashboard in any of its forms, or of a spreadsheet.
 */
final class CsvPolicyReader implements PolicySource {
  /** The line by which a spreadsheet says how it separates cells. */
  private static final Pattern SEPARATOR_LINE = Pattern.compile("\"?[Ss][Ee][Pp]=(.)\"?");

  private static final Set<String> TYPES = Set.of("EMAIL", "DOMAIN", "IP");

  private final InputLog log;
  private final CsvRowReader rows;
  private final char separator;
  private @Nullable CsvHeader header;

  CsvPolicyReader(InputText text, InputLog log) throws IOException {
    this.log = log;
    String start = text.lookAhead();
    Matcher line = SEPARATOR_LINE.matcher(start.lines().findFirst().orElse(""));
    if (line.matches()) {
      separator = line.group(1).charAt(0);
      while (text.line() == 1 && text.read() >= 0) {
        // To the end of the line.
      }
      if (text.peek() == '\n') {
        int unused = text.read();
      }
    } else {
      separator = CsvHeader.separator(start);
    }
    rows = new CsvRowReader(text, separator);
  }

  @Override
  public @Nullable DesiredPolicy next() throws IOException {
    for (List<Cell> row = rows.next(); row != null; row = rows.next()) {
      if (row.stream().allMatch(cell -> cell.text().isBlank())) {
        continue;
      }
      if (header == null) {
        header = CsvHeader.of(row, log);
        if (header.hasProblem()) {
          return null;
        }
        continue;
      }
      DesiredPolicy policy = policy(row, header);
      if (policy != null) {
        return policy;
      }
    }
    return null;
  }

  private @Nullable DesiredPolicy policy(List<Cell> row, CsvHeader header) {
    Cell first = row.get(0);
    DesiredRecord policy = new DesiredRecord(log, first.line(), first.column());
    if (!header.has(PolicyField.PATTERN_TYPE)) {
      policy.inferType();
    }
    if (row.size() < header.needed()) {
      policy.problem(
          null,
          first.line(),
          first.column(),
          "the row ends in the middle: it has " + row.size() + " of " + header.needed() + " cells");
      return null;
    }
    for (int i = 0; i < row.size(); i++) {
      Cell cell = row.get(i);
      if (i >= header.count()) {
        refuseUnlessBlank(
            policy,
            cell,
            "this cell is one too many; one with a " + name() + " in it needs quotes");
      } else if (header.title(i).isEmpty()) {
        refuseUnlessBlank(policy, cell, "this cell has no name above it in the first line");
      } else {
        take(policy, header.field(i), header.title(i), cell, header.ofDashboard());
      }
      if (cell.quoted() && holdsRow(cell.text(), header, separator)) {
        policy.problem(
            null,
            cell.line(),
            cell.column(),
            "the quoted cell that begins here has a whole row in it; is a quote missing?");
      }
    }
    return policy.finish();
  }

  private String name() {
    return switch (separator) {
      case ',' -> "comma";
      case ';' -> "semicolon";
      case '\t' -> "tab";
      default -> String.valueOf(separator);
    };
  }

  private static void refuseUnlessBlank(DesiredRecord policy, Cell cell, String reason) {
    if (!cell.text().isBlank()) {
      policy.problem(null, cell.line(), cell.column(), reason);
    }
  }

  private static void take(
      DesiredRecord policy,
      @Nullable PolicyField field,
      String title,
      Cell cell,
      boolean ofDashboard) {
    String text = cell.text();
    if (field == null || (text.isBlank() && !DesiredRecord.isText(field))) {
      return;
    }
    if (DesiredRecord.isFlag(field)) {
      Boolean flag = FlagWords.flag(text.strip());
      if (flag == null) {
        policy.problem(
            field, cell.line(), cell.column(), "must be true or false, not " + text.strip());
      } else {
        policy.flag(field, flag);
      }
    } else if (DesiredRecord.isText(field)) {
      boolean stripped = field == PolicyField.PATTERN_TYPE || (ofDashboard && !cell.quoted());
      String value = stripped ? text.strip() : text;
      policy.text(field, value.isEmpty() ? null : value, cell.line(), cell.column());
    } else {
      policy.see(field, title, cell.line(), cell.column());
    }
  }

  /** Two stray quotes make one cell of all that is between them, which would be lost otherwise. */
  static boolean holdsRow(String text, CsvHeader header, char separator) {
    if (text.indexOf('\n') < 0 || header.needed() < 3) {
      return false;
    }
    int type = header.index(PolicyField.PATTERN_TYPE);
    return text.lines()
        .skip(1)
        .map(line -> line.split(Pattern.quote(String.valueOf(separator)), -1))
        .anyMatch(
            cells ->
                cells.length >= header.needed()
                    && (type < 0 || TYPES.contains(cells[type].strip().toUpperCase(Locale.ROOT))));
  }
}
