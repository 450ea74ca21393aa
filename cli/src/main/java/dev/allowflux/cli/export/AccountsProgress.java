package dev.allowflux.cli.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.cli.runtime.FileFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which accounts of an export have their file, and how long it is: a line for each, added when the
 * file has its name, and behind a line that says what is exported. The rest of a line that a kill
 * cut off does not count, nor does a file that is gone or has another length by now.
 */
public final class AccountsProgress implements Closeable {
  private static final Pattern LINE = Pattern.compile("(\\S+) (\\d{1,18})");

  private final Path file;
  private final FileChannel channel;

  /** The length of the file of each account that has one. */
  private final Map<String, Long> done = new HashMap<>();

  private AccountsProgress(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens the record of an export.
   *
   * @param file where it is
   * @param job what is exported, in one line
   * @param resume whether to go on with one that is there; null refuses if there is one
   * @throws IOException if it cannot be written, is locked by another export, or is of another job
   */
  public static AccountsProgress open(Path file, String job, @Nullable Boolean resume)
      throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new IOException(file + " is a symbolic link; remove it");
    }
    boolean there = Files.exists(file) && Files.size(file) > 0;
    if (there && resume == null) {
      throw new IOException(
          "an unfinished export is recorded in "
              + file
              + ": --resume resumes it, --no-resume starts anew");
    }
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      if (channel.tryLock() == null) {
        throw new IOException("another export is writing " + file);
      }
      AccountsProgress progress = new AccountsProgress(file, channel);
      progress.begin(job, there && Boolean.TRUE.equals(resume));
      return progress;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void begin(String job, boolean resume) throws IOException {
    String text = resume ? Files.readString(file, UTF_8) : "";
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    List<String> lines = whole.lines().toList();
    if (!lines.isEmpty() && !lines.get(0).equals(job)) {
      throw new IOException(
          "cannot resume the export in " + file + ": it is of other policies or in another form");
    }
    channel.truncate(whole.getBytes(UTF_8).length);
    channel.position(channel.size());
    if (lines.isEmpty()) {
      add(job);
    } else {
      lines.subList(1, lines.size()).forEach(this::read);
    }
  }

  /** An account without the length of its file is exported anew. */
  private void read(String line) {
    Matcher parts = LINE.matcher(line);
    if (parts.matches()) {
      done.put(parts.group(1), Long.valueOf(parts.group(2)));
    }
  }

  /** Tells whether the account has its file. */
  public synchronized boolean isDone(String account) {
    return done.containsKey(account);
  }

  /** Tells whether the account has its file, which is to have this length. */
  public synchronized boolean isDone(String account, long length) {
    return Long.valueOf(length).equals(done.get(account));
  }

  /** Takes back that the account has its file; tells whether that was so. */
  public synchronized boolean drop(String account) {
    return done.remove(account) != null;
  }

  /** Records that the account has its file. */
  public synchronized void done(String account, long length) throws IOException {
    add(account + " " + length);
    done.put(account, length);
  }

  private void add(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw FileFailure.writing(file.toString(), e);
    }
  }

  /** Removes the record: every account has its file. */
  public void finish() throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
