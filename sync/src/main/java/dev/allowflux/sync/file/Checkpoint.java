package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.model.TraversalPosition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much of an unfinished file is valid: what a later run needs to resume it, and to see that it
 * may. One without a position says only that the unfinished file was written by this library.
 *
 * @param job what is written, by the names of the options that say so
 * @param length how many bytes of the unfinished file belong to it
 * @param crc the CRC-32C of these bytes
 * @param position the position behind the last policy in them, or null if there is none yet
 */
record Checkpoint(
    Map<String, String> job, long length, long crc, @Nullable TraversalPosition position) {
  private static final String TITLE = "allowflux export checkpoint 1";
  private static final List<String> OWN = List.of("length", "crc32c", "position");
  private static final int MAX_BYTES = 32 << 20;

  /** Writes it so that the file holds either this checkpoint or the one before, and no mixture. */
  void write(Path file, FileAttribute<?>... attributes) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    // A link of this name is removed, not followed: only a file that is created here is written.
    Files.deleteIfExists(whole);
    try (FileChannel channel =
        FileChannel.open(
            whole, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(text().getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      Files.deleteIfExists(whole);
      throw e;
    }
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private String text() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    job.forEach((name, value) -> text.append(name).append(' ').append(line(value)).append('\n'));
    text.append("length ").append(length).append('\n');
    text.append("crc32c ").append(Long.toHexString(crc)).append('\n');
    if (position != null) {
      text.append("position ").append(position).append('\n');
    }
    return text + "sha256 " + sha256(text.toString()) + "\n";
  }

  /** Values are compared and shown, and never parsed. */
  private static String line(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /** Reads a checkpoint, null if there is none. */
  static @Nullable Checkpoint read(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new IOException(file + " is a symbolic link, which no export makes: remove it");
    }
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw damaged(file);
      }
      return parse(new String(bytes, UTF_8), file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Checkpoint parse(String text, Path file) throws IOException {
    int end = text.lastIndexOf("sha256 ");
    if (!text.startsWith(TITLE + "\n")
        || end < 0
        || !text.substring(end).equals("sha256 " + sha256(text.substring(0, end)) + "\n")) {
      throw damaged(file);
    }
    Map<String, String> values = new LinkedHashMap<>();
    text.substring(0, end)
        .lines()
        .skip(1)
        .forEach(
            line -> {
              int space = line.indexOf(' ');
              values.put(line.substring(0, Math.max(0, space)), line.substring(space + 1));
            });
    try {
      String position = values.get("position");
      Checkpoint checkpoint =
          new Checkpoint(
              values,
              Long.parseLong(values.getOrDefault("length", "")),
              Long.parseLong(values.getOrDefault("crc32c", ""), 16),
              position == null ? null : TraversalPosition.parse(position));
      OWN.forEach(values::remove);
      return checkpoint;
    } catch (IllegalArgumentException e) {
      throw damaged(file);
    }
  }

  private static IOException damaged(Path file) {
    return new UnfinishedFileException(file + ": damaged, or of another version", false);
  }

  /** What another job has that this one does not, or null if both are the same. */
  @Nullable String differenceFrom(Map<String, String> other) {
    for (Map.Entry<String, String> entry : other.entrySet()) {
      String here = job.getOrDefault(entry.getKey(), "");
      if (!here.equals(line(entry.getValue()))) {
        return "its " + entry.getKey() + " is " + here + ", not " + line(entry.getValue());
      }
    }
    return null;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
