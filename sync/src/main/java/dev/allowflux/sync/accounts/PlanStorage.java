package dev.allowflux.sync.accounts;

import dev.allowflux.sync.internal.journal.PrivateFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that plans are kept in. Several threads may read it at a time. No {@code FileChannel},
 * which a thread that is interrupted while it reads, as by a cancel, closes for all others.
 */
final class PlanStorage implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final RandomAccessFile file;
  private final Path name;
  private final boolean isToBeDeleted;

  private PlanStorage(RandomAccessFile file, Path name, boolean isToBeDeleted) {
    this.file = file;
    this.name = name;
    this.isToBeDeleted = isToBeDeleted;
  }

  /** Opens a file, and only reads it. */
  static PlanStorage open(Path path) throws IOException {
    // Says what is wrong as java.nio.file does everywhere else.
    path.getFileSystem().provider().checkAccess(path, AccessMode.READ);
    return new PlanStorage(new RandomAccessFile(path.toFile(), "r"), path, false);
  }

  /** Makes a file that only its owner can read, and that goes when it is closed at the latest. */
  static PlanStorage temporary(Path folder) throws IOException {
    Path path = Files.createTempFile(folder, "allowflux-plans-", ".json");
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw e;
    }
    // Where an open file can be deleted, not even a killed process leaves it.
    boolean gone = path.toFile().delete();
    return new PlanStorage(file, path, !gone);
  }

  synchronized long size() throws IOException {
    return file.length();
  }

  /** The bytes from a position to another one. */
  InputStream part(long start, long end) {
    return new BufferedInputStream(new Part(start, end), BUFFER);
  }

  /** Takes bytes behind the last one; to be flushed. */
  OutputStream end() {
    return new BufferedOutputStream(new End(), BUFFER);
  }

  private synchronized int read(long position, byte[] bytes, int offset, int length)
      throws IOException {
    file.seek(position);
    return file.read(bytes, offset, length);
  }

  private synchronized void append(byte[] bytes, int offset, int length) throws IOException {
    try {
      file.seek(file.length());
      file.write(bytes, offset, length);
    } catch (IOException e) {
      throw PrivateFiles.naming(name, e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
    if (isToBeDeleted) {
      Files.deleteIfExists(name);
    }
  }

  private final class Part extends InputStream {
    private final long end;
    private long position;

    Part(long start, long end) {
      this.position = start;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (position >= end) {
        return -1;
      }
      int most = (int) Math.min(length, end - position);
      int count = PlanStorage.this.read(position, bytes, offset, most);
      if (count > 0) {
        position += count;
      }
      return count;
    }
  }

  private final class End extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      append(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      append(bytes, offset, length);
    }
  }
}
