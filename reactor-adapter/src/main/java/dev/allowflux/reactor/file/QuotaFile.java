package dev.allowflux.reactor.file;

import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.internal.store.CellStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file, mapped. Its head says what it holds; then follow the cells, one number each.
 *
 * <p>A lock is held only by the process that sets the file up: the first one, and the first one
 * after a restart of the machine. Until it is done, the head does not name this boot, and others
 * ask again.
 */
final class QuotaFile {

  private static final long FORMAT = 0x616c6c6f77666c31L;
  private static final int MOST_CALLS = 1_000_000;

  private static final int FORMAT_AT = 0;
  private static final int BOOT_AT = 1;
  private static final int CALLS_AT = 2;
  private static final int WINDOW_AT = 3;
  private static final int LATEST_AT = 4;
  private static final int HEAD = 8;

  /** Far behind the data, since a lock on it would keep others from reading on some systems. */
  private static final long LOCKED_AT = Long.MAX_VALUE - 1;

  private static final int PIECE = 64 << 10;

  private final Path path;
  private final long size;
  private final @Nullable Object key;
  private final MappedNumbers numbers;
  private final CellStore cells;

  private QuotaFile(Path path, @Nullable Object key, MappedNumbers numbers, Limits limits) {
    this.path = path;
    this.size = size(limits);
    this.key = key;
    this.numbers = numbers;
    this.cells = new CellStore(new MappedCells(numbers, HEAD, limits), limits, QuotaFile::now);
  }

  /** Another process sets the file up at this moment. */
  static final class BeingSetUpException extends IOException {
    private static final long serialVersionUID = 1L;

    BeingSetUpException(Path path) {
      super(path + " is being set up by another process that does not go on: end it, try again");
    }
  }

  /** The machine's monotonic clock. It begins near 0 at boot, where free places are 0. */
  private static long now() {
    return System.nanoTime();
  }

  private static long size(Limits limits) {
    return (long) (HEAD + MappedCells.numbers(limits)) * Long.BYTES;
  }

  /**
   * Opens the file, and sets it up if this is its first use since the machine was started.
   *
   * @param again whether calls were sent by a file of this name that is not there any more; if it
   *     has to be set up, it then counts as used up
   */
  static QuotaFile open(Path path, Limits limits, boolean again) throws IOException {
    if (limits.calls() > MOST_CALLS) {
      throw new IOException("a quota in a file holds at most " + MOST_CALLS + " calls");
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder, attributes(folder, "rwx------"));
    }
    long size = size(limits);
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            attributes(path, "rw-------"))) {
      if (isUnfinished(channel, size)) {
        fill(path, channel, size);
      }
      if (channel.size() != size) {
        throw new IOException(
            path + " holds another quota, or is no quota file: name another file for this one");
      }
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      MappedNumbers numbers =
          new MappedNumbers(channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
      QuotaFile file = new QuotaFile(path, key, numbers, limits);
      long boot = BootId.read();
      if (!file.isOfBoot(boot)) {
        file.setUp(channel, limits, boot, again);
      }
      file.check(limits);
      return file;
    } catch (InternalError e) {
      throw unusable(path, e);
    }
  }

  /**
   * Takes the disk's space for the whole file. A file with holes would fail on a full disk where
   * its memory is written, and that ends the process.
   */
  private static void fill(Path path, FileChannel channel, long size) throws IOException {
    try (FileLock lock = lock(channel)) {
      if (lock == null) {
        throw new BeingSetUpException(path);
      }
      if (!isUnfinished(channel, size)) {
        return;
      }
      boolean filled = false;
      try {
        ByteBuffer zeros = ByteBuffer.allocate(PIECE);
        for (long at = 0; at < size; at += zeros.position()) {
          zeros.clear().limit((int) Math.min(PIECE, size - at));
          channel.write(zeros, at);
        }
        filled = true;
      } catch (IOException e) {
        throw new IOException(path + " cannot be written: " + e.getMessage(), e);
      } finally {
        if (!filled) {
          channel.truncate(0);
        }
      }
    }
  }

  /** Whether the file is new, or whoever made it was killed before it had all of its space. */
  private static boolean isUnfinished(FileChannel channel, long size) throws IOException {
    long found = channel.size();
    if (found >= size) {
      return false;
    }
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(found));
    int read = 0;
    while (content.hasRemaining() && read >= 0) {
      read = channel.read(content, content.position());
    }
    for (byte part : content.array()) {
      if (part != 0) {
        return false;
      }
    }
    return true;
  }

  private static IOException unusable(Path path, InternalError cause) {
    return new IOException(path + " cannot be read or written any more", cause);
  }

  /**
   * Whether the file is still the one that is mapped, in its whole length. To touch memory behind
   * its end would end the process.
   */
  boolean isCurrent() throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return found.size() == size && Objects.equals(found.fileKey(), key);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static FileAttribute<?>[] attributes(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
            && FileSystems.getDefault().equals(path.getFileSystem())
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private boolean isOfBoot(long boot) {
    return numbers.read(BOOT_AT) == boot && now() >= numbers.read(LATEST_AT);
  }

  private void setUp(FileChannel channel, Limits limits, long boot, boolean again)
      throws IOException {
    try (FileLock lock = lock(channel)) {
      if (lock == null) {
        throw new BeingSetUpException(path);
      }
      if (isOfBoot(boot)) {
        return;
      }
      boolean used = numbers.read(FORMAT_AT) != 0;
      if (used) {
        check(limits);
      }
      numbers.write(BOOT_AT, 0);
      for (int i = 0; i < MappedCells.numbers(limits); i++) {
        numbers.write(HEAD + i, 0);
      }
      if (used || again) {
        // Nobody knows how long ago its calls were sent.
        cells.useUp();
      }
      numbers.write(CALLS_AT, limits.calls());
      numbers.write(WINDOW_AT, limits.window().toNanos());
      numbers.write(LATEST_AT, now());
      numbers.write(FORMAT_AT, FORMAT);
      numbers.write(BOOT_AT, boot);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_AT, 1, false);
    } catch (OverlappingFileLockException e) {
      // Another store of this process sets it up.
      return null;
    }
  }

  private void check(Limits limits) throws IOException {
    if (numbers.read(FORMAT_AT) != FORMAT) {
      throw new IOException(path + " is no quota file: name another one");
    }
    long calls = numbers.read(CALLS_AT);
    long window = numbers.read(WINDOW_AT);
    if (calls != limits.calls() || window != limits.window().toNanos()) {
      throw new IOException(
          path
              + " holds a quota of "
              + calls
              + " calls in "
              + Duration.ofNanos(window)
              + ", and this one is "
              + limits.calls()
              + " in "
              + limits.window()
              + ": name another file for it");
    }
  }

  Reply exchange(Exchange exchange) throws IOException {
    try {
      Reply reply = cells.exchange(exchange);
      long now = now();
      if (numbers.read(LATEST_AT) < now) {
        numbers.write(LATEST_AT, now);
      }
      return reply;
    } catch (InternalError e) {
      // The disk fails, or somebody has made the file shorter at this moment.
      throw unusable(path, e);
    }
  }
}
