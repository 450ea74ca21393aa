package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.peer.Jackson3Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an exported file holds, whatever the order and the form of its times.
 *
 * @param sum of the hash codes of its policies
 */
record ExportContent(long lines, long sum) {

  static ExportContent of(Path file) throws IOException {
    Jackson3Json json = new Jackson3Json();
    long lines = 0;
    long sum = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines++;
        sum += json.readLine(line).hashCode();
      }
    }
    return new ExportContent(lines, sum);
  }

  static void checkSame(Path ours, Path theirs, int policies) throws IOException {
    ExportContent own = of(ours);
    ExportContent other = of(theirs);
    if (own.lines != policies || !own.equals(other)) {
      throw new IOException("the exports differ: " + own + " and " + other);
    }
  }
}
