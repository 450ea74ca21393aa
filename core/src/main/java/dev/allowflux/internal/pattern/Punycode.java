package dev.allowflux.internal.pattern;

import org.jspecify.annotations.Nullable;

/**
 * RFC 3492. The JDK has it only within {@code java.net.IDN}, which follows the rules of 2003: there
 * {@code straße} reads as {@code strasse}, another domain by the rules of 2008 that registries and
 * mail follow.
 */
final class Punycode {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int INITIAL_N = 0x80;

  /** A label has 63 characters at most, so neither loop runs long and no sum overflows. */
  private static final int MAX_LENGTH = 63;

  private Punycode() {}

  /** Returns the code behind {@code xn--}, or null if it would not fit into a label. */
  static @Nullable String encode(String label) {
    if (label.length() > 2 * MAX_LENGTH) {
      return null;
    }
    StringBuilder code = new StringBuilder();
    int[] points = label.codePoints().toArray();
    for (int c : points) {
      if (c < INITIAL_N) {
        code.append((char) c);
      }
    }
    int basic = code.length();
    int handled = basic;
    if (basic > 0) {
      code.append('-');
    }
    int n = INITIAL_N;
    int delta = 0;
    int bias = INITIAL_BIAS;
    while (handled < points.length) {
      int next = Integer.MAX_VALUE;
      for (int c : points) {
        next = c >= n && c < next ? c : next;
      }
      delta += (next - n) * (handled + 1);
      n = next;
      for (int c : points) {
        if (c < n) {
          delta++;
        } else if (c == n) {
          appendNumber(code, delta, bias);
          bias = adapt(delta, handled + 1, handled == basic);
          delta = 0;
          handled++;
        }
      }
      delta++;
      n++;
    }
    return code.length() > MAX_LENGTH ? null : code.toString();
  }

  /** Returns what the code behind {@code xn--} stands for, or null if it is no code. */
  static @Nullable String decode(String code) {
    if (code.length() > MAX_LENGTH) {
      return null;
    }
    int last = code.lastIndexOf('-');
    StringBuilder label = new StringBuilder(code.substring(0, Math.max(0, last)));
    int length = label.length();
    int n = INITIAL_N;
    int i = 0;
    int bias = INITIAL_BIAS;
    int in = last + 1;
    while (in < code.length()) {
      int before = i;
      long weight = 1;
      long index = i;
      for (int k = BASE; ; k += BASE) {
        int digit = in < code.length() ? digit(code.charAt(in++)) : -1;
        index += digit * weight;
        if (digit < 0 || index > Character.MAX_CODE_POINT * (MAX_LENGTH + 1L)) {
          return null;
        }
        int threshold = threshold(k, bias);
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
      }
      length++;
      i = (int) index;
      bias = adapt(i - before, length, before == 0);
      n += i / length;
      i %= length;
      if (!Character.isValidCodePoint(n)) {
        return null;
      }
      label.insert(label.offsetByCodePoints(0, i), Character.toString(n));
      i++;
    }
    return label.toString();
  }

  private static void appendNumber(StringBuilder code, int number, int bias) {
    int rest = number;
    for (int k = BASE; ; k += BASE) {
      int threshold = threshold(k, bias);
      if (rest < threshold) {
        break;
      }
      code.append(digit(threshold + (rest - threshold) % (BASE - threshold)));
      rest = (rest - threshold) / (BASE - threshold);
    }
    code.append(digit(rest));
  }

  private static int threshold(int k, int bias) {
    return Math.min(T_MAX, Math.max(T_MIN, k - bias));
  }

  private static int adapt(int delta, int length, boolean first) {
    int rest = first ? delta / DAMP : delta / 2;
    rest += rest / length;
    int k = 0;
    while (rest > (BASE - T_MIN) * T_MAX / 2) {
      rest /= BASE - T_MIN;
      k += BASE;
    }
    return k + (BASE - T_MIN + 1) * rest / (rest + SKEW);
  }

  private static char digit(int value) {
    return (char) (value < 26 ? 'a' + value : '0' + value - 26);
  }

  private static int digit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0' + 26;
    }
    int letter = c | 0x20;
    return letter >= 'a' && letter <= 'z' ? letter - 'a' : -1;
  }
}
