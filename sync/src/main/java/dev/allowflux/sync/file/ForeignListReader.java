package dev.allowflux.sync.file;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.internal.input.CsvRowReader;
import dev.allowflux.sync.internal.input.CsvRowReader.Cell;
import dev.allowflux.sync.internal.input.DamagedInputException;
import dev.allowflux.sync.internal.input.InputText;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
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
  static final Pattern COMMAS = Pattern.compile("[,;]");
  static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int MOST_LEFT_OUT = 10_000;
  private static final int LONGEST_LINE = 1 << 16;
  private static final int LONGEST_SHOWN = 320;
  static final Set<String> BARRACUDA_POLICIES = Set.of("exempt", "block", "quarantine");
  static final Set<String> WELCOMED =
      Set.of("welcomelist_from", "whitelist_from", "welcomelist_auth", "whitelist_auth");

  private final ListFormat format;
  private final InputText text;
  private final Sink sink;
  private @Nullable CsvRowReader rows;
  private @Nullable M365Columns columns;

  ForeignListReader(ListFormat format, InputText text, Sink sink) {
    this.format = format;
    this.text = text;
    this.sink = sink;
  }

  /** Takes what stands in a list. */
  interface Sink {
    void policy(NewAllowPolicy policy, long line);

    /** Takes what could not be expressed, or is no allowed sender. */
    void leftOut(long line, String what, String why);
  }

  /** The columns of a list of Microsoft 365, by their titles. */
  private record M365Columns(
      int value, int action, int type, @Nullable Integer expires, @Nullable Integer notes) {}

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
    requireNonNull(format, "format");
    requireNonNull(policies, "policies");
    Listing listing = new Listing(source, policies);
    ForeignListReader reader = new ForeignListReader(format, new InputText(in), listing);
    try {
      while (reader.advance()) {
        // Reads on to the end.
      }
    } catch (DamagedInputException e) {
      throw new InputException(new InputException.Problem(source, e.line, e.column, e.reason));
    }
    return new Report(listing.count, listing.leftOut, listing.leftOutCount);
  }

  /** Collects what {@link Report} says. */
  private static final class Listing implements Sink {
    private final String source;
    private final Consumer<? super NewAllowPolicy> policies;
    private final List<String> leftOut = new ArrayList<>();
    private long leftOutCount;
    private long count;

    Listing(String source, Consumer<? super NewAllowPolicy> policies) {
      this.source = source;
      this.policies = policies;
    }

    @Override
    public void policy(NewAllowPolicy policy, long line) {
      policies.accept(policy);
      count++;
    }

    @Override
    public void leftOut(long line, String what, String why) {
      leftOutCount++;
      if (leftOut.size() < MOST_LEFT_OUT) {
        leftOut.add(source + ":" + line + ": " + what + ": " + why);
      }
    }
  }

  /**
   * The desired policies of a list. In a list that was recognised by its content alone, a line that
   * is no sender says that it was taken for the wrong thing.
   */
  static PolicySource source(ListFormat format, boolean recognised, InputText text, InputLog log) {
    Queue<DesiredPolicy> read = new ArrayDeque<>();
    boolean strict = recognised && format.isBareList();
    ForeignListReader reader =
        new ForeignListReader(
            format,
            text,
            new Sink() {
              @Override
              public void policy(NewAllowPolicy policy, long line) {
                log.noteOnce(line, 0, format.reading());
                log.policy();
                read.add(desired(policy, log.source() + ":" + line));
              }

              @Override
              public void leftOut(long line, String what, String why) {
                if (strict) {
                  log.problem(line, 0, what + ": " + why + "; --from leaves such lines out");
                } else {
                  log.note(line, 0, "left out: " + what + ": " + why);
                }
              }
            });
    return () -> {
      while (read.isEmpty() && reader.advance()) {
        // Reads on to the next policy.
      }
      return read.poll();
    };
  }

  /** A note that the list does not have leaves the comments of a policy as they are. */
  private static DesiredPolicy desired(NewAllowPolicy policy, String origin) {
    DesiredPolicy.Builder desired =
        DesiredPolicy.builder()
            .pattern(policy.pattern())
            .patternType(policy.patternType())
            .isRegex(policy.isRegex())
            .isTrustedSender(policy.isTrustedSender())
            .isAcceptableSender(policy.isAcceptableSender())
            .isExemptRecipient(policy.isExemptRecipient())
            .verifySender(policy.verifySender())
            .origin(origin);
    return policy.comments() == null
        ? desired.build()
        : desired.comments(policy.comments()).build();
  }

  /** Reads a line or a row; returns false at the end. */
  boolean advance() throws IOException {
    if (format == ListFormat.M365 || format == ListFormat.BARRACUDA) {
      return advanceRow();
    }
    if (text.peek() < 0) {
      return false;
    }
    readLine();
    return true;
  }

  private boolean advanceRow() throws IOException {
    CsvRowReader csv = rows;
    if (csv == null) {
      csv = new CsvRowReader(text, ',');
      rows = csv;
      columns = format == ListFormat.M365 ? m365Columns(csv.next()) : null;
    }
    List<Cell> row = csv.next();
    if (row == null) {
      return false;
    }
    if (!isBlank(row)) {
      if (columns != null) {
        readM365(row, columns);
      } else {
        readBarracuda(row);
      }
    }
    return true;
  }

  private void readLine() throws IOException {
    long number = text.line();
    String content = withoutComment(line(text));
    if (content.isBlank()) {
      return;
    }
    if (format == ListFormat.SPAMASSASSIN) {
      directive(content.strip(), number);
    } else if (format == ListFormat.PROOFPOINT || format == ListFormat.GOOGLE) {
      COMMAS.splitAsStream(content).forEach(entry -> sender(entry, number, null, null));
    } else {
      sender(content, number, null, null);
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

  private static M365Columns m365Columns(@Nullable List<Cell> row) throws IOException {
    Map<String, Integer> header = header(row);
    return new M365Columns(
        column(header, "value", "entry", "entries"),
        column(header, "action"),
        column(header, "listtype"),
        header.get("expirationdate"),
        header.get("notes"));
  }

  private void readM365(List<Cell> row, M365Columns columns) {
    long line = row.get(0).line();
    String sender = cell(row, columns.value);
    String action = cell(row, columns.action);
    String type = cell(row, columns.type);
    if (!action.equalsIgnoreCase("allow")) {
      leaveOut(line, sender, "is not allowed there but " + action);
    } else if (!type.equalsIgnoreCase("sender")) {
      leaveOut(line, sender, "is no sender but " + type);
    } else {
      sender(sender, line, cellOrNull(row, columns.notes), cellOrNull(row, columns.expires));
    }
  }

  private void readBarracuda(List<Cell> row) {
    long line = row.get(0).line();
    String policy = cell(row, 1).toLowerCase(Locale.ROOT);
    if (policy.equals("exempt")) {
      sender(cell(row, 0), line, cell(row, 2), null);
    } else if (line > 1
        || BARRACUDA_POLICIES.contains(policy)
        || cell(row, 0).chars().anyMatch(c -> c == '.' || c == '@')) {
      // Titles name no sender; a sender with a policy that is not known must not be lost.
      leaveOut(line, cell(row, 0), "is not exempt there but " + policy);
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
    sink.policy(policy, line);
  }

  /** A day, or the day of a time in ISO 8601. */
  private static LocalDate day(String text) {
    String stripped = text.strip();
    return PolicyTag.day(stripped.length() > 10 ? stripped.substring(0, 10) : stripped);
  }

  private void leaveOut(long line, String what, String why) {
    sink.leftOut(line, beginning(what), beginning(why));
  }

  private static String beginning(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN)) + "\u2026";
  }
}
