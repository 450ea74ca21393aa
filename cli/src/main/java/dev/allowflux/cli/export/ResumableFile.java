package dev.allowflux.cli.export;

import dev.allowflux.cli.output.Output;
import dev.allowflux.model.TraversalPosition;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file beside its target until it is whole. Of an export that can go on it stays if the export
 * fails, with a checkpoint that says how much of it is good; of another one it is taken back. One
 * process at a time may write it.
 */
public final class ResumableFile implements Closeable {
  private static final int CHUNK = 1 << 16;

  /**
   * Pages can come faster than a checkpoint is worth: no more than this part of the time goes into
   * them, and what the last one lags behind is read again.
   */
  private static final int SHARE_OF_TIME = 20;

  private final Path target;
  private final Path part;
  private final Path checkpointFile;
  private final FileChannel channel;
  private final CRC32C crc = new CRC32C();
  private final @Nullable Map<String, String> job;
  private final Thread onInterrupt;
  private long length;
  private @Nullable TraversalPosition kept;
  private @Nullable Checkpoint next;
  private long lastKept = System.nanoTime();
  private long pause;
  private boolean ended;

  private ResumableFile(
      Path target, FileChannel channel, @Nullable Map<String, String> job, Runnable interrupted) {
    this.target = target;
    this.part = partOf(target);
    this.checkpointFile = checkpointOf(target);
    this.channel = channel;
    this.job = job;
    this.onInterrupt =
        new Thread(
            () -> {
              settle();
              interrupted.run();
            },
            "discard");
  }

  static Path partOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  static Path checkpointOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".checkpoint");
  }

  /**
   * Begins a file, or goes on with one.
   *
   * @param job what is written, or null if it cannot go on after a failure
   * @param resume whether to go on with what is there; null refuses if something is
   * @param interrupted runs when the process is ended by a signal
   */
  public static ResumableFile open(
      Path named, @Nullable Map<String, String> job, @Nullable Boolean resume, Runnable interrupted)
      throws IOException {
    Path target = Files.exists(named) ? named.toRealPath() : named.toAbsolutePath();
    FileChannel channel;
    try {
      channel = lock(partOf(target));
    } catch (IOException e) {
      throw Output.failed(named.toString(), e);
    }
    ResumableFile file = new ResumableFile(target, channel, job, interrupted);
    try {
      file.begin(resume);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(file.onInterrupt);
    return file;
  }

  /** The lock is on the file itself, so it must still be the one of that name when it is locked. */
  private static FileChannel lock(Path part) throws IOException {
    while (true) {
      try {
        Files.createFile(part);
      } catch (FileAlreadyExistsException e) {
        // Whose it is tells the lock.
      }
      FileChannel channel = null;
      try {
        Object key = key(part);
        channel = FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
          throw new OverlappingFileLockException();
        }
        Object same = key(part);
        if (key == null || key.equals(same)) {
          return channel;
        }
        channel.close();
      } catch (NoSuchFileException e) {
        // The other one has ended and given it its name, or taken it back.
        if (channel != null) {
          channel.close();
        }
      } catch (OverlappingFileLockException e) {
        if (channel != null) {
          channel.close();
        }
        throw new IOException("another export is writing " + part, e);
      }
    }
  }

  private static @Nullable Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private void begin(@Nullable Boolean resume) throws IOException {
    boolean anew = Boolean.FALSE.equals(resume) || channel.size() == 0;
    Checkpoint checkpoint = anew ? null : Checkpoint.read(checkpointFile);
    if (checkpoint == null) {
      Files.deleteIfExists(checkpointFile);
      channel.truncate(0);
      return;
    }
    if (resume == null) {
      throw new IOException(
          "an unfinished export of "
              + count(checkpoint.position())
              + " is in "
              + part
              + ": --resume goes on with it, --no-resume starts anew");
    }
    String difference = job == null ? null : checkpoint.differenceFrom(job);
    if (difference != null) {
      throw new IOException(
          "cannot go on with " + part + ": " + difference + "; --no-resume starts anew");
    }
    if (channel.size() < checkpoint.length() || crcOf(checkpoint.length()) != checkpoint.crc()) {
      throw new IOException(
          "cannot go on with "
              + part
              + ": it is not as the export left it; --no-resume starts anew");
    }
    channel.truncate(checkpoint.length());
    channel.position(checkpoint.length());
    length = checkpoint.length();
    kept = checkpoint.position();
  }

  private long crcOf(long bytes) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    for (long at = 0; at < bytes; at += chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK, bytes - at));
      while (chunk.hasRemaining() && channel.read(chunk, at + chunk.position()) > 0) {
        // Reads on until the chunk is full.
      }
      crc.update(chunk.flip());
    }
    return crc.getValue();
  }

  public static String count(TraversalPosition position) {
    long count = position.report().matched();
    return String.format(Locale.ROOT, "%,d", count) + (count == 1 ? " policy" : " policies");
  }

  /** The position that the file is good up to, or null if nothing says so. */
  public synchronized @Nullable TraversalPosition kept() {
    return kept;
  }

  public Path path() {
    return part;
  }

  public void write(byte[] bytes, int offset, int count) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
    if (job != null) {
      crc.update(bytes, offset, count);
      length += count;
    }
  }

  /** Says that all that was written belongs to what came up to a position. */
  public synchronized void keep(TraversalPosition position) throws IOException {
    if (job == null || ended) {
      return;
    }
    next = new Checkpoint(job, length, crc.getValue(), position);
    if (System.nanoTime() - lastKept >= pause) {
      keepNext();
    }
  }

  private void keepNext() throws IOException {
    Checkpoint checkpoint = next;
    if (checkpoint != null) {
      long start = System.nanoTime();
      checkpoint.write(checkpointFile);
      kept = checkpoint.position();
      next = null;
      lastKept = System.nanoTime();
      pause = SHARE_OF_TIME * (lastKept - start);
    }
  }

  /** An interrupt may come now: either all of this happens, or nothing. */
  public synchronized void commit() throws IOException {
    if (ended) {
      return;
    }
    try {
      if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
        keepPermissions();
      }
      channel.force(true);
      // The lock goes with the channel: a file that has its name must not be taken for a part.
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      ended = true;
      kept = null;
      next = null;
      Files.deleteIfExists(checkpointFile);
    } catch (IOException e) {
      throw Output.failed(target.toString(), e);
    }
  }

  private void keepPermissions() throws IOException {
    try {
      Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(target));
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions has none to keep.
      return;
    }
  }

  /**
   * Takes back what was not committed, or makes sure of what can be gone on with. Nothing is
   * closed: if the process is ending, whoever writes goes on until it has ended.
   */
  public synchronized void settle() {
    if (ended) {
      return;
    }
    try {
      keepNext();
      if (kept == null) {
        ended = true;
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      // The name of the part tells what it is, and the last checkpoint how much of it is good.
      return;
    }
  }

  @Override
  public void close() {
    settle();
    try {
      channel.close();
    } catch (IOException e) {
      // What failed before is the one to report, and what was to be written has been.
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(onInterrupt);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
      return;
    }
  }
}
