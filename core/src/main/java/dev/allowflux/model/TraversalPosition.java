package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a complete traversal stands: everything newer than the watermark has come, and of what was
 * created at the watermark the tied policies have. So it can be continued after any pause and any
 * changes, by whoever lists the same account with the same filter.
 *
 * @param watermark an instant of creation, to the nanosecond; {@code null} if nothing has come
 * @param tied the policies created at the watermark that have come, at most {@link #MAX_TIED}
 * @param place how many policies were older than what is newer than the watermark: a hint where to
 *     look first, 0 or more
 * @param newest when the newest policy that was seen was created; {@code null} if none was
 * @param end whether the traversal has ended: nothing is left to read
 * @param report what was seen so far
 * @since 0.1
 */
public record TraversalPosition(
    @Nullable Instant watermark,
    Set<PolicyId> tied,
    long place,
    @Nullable Instant newest,
    boolean end,
    TraversalReport report) {

  /** How many policies may be tied. */
  public static final int MAX_TIED = 10_000;

  /** A position of a traversal without fences, as all were in the first version. */
  private static final String VERSION = "1";

  private static final String VERSION_WITH_FENCES = "2";
  private static final String ABSENT = "-";
  private static final String TIED = "tied:";
  private static final int PARTS = 13;
  private static final int PARTS_WITH_FENCES = 17;
  private static final int MAX_TEXT = 16 << 20;

  /**
   * Checks the numbers and copies the set.
   *
   * @param watermark the instant down to which all has come
   * @param tied what has come of those created at it
   * @param place where to look first
   * @param newest the instant of the newest policy
   * @param end whether nothing is left
   * @param report what was seen
   * @throws IllegalArgumentException if {@code place} is negative, too many policies are tied, or
   *     any are without a watermark
   */
  public TraversalPosition {
    requireNonNull(report, "report");
    tied = Set.copyOf(tied);
    if (place < 0) {
      throw new IllegalArgumentException("the place must not be negative, but is " + place);
    }
    if (tied.size() > MAX_TIED) {
      throw new IllegalArgumentException(
          "at most " + MAX_TIED + " policies can be tied, not " + tied.size());
    }
    if (watermark == null && !tied.isEmpty()) {
      throw new IllegalArgumentException("policies are tied to no watermark");
    }
  }

  /**
   * Reads what {@link #toString()} wrote.
   *
   * @param text one line, at most 16 Mi characters
   * @return an equal position
   * @throws IllegalArgumentException if the text is no position or one of another version
   */
  public static TraversalPosition parse(String text) {
    if (text.length() > MAX_TEXT) {
      throw new IllegalArgumentException("a position is no text of " + text.length() + " chars");
    }
    String[] parts = text.split(" ", -1);
    boolean withFences = parts[0].equals(VERSION_WITH_FENCES);
    if (!withFences && !parts[0].equals(VERSION)) {
      throw new IllegalArgumentException(
          "not a position of version "
              + VERSION
              + " or "
              + VERSION_WITH_FENCES
              + ": \""
              + start(parts[0])
              + "\"");
    }
    int expectedParts = withFences ? PARTS_WITH_FENCES : PARTS;
    if (parts.length != expectedParts) {
      throw new IllegalArgumentException(
          "a position has " + expectedParts + " parts, not " + parts.length);
    }
    try {
      TraversalReport.Builder report =
          TraversalReport.builder()
              .expected(parts[5].equals(ABSENT) ? null : number(parts[5]))
              .seen(number(parts[6]))
              .matched(number(parts[7]))
              .duplicates(number(parts[8]))
              .pages(number(parts[9]))
              .drift(flag(parts[10]))
              .complete(flag(parts[11]));
      if (withFences) {
        report
            .fences(number(parts[12]))
            .failedFences(number(parts[13]))
            .pagesReadTwice(number(parts[14]))
            .singlePageReason(reason(parts[15]));
      }
      return new TraversalPosition(
          instant(parts[1]),
          ids(parts[expectedParts - 1]),
          number(parts[3]),
          instant(parts[2]),
          flag(parts[4]),
          report.build());
    } catch (DateTimeException | NumberFormatException e) {
      throw new IllegalArgumentException("not a position: " + e.getMessage(), e);
    }
  }

  private static String start(String text) {
    return text.length() <= 20 ? text : text.substring(0, 20) + "...";
  }

  private static @Nullable Instant instant(String text) {
    return text.equals(ABSENT) ? null : Instant.parse(text);
  }

  private static long number(String text) {
    long number = Long.parseLong(text);
    if (number < 0) {
      throw new IllegalArgumentException("not a position: " + text + " is negative");
    }
    return number;
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("not a position: " + start(text));
    };
  }

  private static @Nullable SinglePageReason reason(String text) {
    for (SinglePageReason reason : SinglePageReason.values()) {
      if (reason.name().equals(text)) {
        return reason;
      }
    }
    if (text.equals(ABSENT)) {
      return null;
    }
    throw new IllegalArgumentException("not a position: " + start(text));
  }

  private static Set<PolicyId> ids(String text) {
    if (!text.startsWith(TIED)) {
      throw new IllegalArgumentException("not a position: " + start(text));
    }
    return text.equals(TIED)
        ? Set.of()
        : Arrays.stream(text.substring(TIED.length()).split(",", -1))
            .map(id -> new PolicyId(URLDecoder.decode(id, StandardCharsets.UTF_8)))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns one line of ASCII that {@link #parse} reads, for a file or a database. */
  @Override
  public String toString() {
    SinglePageReason reason = report.singlePageReason();
    boolean withFences =
        report.fences() + report.failedFences() + report.pagesReadTwice() > 0 || reason != null;
    List<Object> parts = new ArrayList<>(PARTS_WITH_FENCES);
    parts.add(withFences ? VERSION_WITH_FENCES : VERSION);
    parts.add(watermark == null ? ABSENT : watermark);
    parts.add(newest == null ? ABSENT : newest);
    parts.add(place);
    parts.add(end);
    parts.add(report.expected() == null ? ABSENT : report.expected());
    parts.add(report.seen());
    parts.add(report.matched());
    parts.add(report.duplicates());
    parts.add(report.pages());
    parts.add(report.drift());
    parts.add(report.complete());
    if (withFences) {
      parts.add(report.fences());
      parts.add(report.failedFences());
      parts.add(report.pagesReadTwice());
      parts.add(reason == null ? ABSENT : reason);
    }
    parts.add(
        tied.stream()
            .map(id -> URLEncoder.encode(id.value(), StandardCharsets.UTF_8))
            .sorted()
            .collect(Collectors.joining(",", TIED, "")));
    return parts.stream().map(Object::toString).collect(Collectors.joining(" "));
  }
}
