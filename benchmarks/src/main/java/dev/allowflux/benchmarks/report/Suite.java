package dev.allowflux.benchmarks.report;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was measured side by side.
 *
 * @param id a short name
 * @param title what it shows
 * @param unit what time and bytes are for, such as a page
 * @param bytesMean what bytes are
 * @param reference the subject that the others are compared with
 * @param control the same as the reference, measured as if it were another subject: what differs is
 *     noise
 * @param samples the subjects in the order of presentation, each with one sample a round
 */
public record Suite(
    String id,
    String title,
    String unit,
    String bytesMean,
    String reference,
    @Nullable String control,
    Map<String, List<Sample>> samples) {

  public Spread nanos(String subject) {
    return spread(subject, Sample::nanos);
  }

  public @Nullable Spread bytes(String subject) {
    return of(subject).get(0).bytes() == null ? null : spread(subject, Suite::bytesOf);
  }

  public @Nullable Spread cpuNanos(String subject) {
    return of(subject).get(0).cpuNanos() == null ? null : spread(subject, Suite::cpuOf);
  }

  /** How many times as fast as another a subject is, round by round. */
  public Spread speed(String subject, String other) {
    return ratio(other, subject, Sample::nanos);
  }

  /** How many times as many bytes as another a subject takes, round by round. */
  public Spread bytesRatio(String subject, String other) {
    return ratio(subject, other, Suite::bytesOf);
  }

  /** How much more time than another a subject takes, round by round. */
  public Spread extraNanos(String subject, String other) {
    return difference(subject, other, Sample::nanos);
  }

  /** How many more bytes than another a subject takes, round by round. */
  public Spread extraBytes(String subject, String other) {
    return difference(subject, other, Suite::bytesOf);
  }

  /** How much faster the reference seems to be than itself, or null if that was not measured. */
  public @Nullable Spread controlSpeed() {
    return control == null ? null : speed(control, reference);
  }

  private Spread spread(String subject, ToDoubleFunction<Sample> figure) {
    return Spread.of(of(subject).stream().mapToDouble(figure).toArray());
  }

  private Spread ratio(String above, String below, ToDoubleFunction<Sample> figure) {
    double[] ratios = new double[of(above).size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(of(above).get(i)) / figure.applyAsDouble(of(below).get(i));
    }
    return Spread.of(ratios);
  }

  private Spread difference(String from, String of, ToDoubleFunction<Sample> figure) {
    double[] differences = new double[of(from).size()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = figure.applyAsDouble(of(from).get(i)) - figure.applyAsDouble(of(of).get(i));
    }
    return Spread.of(differences);
  }

  private List<Sample> of(String subject) {
    List<Sample> found = samples.get(subject);
    if (found == null) {
      throw new IllegalArgumentException(id + " has no " + subject);
    }
    return found;
  }

  private static double bytesOf(Sample sample) {
    Double bytes = sample.bytes();
    return bytes == null ? Double.NaN : bytes;
  }

  private static double cpuOf(Sample sample) {
    Double cpuNanos = sample.cpuNanos();
    return cpuNanos == null ? Double.NaN : cpuNanos;
  }
}
