package dev.allowflux.plan;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Tries a regular expression on what no expression for a certain sender should match.
 *
 * <p>The service compares an expression with addresses, with the address of the sending server and
 * with its name, whatever kind the policy says that its pattern is (docs/api-facts.md#patterns), so
 * all of these are tried. Whether it looks for the expression anywhere or wants it to match the
 * whole is not documented; here it may match anywhere, which is the wider reading.
 */
final class RegexProbe {
  /** What trying one expression may cost: some milliseconds. */
  private static final int MAX_STEPS = 1_000_000;

  private static final long MAX_REPETITIONS = 100_000;
  private static final int MAX_EMPTY_FORKS = 12;

  /** Names that mean nobody, under suffixes that many senders have. */
  private static final List<String> STRANGERS =
      List.of(
          "kq3v9xw7.com",
          "mail.zj8w2tqx.com",
          "wx7zt4qk.net",
          "pv2qmf9j.org",
          "rk6bznhq.io",
          "tq5gcxlw.co.uk",
          "jv4xsdzq.de",
          "zq7whxkp.info",
          "qx9jfvtz.eu",
          "xn--zq9h3xk.jp");

  private static final List<String> SERVERS =
      List.of("17.34.51.68", "91.203.14.250", "154.9.77.131", "203.119.8.46", "2a02:6b8:9c1::4f");

  private static final String LOCAL_PART = "zq.kxw7v";

  private static final List<String> PROBES =
      Stream.concat(namesAndAddresses(STRANGERS).stream(), SERVERS.stream()).toList();

  private RegexProbe() {}

  /** Tells whether the expression matches a stranger, or cannot be judged. */
  static boolean isBroad(String regex) {
    return matches(regex, PROBES);
  }

  /** Tells whether the expression matches somebody at one of the domains, or cannot be judged. */
  static boolean matchesAnyoneAt(String regex, List<String> domains) {
    return matches(regex, namesAndAddresses(domains));
  }

  private static List<String> namesAndAddresses(List<String> domains) {
    return domains.stream().flatMap(name -> Stream.of(name, LOCAL_PART + "@" + name)).toList();
  }

  private static boolean matches(String regex, List<String> probes) {
    if (!isCountable(regex)) {
      return true;
    }
    try {
      Steps steps = new Steps();
      Matcher matcher = Pattern.compile(regex).matcher("");
      for (String probe : probes) {
        if (matcher.reset(new Probe(probe, steps)).find()) {
          return true;
        }
      }
      return false;
    } catch (PatternSyntaxException e) {
      // Refused elsewhere, with its place; here it matches nobody.
      return false;
    } catch (TooManyStepsException | StackOverflowError e) {
      return true;
    }
  }

  /**
   * Tells whether counting the characters that are looked at bounds the time.
   *
   * <p>Two things go on without looking at any: repetitions of what is empty, whose number is
   * written down, and, at the end of the text, the ways through choices between empty things, which
   * double with each. Both are judged by what stands in the expression, roughly and on the safe
   * side; nobody writes so many of them for a sender.
   */
  private static boolean isCountable(String regex) {
    long repetitions = 1;
    int forks = 0;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      boolean behindGroup = i > 0 && regex.charAt(i - 1) == ')';
      if (c == '{' && (behindGroup || mayEndEmpty(regex, i))) {
        repetitions *= Math.max(1, number(regex, i + 1));
      }
      boolean choice = c == '|' || (behindGroup && "?*{".indexOf(c) >= 0);
      forks += choice && mayEndEmpty(regex, i) ? 1 : 0;
      if (repetitions > MAX_REPETITIONS || forks > MAX_EMPTY_FORKS) {
        return false;
      }
    }
    return true;
  }

  /** Tells whether what stands in front of {@code end}, in or without groups, may match nothing. */
  private static boolean mayEndEmpty(String regex, int end) {
    int last = end - 1;
    while (last >= 0 && regex.charAt(last) == ')') {
      last--;
    }
    if (last < 0) {
      return true;
    }
    char c = regex.charAt(last);
    boolean boundary = last > 0 && regex.charAt(last - 1) == '\\' && "bBAGzZ".indexOf(c) >= 0;
    return boundary || "(|:>*?}^$=!".indexOf(c) >= 0;
  }

  private static long number(String text, int start) {
    long number = 0;
    for (int i = start; i < text.length() && number <= MAX_REPETITIONS; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  private static final class Steps {
    private int taken;

    void take() {
      if (++taken > MAX_STEPS) {
        throw new TooManyStepsException();
      }
    }
  }

  /** A text that the matcher can look at only so often. */
  private record Probe(CharSequence text, Steps steps) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps.take();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Probe(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyStepsException() {
      super(null, null, false, false);
    }
  }
}
