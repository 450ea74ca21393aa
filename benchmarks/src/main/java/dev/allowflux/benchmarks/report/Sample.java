package dev.allowflux.benchmarks.report;

import org.jspecify.annotations.Nullable;

/**
 * What one round measured of one subject.
 *
 * @param nanos wall time, of a unit of work
 * @param bytes bytes: allocated by a unit of work, or the peak of the resident memory of a process
 * @param cpuNanos processor time of the process, of a unit of work
 */
public record Sample(double nanos, @Nullable Double bytes, @Nullable Double cpuNanos) {
  private static final String MARK = "SAMPLE ";

  public Sample dividedBy(int units) {
    return new Sample(
        nanos / units,
        bytes == null ? null : bytes / units,
        cpuNanos == null ? null : cpuNanos / units);
  }

  /** The line by which a process that measures reports to the driver. */
  public String line() {
    return MARK + nanos + " " + bytes + " " + cpuNanos;
  }

  /** Reads a line of {@link #line()}, or returns null if it is something else. */
  public static @Nullable Sample parse(String line) {
    if (!line.startsWith(MARK)) {
      return null;
    }
    String[] parts = line.substring(MARK.length()).split(" ", -1);
    return new Sample(Double.parseDouble(parts[0]), number(parts[1]), number(parts[2]));
  }

  private static @Nullable Double number(String text) {
    return text.equals("null") ? null : Double.valueOf(text);
  }
}
