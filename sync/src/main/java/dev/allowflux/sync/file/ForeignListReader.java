package dev.allowflux.sync.file;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.sync.file.CsvRowReader.Cell;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads an allow list of another product as policies to create. Each is an acceptable sender with
 * verification, whatever the product did: what is not verified can be forged by anybody. What the
 * service cannot express is listed line by line, never dropped in silence.
 *
 * <p>Stateless; safe for use by many threads.
 *
 * @since 0.1
 */
public final class ForeignListReader {
  private static final Pattern COMMAS = Pattern.compile("[,;]");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int MOST_LEFT_OUT = 10_000;
  private static final int LONGEST_LINE = 1 << 16;
  private static final int LONGEST_SHOWN = 320;
  private static final Set<String> WELCOMED =
      Set.of("welcomelist_from", "whitelist_from", "welcomelist_auth", "whitelist_auth");

  private final ListFormat format;
  private final String source;
  private final Consumer<? super NewAllowPolicy> policies;
  private final List<String> leftOut = new ArrayList<>();
  private long leftOutCount;
  private long count;

  private ForeignListReader(
      ListFormat format, String source, Consumer<? super NewAllowPolicy> policies) {
    this.format = format;
    this.source = source;
    this.policies = policies;
  }

  /**
   * What was read.
   *
   * @param policies how many policies there are
   * @param leftOut what could not be expressed or is no allowed sender, each with its line; the
   *     first 10,000
   * @param leftOutCount how many there are
   * @since 0.1
   */
  public record Report(long policies, List<String> leftOut, long leftOutCount) {
    /**
     * Copies the list.
     *
     * @param policies how many policies there are
     * @param leftOut what was left out
     * @param leftOutCount how many there are
     */
    public Report {
      leftOut = List.copyOf(leftOut);
    }
  }

  /**
   * Reads a list to its end. Blocks.
   *
   * @param format the form of the list
   * @param source what messages call the list
   * @param in the list, in UTF-8 or with a byte order mark; left open
   * @param policies takes the policies in the order of the list; to be dropped if this method fails
   * @return what was read
   * @throws InputException if the list is damaged, or has no column that it needs
   * @throws IOException if it cannot be read
   */
  public static Report read(
      ListFormat format, String source, InputStream in, Consumer<? super NewAllowPolicy> policies)
      throws IOException {
    ForeignListReader reader =
        new ForeignListReader(
            requireNonNull(format, "format"), source, requireNonNull(policies, "policies"));
    InputText text = new InputText(in);
    try {
      switch (format) {
        case M365 -> reader.readM365(text);
        case BARRACUDA -> reader.readBarracuda(text);
        default -> reader.readLines(text);
      }
    } catch (DamagedInputException e) {
      throw new InputException(new InputException.Problem(source, e.line, e.column, e.reason));
    }
    return new Report(reader.count, reader.leftOut, reader.leftOutCount);
  }

  private void readLines(InputText text) throws IOException {
    while (text.peek() >= 0) {
      long number = text.line();
      String line = line(text);
      String content = withoutComment(line);
      if (content.isBlank()) {
        continue;
      }
      if (format == ListFormat.SPAMASSASSIN) {
        directive(content.strip(), number);
      } else if (format == ListFormat.PROOFPOINT || format == ListFormat.GOOGLE) {
        for (String entry : COMMAS.splitAsStream(content).toList()) {
          sender(entry, number, null, null);
        }
      } else {
        sender(content, number, null, null);
      }
    }
  }

  /** Reads a line, and no more of it than a line can have. */
  private static String line(InputText text) throws IOException {
    long number = text.line();
    StringBuilder line = new StringBuilder();
    int c = text.read();
    while (c >= 0 && c != '\n' && c != '\r') {
      if (line.length() == LONGEST_LINE) {
        throw new DamagedInputException(number, 1, "the line is too long for an allow list");
      }
      line.append((char) c);
      c = text.read();
    }
    if (c == '\r' && text.peek() == '\n') {
      c = text.read();
    }
    return line.toString();
  }

  private String withoutComment(String line) {
    int hash = line.indexOf('#');
    boolean hasComments = format == ListFormat.PLAIN || format == ListFormat.SPAMASSASSIN;
    return hash < 0 || !hasComments ? line : line.substring(0, hash);
  }

  private void directive(String line, long number) {
    List<String> words = BLANKS.splitAsStream(line).toList();
    if (!WELCOMED.contains(words.get(0).toLowerCase(Locale.ROOT))) {
      leaveOut(number, words.get(0), "is no list of welcome senders that can be expressed");
      return;
    }
    words.stream().skip(1).forEach(word -> sender(word, number, null, null));
  }

  private void readM365(InputText text) throws IOException {
    CsvRowReader rows = new CsvRowReader(text, ',');
    Map<String, Integer> header = header(rows.next());
    int value = column(header, "value", "entry", "entries");
    int action = column(header, "action");
    int type = column(header, "listtype");
    Integer expires = header.get("expirationdate");
    Integer notes = header.get("notes");
    for (List<Cell> row = rows.next(); row != null; row = rows.next()) {
      if (isBlank(row)) {
        continue;
      }
      long line = row.get(0).line();
      String sender = cell(row, value);
      if (!cell(row, action).equalsIgnoreCase("allow")) {
        leaveOut(line, sender, "is not allowed there but " + cell(row, action));
      } else if (!cell(row, type).equalsIgnoreCase("sender")) {
        leaveOut(line, sender, "is no sender but " + cell(row, type));
      } else {
        sender(sender, line, cellOrNull(row, notes), cellOrNull(row, expires));
      }
    }
  }

  private void readBarracuda(InputText text) throws IOException {
    CsvRowReader rows = new CsvRowReader(text, ',');
    for (List<Cell> row = rows.next(); row != null; row = rows.next()) {
      if (isBlank(row)) {
        continue;
      }
      long line = row.get(0).line();
      String policy = cell(row, 1).toLowerCase(Locale.ROOT);
      boolean isHeader = line == 1 && !Set.of("exempt", "block", "quarantine").contains(policy);
      if (isHeader) {
        continue;
      }
      if (policy.equals("exempt")) {
        sender(cell(row, 0), line, cell(row, 2), null);
      } else {
        leaveOut(line, cell(row, 0), "is not exempt there but " + policy);
      }
    }
  }

  private static Map<String, Integer> header(@Nullable List<Cell> row) throws IOException {
    Map<String, Integer> header = new HashMap<>();
    for (int i = 0; row != null && i < row.size(); i++) {
      header.putIfAbsent(row.get(i).text().strip().toLowerCase(Locale.ROOT), i);
    }
    return header;
  }

  private static int column(Map<String, Integer> header, String... names)
      throws DamagedInputException {
    for (String name : names) {
      Integer column = header.get(name);
      if (column != null) {
        return column;
      }
    }
    throw new DamagedInputException(1, 1, "there is no column " + String.join(" or ", names));
  }

  private static boolean isBlank(List<Cell> row) {
    return row.stream().allMatch(cell -> cell.text().isBlank());
  }

  private static String cell(List<Cell> row, int column) {
    return column < row.size() ? row.get(column).text().strip() : "";
  }

  private static @Nullable String cellOrNull(List<Cell> row, @Nullable Integer column) {
    return column == null ? null : cell(row, column);
  }

  private void sender(String text, long line, @Nullable String comments, @Nullable String expires) {
    if (text.isBlank()) {
      return;
    }
    NewAllowPolicy policy;
    try {
      PolicyTag tag = PolicyTag.none();
      if (expires != null && !expires.isBlank()) {
        tag = tag.withExpires(day(expires));
      }
      String note = comments == null || comments.isBlank() ? null : comments;
      policy =
          SenderText.read(text)
              .isTrustedSender(false)
              .isAcceptableSender(true)
              .isExemptRecipient(false)
              .verifySender(true)
              .comments(tag.in(note))
              .build();
    } catch (IllegalArgumentException e) {
      leaveOut(line, text.strip(), String.valueOf(e.getMessage()));
      return;
    }
    policies.accept(policy);
    count++;
  }

  /** A day, or the day of a time in ISO 8601. */
  private static LocalDate day(String text) {
    String stripped = text.strip();
    return PolicyTag.day(stripped.length() > 10 ? stripped.substring(0, 10) : stripped);
  }

  private void leaveOut(long line, String what, String why) {
    leftOutCount++;
    if (leftOut.size() < MOST_LEFT_OUT) {
      leftOut.add(source + ":" + line + ": " + beginning(what) + ": " + beginning(why));
    }
  }

  private static String beginning(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN)) + "\u2026";
  }
}
