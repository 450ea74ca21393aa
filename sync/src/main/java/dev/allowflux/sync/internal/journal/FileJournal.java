package dev.allowflux.sync.internal.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.sync.ApplyJournal;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.ApplyReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A journal in a file; {@link ApplyJournal#file} says how it is kept. */
public final class FileJournal implements ApplyJournal {
  /** How bytes come to the disk; a test may have it fail half-way. */
  public interface Disk {
    /**
     * Writes all bytes and forces them to disk.
     *
     * @param file where to
     * @param bytes what to write
     * @throws IOException if they may not be there
     */
    void write(FileChannel file, ByteBuffer bytes) throws IOException;
  }

  /** The disk as it is. */
  public static final Disk FORCED =
      (file, bytes) -> {
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(false);
      };

  /** How every journal begins: what does not is another file, and left as it is. */
  private static final byte[] START = JournalLineCodec.START.getBytes(UTF_8);

  /** Several times what a run of a million changes writes. */
  private static final long MAX_SIZE = 1 << 28;

  private static final String LOCK = ".lock";
  private static final String SUM = ",\"sum\":\"";
  private static final int SUM_LENGTH = SUM.length() + 10;

  /**
   * The lock files that this process has locked. To ask the system would be wrong: closing the
   * second channel on a file gives up the lock that the process holds through the first.
   */
  private static final Set<Path> LOCKED = new HashSet<>();

  private final Path path;
  private final Disk disk;

  /**
   * Makes a journal.
   *
   * @param path the file
   */
  public FileJournal(Path path) {
    this(path, FORCED);
  }

  /**
   * Makes a journal on a disk of its own.
   *
   * @param path the file
   * @param disk writes the lines
   */
  public FileJournal(Path path, Disk disk) {
    this.path = path;
    this.disk = disk;
  }

  @Override
  public ApplyJournal.Open open() throws IOException {
    Path name = path.resolveSibling(path.getFileName() + LOCK);
    Path folder = name.toAbsolutePath().getParent();
    Path locked = folder == null ? name : folder.toRealPath().resolve(name.getFileName());
    synchronized (LOCKED) {
      if (!LOCKED.add(locked)) {
        throw inUse();
      }
    }
    OpenFile open = new OpenFile(locked);
    boolean opened = false;
    try {
      open.open();
      opened = true;
      return open;
    } finally {
      if (!opened) {
        open.close();
      }
    }
  }

  /**
   * Deletes the journal, and the file that locks it, unless changes are unconfirmed.
   *
   * @return how many are
   * @throws IOException if it cannot be read or deleted
   */
  public int deleteUnlessUnconfirmed() throws IOException {
    try (ApplyJournal.Open open = open()) {
      int unconfirmed = unconfirmed(open.lines());
      if (unconfirmed == 0) {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + LOCK));
      }
      return unconfirmed;
    } catch (IllegalArgumentException e) {
      throw new ApplyRefusedException(
          "the journal " + path + " cannot be read: " + e.getMessage() + "; move it away");
    }
  }

  /** The batches without an outcome, and what the last look could not tell. */
  private static int unconfirmed(List<String> lines) {
    Map<Integer, Integer> batches = new HashMap<>();
    int notSeen = 0;
    for (String text : lines) {
      JournalLine line = JournalLineCodec.read(text);
      if (line instanceof JournalLine.Sending sending) {
        batches.put(sending.batch(), sending.changes().size());
        notSeen = 0;
      } else if (line instanceof JournalLine.Ended ended) {
        int known = ended.done().size() + ended.refused().size();
        batches.computeIfPresent(
            ended.batch(),
            (batch, open) ->
                ended.outcome() == ApplyReport.Outcome.UNCONFIRMED ? open - known : null);
      } else if (line instanceof JournalLine.Verified look) {
        notSeen = look.unconfirmed().size();
      }
    }
    return notSeen + batches.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Opens a file. */
  interface Opener {
    FileChannel open(Path path) throws IOException;
  }

  /**
   * Locks a file. One that was deleted after it was opened, as {@link #deleteUnlessUnconfirmed} of
   * another process does, locks nobody out: the file that has its name by then can be locked, too.
   *
   * @return null if another process has locked or deleted it
   */
  static @Nullable FileChannel lock(Path path, Opener opener) throws IOException {
    if (Files.notExists(path)) {
      opener.open(path).close();
    }
    Object before = key(path);
    FileChannel file = opener.open(path);
    boolean isLocked = false;
    try {
      isLocked = before != null && file.tryLock() != null && before.equals(key(path));
    } finally {
      if (!isLocked) {
        file.close();
      }
    }
    return isLocked ? file : null;
  }

  /** Returns what tells a file from another one of its name, as far as the system does. */
  private static @Nullable Object key(Path path) throws IOException {
    try {
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return key == null ? "" : key;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private ApplyRefusedException inUse() {
    return new ApplyRefusedException(
        "another run is using the journal " + path + "; wait for its end, then run this again");
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** The file while a run has it open. Methods exclude each other: no close within a write. */
  private final class OpenFile implements ApplyJournal.Open {
    private final Path locked;
    private final List<String> lines = new ArrayList<>();
    private final CRC32 sum = new CRC32();
    private @Nullable FileChannel lockFile;
    private @Nullable FileChannel file;
    private boolean locks = true;

    /** Where the whole lines end; a torn one behind them is dropped before anything is added. */
    private int end;

    OpenFile(Path locked) {
      this.locked = locked;
    }

    synchronized void open() throws IOException {
      FileChannel lock = lock(locked, PrivateFiles::open);
      if (lock == null) {
        throw inUse();
      }
      lockFile = lock;
      FileChannel opened = PrivateFiles.open(path);
      file = opened;
      if (opened.size() > MAX_SIZE) {
        throw noJournal();
      }
      byte[] bytes = readAll(opened);
      read(bytes);
      if (end == 0 && !isStart(bytes)) {
        throw noJournal();
      }
    }

    private ApplyRefusedException noJournal() {
      return new ApplyRefusedException(path + " is no journal; name another file");
    }

    @Override
    public synchronized List<String> lines() {
      return List.copyOf(lines);
    }

    private void read(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          lines.add(checked(lines.size() + 1, Arrays.copyOfRange(bytes, end, i)));
          end = i + 1;
        }
      }
    }

    private String checked(int number, byte[] bytes) {
      int content = bytes.length - SUM_LENGTH;
      if (content >= 1) {
        sum.update(bytes, 0, content);
        if (new String(bytes, content, SUM_LENGTH, UTF_8).equals(sumText(sum))) {
          return new String(bytes, 0, content, UTF_8) + "}";
        }
      }
      throw new ApplyRefusedException(
          (number == 1
                  ? path + " is no journal, or line 1"
                  : "the journal " + path + ", line " + number)
              + " is damaged: "
              + (content < 1 ? "it is too short" : "its checksum is wrong")
              + "; move it away and make a new plan");
    }

    @Override
    public synchronized void append(String line) throws IOException {
      FileChannel opened = file;
      if (opened == null) {
        throw new ClosedChannelException();
      }
      byte[] json = line.getBytes(UTF_8);
      int content = json.length - 1;
      sum.update(json, 0, content);
      byte[] bytes = Arrays.copyOf(json, content + SUM_LENGTH + 1);
      System.arraycopy(sumText(sum).getBytes(UTF_8), 0, bytes, content, SUM_LENGTH);
      bytes[bytes.length - 1] = '\n';
      boolean written = false;
      try {
        opened.truncate(end);
        opened.position(end);
        disk.write(opened, ByteBuffer.wrap(bytes));
        if (end == 0) {
          PrivateFiles.forceFolder(path);
        }
        end += bytes.length;
        written = true;
      } catch (IOException e) {
        throw PrivateFiles.naming(path, e);
      } finally {
        if (!written) {
          // Half a line may be there, behind which nothing must come.
          file = null;
          opened.close();
        }
      }
    }

    @Override
    public synchronized void close() throws IOException {
      FileChannel journal = file;
      FileChannel lock = lockFile;
      file = null;
      lockFile = null;
      try (lock) {
        if (journal != null) {
          journal.close();
        }
      } finally {
        if (locks) {
          locks = false;
          synchronized (LOCKED) {
            LOCKED.remove(locked);
          }
        }
      }
    }
  }

  private static byte[] readAll(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
    int read = 0;
    while (bytes.hasRemaining() && read >= 0) {
      read = file.read(bytes);
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static boolean isStart(byte[] bytes) {
    int length = Math.min(bytes.length, START.length);
    return Arrays.equals(bytes, 0, length, START, 0, length);
  }

  private static String sumText(CRC32 sum) {
    return SUM + String.format(Locale.ROOT, "%08x", sum.getValue()) + "\"}";
  }
}
