package dev.allowflux.benchmarks.peer;

import dev.allowflux.cli.output.NdjsonFormat;
import dev.allowflux.cli.output.Utf8Buffer;
import dev.allowflux.model.AllowPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes policies as {@code export} does, into an array that is used again. */
public final class ExportLines {
  private final Utf8Buffer bytes = new Utf8Buffer();
  private final NdjsonFormat format = new NdjsonFormat(null);

  /**
   * Writes one line for each policy over what was written before.
   *
   * @param policies a page
   * @return how many bytes the lines have
   */
  public int write(List<AllowPolicy> policies) {
    bytes.clear();
    format.write(policies, bytes);
    return bytes.length();
  }

  /** Returns the lines that were written last. */
  @Override
  public String toString() {
    return new String(bytes.array(), 0, bytes.length(), StandardCharsets.UTF_8);
  }
}
