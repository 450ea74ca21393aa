package dev.allowflux.sync.export;

import static java.util.Objects.requireNonNull;

import dev.allowflux.sync.file.ResumableFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits the CSV of a {@link DashboardCsvWriter} into files that the dashboard takes one by one.
 *
 * <p>Stateless; safe for use by many threads.
 *
 * @since 0.1
 */
public final class DashboardUploads {
  private DashboardUploads() {}

  /**
   * Returns the path of a part.
   *
   * @param whole the file that is split
   * @param number the number of the part, from 1
   * @return for instance {@code policies-1.csv} beside {@code policies.csv}
   */
  public static Path part(Path whole, int number) {
    String name = String.valueOf(requireNonNull(whole, "whole").getFileName());
    int dot = name.lastIndexOf('.');
    String part =
        dot <= 0
            ? name + "-" + number
            : name.substring(0, dot) + "-" + number + name.substring(dot);
    return whole.resolveSibling(part);
  }

  /**
   * Splits a file between its rows, if it is longer than one upload may be: each part has the
   * header line, and the whole is deleted once all parts are there. Blocks.
   *
   * @param whole the file, as {@link DashboardCsvWriter} writes it
   * @param maxBytes how long a part may be; {@link DashboardCsvWriter#MAX_UPLOAD_BYTES} for the
   *     dashboard
   * @return the parts in their order, or the whole alone if it is short enough
   * @throws FileAlreadyExistsException if a file of that name is there, which may be of another
   *     export; the whole stays
   * @throws IOException if the whole cannot be read or a part cannot be written; the whole stays
   */
  public static List<Path> split(Path whole, int maxBytes) throws IOException {
    if (Files.size(requireNonNull(whole, "whole")) <= maxBytes) {
      return List.of(whole);
    }
    List<Path> parts = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(whole), 1 << 16)) {
      byte[] header = row(in);
      ByteArrayOutputStream part = new ByteArrayOutputStream(maxBytes);
      for (byte[] row = row(in); row.length > 0; row = row(in)) {
        if (part.size() > 0 && part.size() + row.length > maxBytes) {
          parts.add(write(whole, parts.size() + 1, part));
        }
        if (part.size() == 0) {
          part.write(header);
        }
        part.write(row);
      }
      parts.add(write(whole, parts.size() + 1, part));
    }
    Files.delete(whole);
    return List.copyOf(parts);
  }

  private static Path write(Path whole, int number, ByteArrayOutputStream part) throws IOException {
    Path target = part(whole, number);
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    try (ResumableFile file = ResumableFile.create(target, false)) {
      file.write(part.toByteArray(), 0, part.size());
      file.commit();
    }
    part.reset();
    return target;
  }

  /** Reads a row with its end, which is no line end within quotes; nothing at the end. */
  private static byte[] row(InputStream in) throws IOException {
    ByteArrayOutputStream row = new ByteArrayOutputStream();
    boolean quoted = false;
    for (int c = in.read(); c >= 0; c = in.read()) {
      row.write(c);
      quoted ^= c == '"';
      if (c == '\n' && !quoted) {
        break;
      }
    }
    return row.toByteArray();
  }
}
