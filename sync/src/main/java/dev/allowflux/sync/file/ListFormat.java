package dev.allowflux.sync.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of an allow list of another product.
 *
 * @since 0.1
 */
public enum ListFormat {
  /**
   * The export of Microsoft 365's Tenant Allow/Block List as CSV: columns {@code Value} (or {@code
   * Entry}, {@code Entries}), {@code Action}, {@code ListType}, {@code ExpirationDate} and {@code
   * Notes}. Allowed senders are taken, with their last day.
   */
  M365,

  /** Proofpoint's list of safe senders: entries by line, comma or semicolon. */
  PROOFPOINT,

  /** Mimecast's permitted senders: one address or domain a line. */
  MIMECAST,

  /** Google Workspace's approved senders: addresses and domains by line or comma. */
  GOOGLE,

  /**
   * Barracuda's sender policies as CSV: an address or domain, what is done ({@code exempt}, {@code
   * block}, {@code quarantine}) and a comment. Exempt senders are taken.
   */
  BARRACUDA,

  /** Domains, addresses and networks, one a line; what follows a # is a comment. */
  PLAIN,

  /**
   * SpamAssassin's configuration: {@code welcomelist_from}, {@code whitelist_from}, {@code
   * welcomelist_auth} and {@code whitelist_auth}.
   */
  SPAMASSASSIN;

  /** How lines of SpamAssassin's configuration begin. */
  private static final Pattern SETTING = Pattern.compile("\\s*(#|[A-Za-z]\\w*(\\s|$))");

  /**
   * Returns the form that a text certainly has.
   *
   * <ul>
   *   <li>{@link #M365}: the first line names the columns.
   *   <li>{@link #SPAMASSASSIN}: a line begins with one of its directives, and each other one with
   *       a word as settings do, so that a directive in a cell of a table is none.
   *   <li>{@link #BARRACUDA}: the second cell of each row, but for a header, is one of its
   *       policies.
   *   <li>{@link #PLAIN} or, if there are several in a line, {@link #PROOFPOINT}: each line is an
   *       address, a domain or a network. Mimecast's and Google's lists read as the same policies.
   * </ul>
   *
   * @param start the text, or its beginning
   * @return the form, or null if it is none of them for certain
   */
  static @Nullable ListFormat recognise(String start) {
    List<String> lines = wholeLines(start);
    if (lines.isEmpty()) {
      return null;
    }
    if (isM365(lines.get(0))) {
      return M365;
    }
    if (lines.stream().anyMatch(ListFormat::isDirective)
        && lines.stream().allMatch(line -> SETTING.matcher(line).lookingAt())) {
      return SPAMASSASSIN;
    }
    List<String> rows = isPolicyRow(lines.get(0)) ? lines : lines.subList(1, lines.size());
    if (!rows.isEmpty() && rows.stream().allMatch(ListFormat::isPolicyRow)) {
      return BARRACUDA;
    }
    List<String> entries =
        lines.stream().map(ListFormat::withoutComment).filter(line -> !line.isBlank()).toList();
    if (entries.isEmpty()) {
      return null;
    }
    if (entries.stream().allMatch(ListFormat::isSender)) {
      return PLAIN;
    }
    Predicate<String> senders =
        line -> ForeignListReader.COMMAS.splitAsStream(line).allMatch(ListFormat::isSenderOrBlank);
    return lines.stream().allMatch(senders) ? PROOFPOINT : null;
  }

  /** The lines with something in them; one that may go on beyond the end is none of them. */
  private static List<String> wholeLines(String start) {
    List<String> lines = new ArrayList<>(start.lines().toList());
    if (lines.size() > 1 && !start.endsWith("\n") && !start.endsWith("\r")) {
      lines.remove(lines.size() - 1);
    }
    lines.removeIf(String::isBlank);
    return lines;
  }

  private static boolean isM365(String header) {
    List<String> titles =
        Arrays.stream(header.split(",", -1))
            .map(title -> title.replace("\"", "").strip().toLowerCase(Locale.ROOT))
            .toList();
    return titles.contains("action")
        && titles.contains("listtype")
        && (titles.contains("value") || titles.contains("entry") || titles.contains("entries"));
  }

  private static boolean isDirective(String line) {
    String[] words = ForeignListReader.BLANKS.split(line.strip(), 3);
    return words.length > 1
        && ForeignListReader.WELCOMED.contains(words[0].toLowerCase(Locale.ROOT));
  }

  private static boolean isPolicyRow(String line) {
    String[] cells = line.split(",", 3);
    return cells.length > 1
        && ForeignListReader.BARRACUDA_POLICIES.contains(
            cells[1].replace("\"", "").strip().toLowerCase(Locale.ROOT));
  }

  private static String withoutComment(String line) {
    int hash = line.indexOf('#');
    return hash < 0 ? line : line.substring(0, hash);
  }

  private static boolean isSenderOrBlank(String entry) {
    return entry.isBlank() || isSender(entry);
  }

  /** A word alone could be a domain, too, but more likely it is a title or a slip. */
  private static boolean isSender(String text) {
    if (text.indexOf('.') < 0 && text.indexOf(':') < 0) {
      return false;
    }
    try {
      SenderText.read(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Tells whether nothing but its senders says what a list is. */
  boolean isBareList() {
    return this != M365 && this != BARRACUDA && this != SPAMASSASSIN;
  }

  /** What is to be known about the policies that are made of a list. */
  String reading() {
    return "read as a list of another product ("
        + name().toLowerCase(Locale.ROOT)
        + "): each sender is acceptable, with verification";
  }
}
