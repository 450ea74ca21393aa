package dev.allowflux.sync.file;

import dev.allowflux.internal.text.CountText;
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
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears under its name only when it is whole, and that can be resumed if its writer
 * fails or is killed.
 *
 * <p>Until {@link #commit()} the bytes are in {@code NAME.part}, with {@code NAME.checkpoint}
 * beside it. {@link #checkpoint(TraversalPosition)} records after each page how much of the part is
 * valid; a later run that opens the same target for the same job with {@link Unfinished#RESUME}
 * gets the {@link #position()} to traverse from, and the bytes behind that position are dropped.
 * One process at a time may write a target.
 *
 * <p>The part has the permissions, owner and group of the file that it replaces. No file is written
 * through a symbolic link except that of the target itself, and no part is overwritten that this
 * class did not write.
 *
 * <p>Every method blocks on the file system: call them on a thread that may block. The writing
 * methods are for one thread; {@link #suspend()}, {@link #commit()} and {@link #position()} may be
 * called by another one, such as a shutdown hook.
 *
 * @since 0.1
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
  private final FileAccess access;
  private final FileChannel channel;
  private final CRC32C crc = new CRC32C();
  private final @Nullable Map<String, String> job;
  private long length;
  private @Nullable TraversalPosition position;
  private @Nullable Checkpoint next;
  private long lastWritten = System.nanoTime();
  private long pause;
  private boolean ended;

  /**
   * What happens to an unfinished part of an earlier run.
   *
   * @since 0.1
   */
  public enum Unfinished {
    /** It is left alone, and opening fails. */
    REFUSE,
    /** It is resumed if it is of the same job; without one, writing starts at the beginning. */
    RESUME,
    /** It is dropped, and writing starts at the beginning. */
    DISCARD
  }

  private ResumableFile(
      Path target, FileAccess access, FileChannel channel, @Nullable Map<String, String> job) {
    this.target = target;
    this.part = partOf(target);
    this.checkpointFile = checkpointOf(target);
    this.access = access;
    this.channel = channel;
    this.job = job == null ? null : Map.copyOf(job);
  }

  private static Path partOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  private static Path checkpointOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".checkpoint");
  }

  /**
   * Opens a file that cannot be resumed: if it is not committed, nothing of it stays.
   *
   * @param target the file that appears when it is whole; a symbolic link to a file stays a link
   * @param ownerOnly whether a new file can be read and written by its owner alone; otherwise it
   *     has the permissions that the umask says. A file that is replaced keeps its permissions.
   * @return the file, with nothing in it
   * @throws IOException if the part cannot be written, is being written by another process, or was
   *     not written by this class
   * @throws UnfinishedFileException if there is an unfinished part of a job
   */
  public static ResumableFile create(Path target, boolean ownerOnly) throws IOException {
    return open(target, ownerOnly, null, Unfinished.REFUSE);
  }

  /**
   * Opens a file that can be resumed.
   *
   * @param target the file that appears when it is whole; a symbolic link to a file stays a link
   * @param job what is written: two runs with the same entries would write the same policies in the
   *     same form. The names must not be {@code length}, {@code crc32c} or {@code position}.
   * @param unfinished what happens to an unfinished part of an earlier run
   * @return the file; {@link #position()} is null if it starts at the beginning
   * @throws IOException if the part cannot be written, is being written by another process, or was
   *     not written by this class
   * @throws UnfinishedFileException if there is an unfinished part and {@link Unfinished#REFUSE}
   *     was asked for, or {@link Unfinished#RESUME} and it is of another job or was changed since
   */
  public static ResumableFile open(Path target, Map<String, String> job, Unfinished unfinished)
      throws IOException {
    return open(target, false, job, unfinished);
  }

  private static ResumableFile open(
      Path named, boolean ownerOnly, @Nullable Map<String, String> job, Unfinished unfinished)
      throws IOException {
    Path target = Files.exists(named) ? named.toRealPath() : named.toAbsolutePath();
    FileAccess access = FileAccess.of(target, ownerOnly);
    FileChannel channel = lock(partOf(target), access);
    ResumableFile file = new ResumableFile(target, access, channel, job);
    try {
      file.begin(unfinished);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return file;
  }

  /** The lock is on the file itself, so it must still be the one of that name when it is locked. */
  private static FileChannel lock(Path part, FileAccess access) throws IOException {
    while (true) {
      try {
        Files.createFile(part, access.attributes());
        access.applyTo(part);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)
            && Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
          throw new IOException(part + " is in the way and is no file of an export: remove it", e);
        }
      }
      FileChannel channel = null;
      try {
        Object key = key(part);
        channel =
            FileChannel.open(
                part, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        if (channel.tryLock() == null) {
          throw new OverlappingFileLockException();
        }
        Object same = key(part);
        if (key == null || key.equals(same)) {
          return channel;
        }
        channel.close();
      } catch (NoSuchFileException e) {
        // The other process has ended, and has renamed or removed the part.
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
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private void begin(Unfinished unfinished) throws IOException {
    boolean empty = channel.size() == 0;
    boolean hasCheckpoint = Files.isRegularFile(checkpointFile, LinkOption.NOFOLLOW_LINKS);
    if (!empty && !hasCheckpoint) {
      throw new IOException(
          part + " is in the way: no export says that it wrote it; move it, or remove it");
    }
    boolean anew = empty || unfinished == Unfinished.DISCARD;
    Checkpoint found = anew ? null : Checkpoint.read(checkpointFile);
    if (found == null || found.position() == null) {
      channel.truncate(0);
      new Checkpoint(Map.of(), 0, 0, null).write(checkpointFile, access.attributes());
      return;
    }
    resume(found, unfinished);
  }

  private void resume(Checkpoint found, Unfinished unfinished) throws IOException {
    TraversalPosition reached = found.position();
    if (job == null || unfinished == Unfinished.REFUSE) {
      throw new UnfinishedFileException(
          "an unfinished export of "
              + (reached == null ? "nothing" : count(reached))
              + " is in "
              + part,
          true);
    }
    String difference = found.differenceFrom(job);
    if (difference != null) {
      throw new UnfinishedFileException("cannot resume " + part + ": " + difference, false);
    }
    if (channel.size() < found.length() || crcOf(found.length()) != found.crc()) {
      throw new UnfinishedFileException(
          "cannot resume " + part + ": it is not as the export left it", false);
    }
    channel.truncate(found.length());
    channel.position(found.length());
    length = found.length();
    position = reached;
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

  private static String count(TraversalPosition position) {
    return CountText.policies(position.report().matched());
  }

  /**
   * Returns the position up to which the part is valid on disk.
   *
   * @return the position, or null if nothing can be resumed
   */
  public synchronized @Nullable TraversalPosition position() {
    return position;
  }

  /**
   * Returns the file that is written until the target is whole.
   *
   * @return the part, beside the target
   */
  public Path part() {
    return part;
  }

  /**
   * Writes bytes to the part.
   *
   * @param bytes holds them
   * @param offset where they begin
   * @param count how many they are
   * @throws IOException if they cannot be written whole; what was checkpointed before can still be
   *     resumed
   */
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

  /**
   * Records that everything that was written belongs to the policies up to a position. Not each
   * record reaches the disk at once, so that small pages do not cost more than they are worth;
   * {@link #suspend()} writes the last one. Does nothing for a file that cannot be resumed.
   *
   * @param reached the position behind the last policy that was written
   * @throws IOException if the checkpoint cannot be written; the one before stays
   */
  public synchronized void checkpoint(TraversalPosition reached) throws IOException {
    if (job == null || ended) {
      return;
    }
    next = new Checkpoint(job, length, crc.getValue(), reached);
    if (System.nanoTime() - lastWritten >= pause) {
      writeNext();
    }
  }

  private void writeNext() throws IOException {
    Checkpoint checkpoint = next;
    if (checkpoint != null) {
      long start = System.nanoTime();
      checkpoint.write(checkpointFile, access.attributes());
      position = checkpoint.position();
      next = null;
      lastWritten = System.nanoTime();
      pause = SHARE_OF_TIME * (lastWritten - start);
    }
  }

  /**
   * Gives the part the name of the target, when it is on the disk, and removes the checkpoint. A
   * second call does nothing.
   *
   * @throws IOException if that fails; the part is as before
   */
  public synchronized void commit() throws IOException {
    if (ended) {
      return;
    }
    access.applyTo(part);
    channel.force(true);
    // The lock goes with the channel: a file that has its name must not be taken for a part.
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    ended = true;
    position = null;
    next = null;
    Files.deleteIfExists(checkpointFile);
  }

  /**
   * Writes the last checkpoint, or removes a part of which nothing can be resumed. Closes nothing:
   * if the process is ending, whoever writes goes on until it has ended. Does nothing after {@link
   * #commit()}.
   */
  public synchronized void suspend() {
    if (ended) {
      return;
    }
    try {
      try {
        writeNext();
      } catch (IOException e) {
        // A full disk: the bytes behind the checkpoint are of no use and take its place.
        channel.truncate(next == null ? length : next.length());
        writeNext();
      }
      if (position == null) {
        ended = true;
        Files.deleteIfExists(part);
        Files.deleteIfExists(checkpointFile);
      }
    } catch (IOException e) {
      // The name of the part tells what it is, and the last checkpoint how much of it is valid.
      return;
    }
  }

  /** Does what {@link #suspend()} does, and closes the part. */
  @Override
  public void close() {
    suspend();
    try {
      channel.close();
    } catch (IOException e) {
      // What failed before is the one to report, and what was to be written has been.
      return;
    }
  }
}
