package dev.allowflux.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.internal.json.JsonLine;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The file that knows what was sent: lines of JSON, each forced to disk before anything is done
 * about it. Every line has a checksum over itself and all lines before it, so that an edited, lost
 * or doubled line shows; only the last line may be torn, as a crash leaves it, and is dropped.
 *
 * <p>Everything here blocks. Methods exclude each other, so that the file is not closed within a
 * write.
 */
final class ApplyJournal {
  /** How bytes come to the disk; a test may have it fail half-way. */
  interface Disk {
    void write(FileChannel file, ByteBuffer bytes) throws IOException;
  }

  static final Disk FORCED =
      (file, bytes) -> {
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(false);
      };

  private static final String KIND = "allowflux apply";
  private static final int VERSION = 1;
  private static final String SUM = ",\"sum\":\"";
  private static final int SUM_LENGTH = SUM.length() + 10;

  /**
   * The lock files that this process has locked. To ask the system would be wrong: closing the
   * second channel on a file gives up the lock that the process holds through the first.
   */
  private static final Set<Path> LOCKED = new HashSet<>();

  private final Path path;
  private final Map<String, Object> head = new LinkedHashMap<>();
  private final Disk disk;
  private final ApplyState state;
  private final CRC32 sum = new CRC32();
  private @Nullable Path locked;
  private @Nullable FileChannel lockFile;
  private @Nullable FileChannel file;
  private boolean closed;

  ApplyJournal(Path path, SyncPlan plan, ApplyState state, Disk disk) {
    this.path = path;
    this.state = state;
    this.disk = disk;
    head.put("journal", KIND);
    head.put("version", VERSION);
    head.put("plan", plan.digest());
    head.put("account", plan.account().value());
  }

  /** Locks and reads the file, or begins it. */
  synchronized void open() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    lock();
    FileChannel opened =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    file = opened;
    byte[] bytes = readAll(opened);
    int end = replay(bytes);
    if (end < bytes.length) {
      opened.truncate(end);
    }
    opened.position(end);
    if (end == 0) {
      write(opened, head);
      forceDirectory();
    }
  }

  private void lock() throws IOException {
    Path name = path.resolveSibling(path.getFileName() + ".lock");
    Path directory = name.toAbsolutePath().getParent();
    Path real = directory == null ? name : directory.toRealPath().resolve(name.getFileName());
    synchronized (LOCKED) {
      if (!LOCKED.add(real)) {
        throw inUse();
      }
    }
    locked = real;
    FileChannel opened =
        FileChannel.open(real, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    lockFile = opened;
    FileLock lock = opened.tryLock();
    if (lock == null) {
      throw inUse();
    }
  }

  private ApplyRefusedException inUse() {
    return new ApplyRefusedException(
        "another run is using the journal " + path + "; wait for its end, then run this again");
  }

  private static byte[] readAll(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
    int read = 0;
    while (bytes.hasRemaining() && read >= 0) {
      read = file.read(bytes);
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Takes in the lines and returns where they end; what stands behind them is a torn line. */
  private int replay(byte[] bytes) {
    int start = 0;
    int number = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        number++;
        replay(number, Arrays.copyOfRange(bytes, start, i));
        start = i + 1;
      }
    }
    if (number == 0 && !isPrefix(bytes, line(head, new CRC32()))) {
      throw new ApplyRefusedException(path + " is no journal of this plan; name another file");
    }
    return start;
  }

  private static boolean isPrefix(byte[] bytes, byte[] whole) {
    return bytes.length <= whole.length
        && Arrays.equals(bytes, 0, bytes.length, whole, 0, bytes.length);
  }

  private void replay(int number, byte[] bytes) {
    try {
      int content = bytes.length - SUM_LENGTH;
      if (content < 1) {
        throw new IllegalArgumentException("it is too short");
      }
      sum.update(bytes, 0, content);
      if (!new String(bytes, content, SUM_LENGTH, UTF_8).equals(sumText(sum))) {
        throw new IllegalArgumentException("its checksum is wrong");
      }
      byte[] json = Arrays.copyOf(bytes, content + 1);
      json[content] = '}';
      Map<String, Object> line = JsonLine.read(json);
      if (number == 1) {
        checkHead(line);
      } else {
        state.accept(line);
      }
    } catch (IllegalArgumentException e) {
      throw new ApplyRefusedException(
          (number == 1
                  ? path + " is no journal, or line 1"
                  : "the journal " + path + ", line " + number)
              + " is damaged: "
              + e.getMessage()
              + "; move it away and make a new plan");
    }
  }

  private void checkHead(Map<String, Object> line) {
    if (!KIND.equals(line.get("journal"))) {
      throw new IllegalArgumentException("it is of another kind");
    }
    if (!Integer.valueOf(VERSION).equals(line.get("version"))) {
      throw new ApplyRefusedException(
          "the journal " + path + " has version " + line.get("version") + ", not " + VERSION);
    }
    if (!line.equals(head)) {
      throw new ApplyRefusedException(
          "the journal "
              + path
              + " is of another plan ("
              + line.get("plan")
              + " for account "
              + line.get("account")
              + "); name another file");
    }
  }

  /** Writes a line, forces it to disk, and takes it in. */
  synchronized void append(Map<String, Object> line) throws IOException {
    FileChannel opened = file;
    if (opened == null) {
      throw new ClosedChannelException();
    }
    write(opened, line);
    state.accept(line);
  }

  private void write(FileChannel opened, Map<String, Object> line) throws IOException {
    boolean written = false;
    try {
      disk.write(opened, ByteBuffer.wrap(line(line, sum)));
      written = true;
    } finally {
      if (!written) {
        // Half a line may be there, behind which nothing must come.
        file = null;
        opened.close();
      }
    }
  }

  private static byte[] line(Map<String, Object> line, CRC32 sum) {
    byte[] json = JsonLine.write(line);
    int content = json.length - 1;
    sum.update(json, 0, content);
    byte[] bytes = Arrays.copyOf(json, content + SUM_LENGTH + 1);
    System.arraycopy(sumText(sum).getBytes(UTF_8), 0, bytes, content, SUM_LENGTH);
    bytes[bytes.length - 1] = '\n';
    return bytes;
  }

  private static String sumText(CRC32 sum) {
    return SUM + String.format(Locale.ROOT, "%08x", sum.getValue()) + "\"}";
  }

  /** A new file is in its directory for certain only once that is on disk, too. */
  private void forceDirectory() {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some systems have no such thing as opening a directory, and keep names by themselves.
    }
  }

  /** Gives up the file and the lock; nothing can be written any more. */
  synchronized void close() throws IOException {
    closed = true;
    FileChannel journal = file;
    FileChannel lock = lockFile;
    file = null;
    lockFile = null;
    try {
      if (journal != null) {
        journal.close();
      }
    } finally {
      unlock(lock);
    }
  }

  private void unlock(@Nullable FileChannel lock) throws IOException {
    try {
      if (lock != null) {
        lock.close();
      }
    } finally {
      Path name = locked;
      if (name != null) {
        locked = null;
        synchronized (LOCKED) {
          LOCKED.remove(name);
        }
      }
    }
  }
}
