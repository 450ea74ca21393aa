package dev.allowflux.benchmarks.report;

import java.util.Locale;

/** Figures as people read them: three digits that mean something, and a unit. */
final class Figures {
  private Figures() {}

  static String nanos(double nanos) {
    double size = Math.abs(nanos);
    if (size < 1e3) {
      return digits(nanos) + " ns";
    }
    if (size < 1e6) {
      return digits(nanos / 1e3) + " µs";
    }
    return size < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
  }

  static String bytes(double bytes) {
    double size = Math.abs(bytes);
    if (size < 1e3) {
      return digits(bytes) + " B";
    }
    return size < 1e6 ? digits(bytes / 1e3) + " kB" : digits(bytes / 1e6) + " MB";
  }

  static String mebibytes(double bytes) {
    return digits(bytes / (1024 * 1024)) + " MiB";
  }

  static String times(double ratio) {
    return digits(ratio) + " ×";
  }

  static String of(Goal.Kind kind, double figure) {
    return switch (kind) {
      case TIMES -> times(figure);
      case PERCENT -> digits(figure * 100) + " %";
      case BYTES -> bytes(figure);
      case MEBIBYTES -> mebibytes(figure);
      case NANOS -> nanos(figure);
    };
  }

  private static String digits(double value) {
    double size = Math.abs(value);
    int decimals = size >= 100 || value == Math.rint(value) ? 0 : size >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
