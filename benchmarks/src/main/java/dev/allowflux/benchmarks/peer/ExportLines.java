package dev.allowflux.benchmarks.peer;

import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes policies as {@code export} does, into the writer's own array, which is used again. */
public final class ExportLines {
  private final PolicyNdjsonWriter writer = PolicyNdjsonWriter.ofAllFields();
  private final Last last = new Last();

  /** Keeps hold of what was written last. */
  private static final class Last extends OutputStream {
    private byte[] array = {};
    private int length;

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      array = bytes;
      length = count;
    }
  }

  /**
   * Writes one line for each policy over what was written before.
   *
   * @param policies a page
   * @return how many bytes the lines have
   */
  public int write(List<AllowPolicy> policies) throws IOException {
    writer.write(policies, last);
    return last.length;
  }

  /** Returns the lines that were written last. */
  @Override
  public String toString() {
    return new String(last.array, 0, last.length, StandardCharsets.UTF_8);
  }
}
