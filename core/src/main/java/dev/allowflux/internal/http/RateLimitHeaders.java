package dev.allowflux.internal.http;

import dev.allowflux.model.RateLimit;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers by which a server paces its clients (docs/api-facts.md#rate-limits). What is
 * malformed is ignored item by item; nothing throws.
 */
public final class RateLimitHeaders {
  /** Far beyond any real wait, and safe to add to a nanosecond clock. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withResolverStyle(ResolverStyle.STRICT);

  /** A tie goes to the longer reset: with nothing left, that is how long nothing goes. */
  private static final Comparator<RateLimit> TIGHTEST_FIRST =
      Comparator.comparingDouble(RateLimitHeaders::callsPerSecond)
          .thenComparing(RateLimit::reset, Comparator.reverseOrder());

  private RateLimitHeaders() {}

  /**
   * Reads the quotas that a response names.
   *
   * @param rateLimit the values of {@code Ratelimit}: a name with {@code r} calls left and {@code
   *     t} seconds to the reset
   * @param policies the values of {@code Ratelimit-Policy}: a name with {@code q} calls in a window
   *     of {@code w} seconds
   * @return one entry for each usable item of the first, joined with the item of the same name of
   *     the second
   */
  public static List<RateLimit> parse(List<String> rateLimit, List<String> policies) {
    List<StructuredItem> limits = StructuredItem.parseList(rateLimit);
    if (limits.isEmpty()) {
      return List.of();
    }
    Map<String, StructuredItem> policyByName = new HashMap<>();
    for (StructuredItem policy : StructuredItem.parseList(policies)) {
      policyByName.putIfAbsent(policy.name(), policy);
    }
    List<RateLimit> quotas = new ArrayList<>(limits.size());
    for (StructuredItem limit : limits) {
      Long remaining = limit.count("r");
      Long reset = limit.count("t");
      if (remaining == null || reset == null) {
        continue;
      }
      StructuredItem policy = policyByName.get(limit.name());
      Long quota = policy == null ? null : policy.count("q");
      Long window = policy == null ? null : policy.count("w");
      quotas.add(
          new RateLimit(
              limit.name(),
              remaining,
              seconds(reset),
              quota,
              window == null ? null : seconds(window)));
    }
    return List.copyOf(quotas);
  }

  /**
   * Picks the quota that allows the fewest calls a second until it is reset; of equals, the one
   * with the longest reset. A quota that is reset at once does not bind.
   *
   * @param quotas the quotas
   * @return the tightest, or {@code null} if there is none
   */
  public static @Nullable RateLimit tightest(List<RateLimit> quotas) {
    return quotas.stream().min(TIGHTEST_FIRST).orElse(null);
  }

  /**
   * Reads {@code Retry-After}: whole seconds, or an HTTP date, which counts from the response's own
   * {@code Date}, so that no two clocks are compared; without one a date says nothing. Of several
   * values the longest wait holds.
   *
   * @param values the values of the header
   * @param date the response's {@code Date}, or {@code null} if it has none
   * @return the wait, at least zero and at most a hundred years, or {@code null} if none is usable
   */
  public static @Nullable Duration retryAfter(List<String> values, @Nullable String date) {
    Duration longest = null;
    for (String value : values) {
      Duration wait = wait(value.strip(), date);
      if (wait != null && (longest == null || wait.compareTo(longest) > 0)) {
        longest = wait;
      }
    }
    return longest;
  }

  private static @Nullable Duration wait(String value, @Nullable String date) {
    if (isDigits(value)) {
      return value.length() > 15 ? LONGEST_WAIT : seconds(Long.parseLong(value));
    }
    Instant until = httpDate(value);
    Instant now = date == null ? null : httpDate(date.strip());
    if (until == null || now == null) {
      return null;
    }
    Duration wait = Duration.between(now, until);
    return wait.isNegative() ? Duration.ZERO : bounded(wait);
  }

  private static boolean isDigits(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static @Nullable Instant httpDate(String value) {
    try {
      return ZonedDateTime.parse(value, HTTP_DATE).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static double callsPerSecond(RateLimit quota) {
    return quota.reset().isZero()
        ? Double.POSITIVE_INFINITY
        : (double) quota.remaining() / quota.reset().toSeconds();
  }

  private static Duration seconds(long seconds) {
    return bounded(Duration.ofSeconds(seconds));
  }

  private static Duration bounded(Duration wait) {
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
