package dev.allowflux.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes: standard output, something that is no regular file, or a file that
 * appears under its name only when it is whole.
 */
final class Output implements Closeable {
  private static final int CHUNK = 1 << 16;

  private final Sink sink;
  private final @Nullable NewFile file;

  private Output(Sink sink, @Nullable NewFile file) {
    this.sink = sink;
    this.file = file;
  }

  private interface Sink {
    void write(byte[] bytes, int offset, int count) throws IOException;
  }

  static Output standard(Shell shell) {
    OutputStream out = shell.out();
    return new Output(
        (bytes, offset, count) -> {
          try {
            out.write(bytes, offset, count);
          } catch (IOException e) {
            throw isClosedPipe(e) ? new ClosedPipeException(e) : failed("standard output", e);
          }
        },
        null);
  }

  static Output file(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException(target + ": is a folder");
    }
    boolean direct = Files.exists(target) && !Files.isRegularFile(target);
    NewFile file = direct ? null : NewFile.create(target);
    FileChannel channel =
        file == null ? FileChannel.open(target, StandardOpenOption.WRITE) : file.channel;
    return new Output(
        (bytes, offset, count) -> {
          try {
            ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
            while (rest.hasRemaining()) {
              channel.write(rest);
            }
          } catch (IOException e) {
            throw isClosedPipe(e) ? new ClosedPipeException(e) : failed(target.toString(), e);
          }
        },
        file);
  }

  /** Writes what there is and empties it. */
  void write(Bytes bytes) throws IOException {
    // The JDK keeps a native copy of what is written at once, for good: pages would add up.
    for (int done = 0; done < bytes.length(); done += CHUNK) {
      sink.write(bytes.array(), done, Math.min(CHUNK, bytes.length() - done));
    }
    bytes.clear();
  }

  void println(String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    sink.write(bytes, 0, bytes.length);
  }

  /** The same as a stream; closing it does nothing. */
  OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        sink.write(bytes, offset, count);
      }
    };
  }

  /** Says that all was written: only now a new file gets its name. */
  void commit() throws IOException {
    if (file != null) {
      file.commit();
    }
  }

  /** Takes back what was not committed. */
  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }

  /** The JDK has no type for it, and systems have their own words. */
  private static boolean isClosedPipe(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Broken pipe") || message.contains("pipe is being closed");
  }

  private static IOException failed(String name, IOException cause) {
    return new IOException("cannot write " + name + ": " + Failures.reason(cause), cause);
  }

  /** A file beside its target until it is whole. */
  private static final class NewFile {
    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final Thread onInterrupt = new Thread(this::discard, "discard");
    private boolean ended;

    private NewFile(Path target, Path part, FileChannel channel) {
      this.target = target;
      this.part = part;
      this.channel = channel;
      Runtime.getRuntime().addShutdownHook(onInterrupt);
    }

    static NewFile create(Path named) throws IOException {
      Path target = Files.exists(named) ? named.toRealPath() : named.toAbsolutePath();
      String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
      Path part = target.resolveSibling("." + target.getFileName() + "." + suffix + ".part");
      try {
        return new NewFile(
            target,
            part,
            FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      } catch (IOException e) {
        throw failed(named.toString(), e);
      }
    }

    /** An interrupt may come now: either all of this happens, or nothing. */
    synchronized void commit() throws IOException {
      if (ended) {
        return;
      }
      try {
        if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
          keepPermissions();
        }
        channel.force(true);
        channel.close();
        Files.move(
            part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        ended = true;
      } catch (IOException e) {
        throw failed(target.toString(), e);
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

    synchronized void discard() {
      if (!ended) {
        ended = true;
        try {
          channel.close();
          Files.deleteIfExists(part);
        } catch (IOException e) {
          // The failure that led here is the one to report; the name of the part tells what it is.
          return;
        }
      }
    }

    void close() {
      discard();
      try {
        Runtime.getRuntime().removeShutdownHook(onInterrupt);
      } catch (IllegalStateException e) {
        // The process is ending, and the hook with it.
        return;
      }
    }
  }
}
