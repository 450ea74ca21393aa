package dev.allowflux.benchmarks.report;

import dev.allowflux.benchmarks.report.Goal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What this project promised of its speed, and what was measured of it. */
public final class Goals {
  private static final int MILLION = 1_000_000;
  private static final double MEGABYTE = 1e6;
  private static final double MEBIBYTE = 1024 * 1024;

  private final Map<String, Suite> suites;
  private final List<Goal> goals = new ArrayList<>();

  private Goals(Map<String, Suite> suites) {
    this.suites = suites;
  }

  public static List<Goal> of(Map<String, Suite> suites, int exported) {
    Goals goals = new Goals(suites);
    goals.decoding();
    goals.streaming();
    goals.wholeProcess(exported);
    goals.heap();
    goals.overhead();
    goals.permits();
    return List.copyOf(goals.goals);
  }

  private void decoding() {
    atLeast(
        "decode",
        "decode a page to instants, relative to Jackson 2 databind",
        Kind.TIMES,
        5,
        7.5,
        suite -> suite.speed(Subjects.OWN, Subjects.JACKSON_2));
    atLeast(
        "decode",
        "the same, relative to fastjson2",
        Kind.TIMES,
        1.1,
        1.6,
        suite -> suite.speed(Subjects.OWN, Subjects.FASTJSON));
    atLeast(
        "decode",
        "the same, relative to a bare Jackson nextToken loop",
        Kind.TIMES,
        0.9,
        1.25,
        suite -> suite.speed(Subjects.OWN, Subjects.NEXT_TOKEN));
    atMost(
        "decode",
        "garbage a page, decode",
        Kind.BYTES,
        0.6 * MEGABYTE,
        0.4 * MEGABYTE,
        suite -> suite.bytes(Subjects.OWN));
  }

  private void streaming() {
    atMost(
        "stream-plain",
        "garbage a page, end to end",
        Kind.BYTES,
        0.7 * MEGABYTE,
        0.45 * MEGABYTE,
        suite -> suite.bytes(Subjects.OWN));
    atLeast(
        "stream-plain",
        "stream over loopback, relative to WebClient + expand",
        Kind.TIMES,
        3.5,
        5.5,
        suite -> suite.speed(Subjects.OWN, Subjects.WEB_CLIENT));
    atLeast(
        "stream-plain",
        "stream over loopback, share of drain-only speed",
        Kind.PERCENT,
        0.25,
        0.37,
        suite -> suite.speed(Subjects.OWN, Subjects.DRAIN));
    atLeast(
        "delay-100",
        "100 ms delay, 8 in flight, relative to sequential",
        Kind.TIMES,
        6.5,
        7.5,
        suite -> suite.speed("8 in flight", "1 in flight"));
  }

  private void wholeProcess(int exported) {
    String export =
        String.format(Locale.ROOT, "export of %,d policies", exported)
            + (exported < MILLION ? " (promised of a million: --full)" : "");
    atLeast(
        "export",
        export + ", relative to the official TypeScript client on the same server",
        Kind.TIMES,
        8,
        15,
        suite -> suite.speed(Subjects.EXPORT, Subjects.TYPESCRIPT));
    atMost(
        "export",
        "the same, peak resident memory",
        Kind.TIMES,
        1.0,
        0.75,
        suite -> suite.bytesRatio(Subjects.EXPORT, Subjects.TYPESCRIPT));
    atLeast(
        "complete-100ms",
        "export of 300,000 policies behind 100 ms a page, to the official TypeScript client",
        Kind.TIMES,
        5,
        6,
        suite -> suite.speed(Subjects.EXPORT, Subjects.TYPESCRIPT));
    atLeast(
        "complete-100ms",
        "the same, to the fast traversal with 8 pages in flight",
        Kind.TIMES,
        0.8,
        0.9,
        suite -> suite.speed(Subjects.EXPORT, Subjects.EXPORT_FAST));
    atMost(
        "get",
        "allowflux get, whole process, relative to java -version",
        Kind.TIMES,
        20,
        14,
        suite -> suite.speed(Subjects.JAVA_VERSION, Subjects.GET));
  }

  private void heap() {
    atMost(
        "smallest-heap",
        "smallest heap for 500 pages, one in flight",
        Kind.MEBIBYTES,
        16 * MEBIBYTE,
        10 * MEBIBYTE,
        suite -> suite.bytes(Subjects.ONE_IN_FLIGHT));
    atMost(
        "smallest-heap",
        "the same, eight in flight",
        Kind.MEBIBYTES,
        16 * MEBIBYTE,
        10 * MEBIBYTE,
        suite -> suite.bytes(Subjects.EIGHT_IN_FLIGHT));
    atLeast(
        "small-heap-speed",
        "speed in a 16 MiB heap, relative to 64 MiB",
        Kind.TIMES,
        0.75,
        0.9,
        suite -> suite.speed(Subjects.SMALL, Subjects.LARGE));
  }

  private void overhead() {
    atMost(
        "overhead",
        "limiter + retry for each call, above none: time",
        Kind.NANOS,
        1500,
        800,
        suite -> suite.extraNanos(Subjects.PROTECTED, Subjects.UNPROTECTED));
    atMost(
        "overhead",
        "limiter + retry for each call, above none: memory",
        Kind.BYTES,
        2000,
        1200,
        suite -> suite.extraBytes(Subjects.PROTECTED, Subjects.UNPROTECTED));
  }

  private void permits() {
    atMost(
        "permit",
        "a permit of a quota in a file",
        Kind.NANOS,
        100_000,
        50_000,
        suite -> suite.nanos(Subjects.FILE));
    atMost(
        "permit",
        "a permit of a quota in Redis on loopback",
        Kind.NANOS,
        1_000_000,
        500_000,
        suite -> suite.nanos(Subjects.REDIS));
  }

  private void atLeast(
      String suite, String what, Kind kind, double must, double aim, Figure figure) {
    add(suite, what, kind, true, must, aim, figure);
  }

  private void atMost(
      String suite, String what, Kind kind, double must, double aim, Figure figure) {
    add(suite, what, kind, false, must, aim, figure);
  }

  /** Picks the figure of a goal out of its suite. */
  private interface Figure extends Function<Suite, @Nullable Spread> {}

  private void add(
      String id, String what, Kind kind, boolean atLeast, double must, double aim, Figure figure) {
    Suite suite = suites.get(id);
    goals.add(
        new Goal(
            what,
            kind,
            atLeast,
            must,
            aim,
            suite == null ? null : figure.apply(suite),
            suite == null ? null : suite.controlSpeed()));
  }
}
