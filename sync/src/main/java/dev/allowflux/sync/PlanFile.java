package dev.allowflux.sync;

import dev.allowflux.internal.json.PlanReader;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.internal.journal.PrivateFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads and writes the documents of plans. All methods block.
 *
 * @since 0.1
 */
public final class PlanFile {
  private PlanFile() {}

  /**
   * Reads a plan from a file.
   *
   * @param path a file that has a plan and nothing else
   * @return the plan, whose digest is that of the document
   * @throws IllegalArgumentException as for {@link #read(InputStream)}
   * @throws IOException if the file cannot be read
   */
  public static SyncPlan read(Path path) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      return PlanReader.read(in);
    }
  }

  /**
   * Reads a plan from a stream.
   *
   * @param in has the document and nothing behind it; not closed
   * @return the plan, whose digest is that of the document
   * @throws IllegalArgumentException if it is no plan, a plan of an unknown version, or one that
   *     was edited after it was made; in one line that says what is wrong and where
   * @throws IOException if it cannot be read
   */
  public static SyncPlan read(InputStream in) throws IOException {
    return PlanReader.read(in);
  }

  /**
   * Writes a plan to a file that only its owner can read. The file appears under its name only when
   * it is whole; what is there is replaced, but for something that is no file, such as a pipe,
   * which is written to.
   *
   * @param plan the plan
   * @param path the file
   * @throws IOException if it cannot be written; it names the file
   */
  public static void write(SyncPlan plan, Path path) throws IOException {
    PrivateFiles.write(path, plan::write);
  }
}
