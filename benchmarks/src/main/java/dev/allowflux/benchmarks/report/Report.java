package dev.allowflux.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that a run found, for people and for programs.
 *
 * @param form which form of the run it was
 * @param rounds how many rounds
 * @param seed of their order
 * @param environment the machine and the versions
 * @param suites what was measured
 * @param goals what was promised of it
 */
public record Report(
    String form,
    int rounds,
    long seed,
    Map<String, String> environment,
    List<Suite> suites,
    List<Goal> goals) {

  public void writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Files.writeString(directory.resolve("results.json"), json.writeValueAsString(this) + "\n");
    Files.writeString(directory.resolve("results.md"), markdown());
    for (Suite suite : suites) {
      for (Map.Entry<String, String> chart : charts(suite).entrySet()) {
        Files.writeString(directory.resolve(chart.getKey()), chart.getValue());
      }
    }
  }

  public String markdown() {
    StringBuilder text = new StringBuilder("# Measured\n\n");
    text.append("The ").append(form).append(" form, ").append(rounds);
    text.append(" shuffled rounds of everything (seed ").append(seed).append("). ");
    text.append(
        """
        Each figure is the median of the rounds, with the smallest and the largest in parentheses. \
        Ratios are taken round by round. The lines that end in "again" are the same thing measured \
        twice: what differs there is noise, and differences of that size mean nothing elsewhere. \
        Times are wall times. "CPU" is the processor time of the whole process, compiler and \
        collector included.

        """);
    text.append("| | |\n|---|---|\n");
    environment.forEach(
        (name, value) -> text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
    suites.forEach(suite -> append(text, suite));
    appendGoals(text);
    return text.toString();
  }

  private static void append(StringBuilder text, Suite suite) {
    text.append("\n## ").append(suite.title()).append("\n\n");
    for (String chart : charts(suite).keySet()) {
      text.append("![").append(suite.title()).append("](").append(chart).append(")\n\n");
    }
    text.append("| | time per ").append(suite.unit());
    text.append(" | speed, ").append(suite.reference()).append(" = 1 | ");
    text.append(suite.bytesMean()).append(" | CPU |\n|---|---:|---:|---:|---:|\n");
    for (String subject : suite.samples().keySet()) {
      text.append("| ").append(subject);
      text.append(" | ").append(range(suite.nanos(subject), Figures::nanos));
      text.append(" | ").append(range(suite.speed(subject, suite.reference()), Figures::times));
      text.append(" | ").append(median(suite.bytes(subject), Figures::bytes));
      text.append(" | ").append(median(suite.cpuNanos(subject), Figures::nanos));
      text.append(" |\n");
    }
  }

  private void appendGoals(StringBuilder text) {
    text.append("\n## Goals\n\n");
    text.append("| what | must | aim | measured | control: the same against itself | |\n");
    text.append("|---|---:|---:|---:|---:|---|\n");
    for (Goal goal : goals) {
      DoubleFunction<String> figure = value -> Figures.of(goal.kind(), value);
      String bound = goal.atLeast() ? "at least " : "at most ";
      text.append("| ").append(goal.what());
      text.append(" | ").append(bound).append(figure.apply(goal.must()));
      text.append(" | ").append(figure.apply(goal.aim()));
      text.append(" | ").append(goal.measured() == null ? "" : range(goal.measured(), figure));
      text.append(" | ");
      text.append(goal.control() == null ? "" : range(goal.control(), Figures::times));
      text.append(" | ").append(goal.verdict()).append(" |\n");
    }
    long missed = goals.stream().filter(goal -> goal.verdict().contains("falls short")).count();
    long unknown = goals.stream().filter(goal -> goal.measured() == null).count();
    text.append("\nOf ").append(goals.size()).append(" goals, ");
    text.append(goals.size() - missed - unknown).append(" hold, ");
    text.append(missed).append(missed == 1 ? " falls short" : " fall short");
    text.append(unknown == 0 ? "" : " and " + unknown + " were not measured in this run");
    text.append(".\n");
  }

  /** One chart of time a suite, and one of memory where that is what the suite is about. */
  private static Map<String, String> charts(Suite suite) {
    Map<String, String> charts = new LinkedHashMap<>();
    boolean heap = suite.id().equals("smallest-heap");
    if (!heap) {
      BarChart time = new BarChart(suite.title(), "time per " + suite.unit() + ", less is better");
      for (String subject : suite.samples().keySet()) {
        Spread nanos = suite.nanos(subject);
        time.add(subject, nanos, Figures.nanos(nanos.median()), isOwn(subject));
      }
      charts.put(suite.id() + ".svg", time.svg());
    }
    if (heap || suite.id().matches("decode|stream-plain|export")) {
      BarChart memory =
          new BarChart(suite.title(), "memory (" + suite.bytesMean() + ") per " + suite.unit());
      for (String subject : suite.samples().keySet()) {
        Spread bytes = suite.bytes(subject);
        if (bytes != null) {
          memory.add(subject, bytes, Figures.bytes(bytes.median()), isOwn(subject));
        }
      }
      charts.put(suite.id() + "-memory.svg", memory.svg());
    }
    return charts;
  }

  private static boolean isOwn(String subject) {
    return subject.startsWith("allowflux") || subject.contains("in flight");
  }

  private static String median(@Nullable Spread spread, DoubleFunction<String> figure) {
    return spread == null ? "" : figure.apply(spread.median());
  }

  private static String range(Spread spread, DoubleFunction<String> figure) {
    String median = figure.apply(spread.median());
    return spread.min() == spread.max()
        ? median
        : median + " (" + figure.apply(spread.min()) + " to " + figure.apply(spread.max()) + ")";
  }
}
