package dev.allowflux.cli.output;

import dev.allowflux.cli.export.ResumableFile;
import dev.allowflux.cli.runtime.Failures;
import dev.allowflux.cli.runtime.ProcessIo;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes: standard output, something that is no regular file, or a file that
 * appears under its name only when it is whole.
 */
public final class Output implements Closeable {
  private static final int CHUNK = 1 << 16;

  private final Sink sink;
  private final @Nullable ResumableFile file;

  private Output(Sink sink, @Nullable ResumableFile file) {
    this.sink = sink;
    this.file = file;
  }

  private interface Sink {
    void write(byte[] bytes, int offset, int count) throws IOException;
  }

  public static Output standard(ProcessIo shell) {
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

  /** A file that is taken back unless it is committed. */
  public static Output file(Path target) throws IOException {
    return file(target, null, null, () -> {});
  }

  /** Likewise, with what {@link ResumableFile#open} takes. */
  public static Output file(
      Path target,
      @Nullable Map<String, String> job,
      @Nullable Boolean resume,
      Runnable interrupted)
      throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException(target + ": is a folder");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE);
      return new Output(
          named(
              target,
              (bytes, offset, count) -> {
                ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
                while (rest.hasRemaining()) {
                  channel.write(rest);
                }
              }),
          null);
    }
    ResumableFile file = ResumableFile.open(target, job, resume, interrupted);
    return new Output(named(target, file::write), file);
  }

  private static Sink named(Path target, Sink sink) {
    return (bytes, offset, count) -> {
      try {
        sink.write(bytes, offset, count);
      } catch (IOException e) {
        throw isClosedPipe(e) ? new ClosedPipeException(e) : failed(target.toString(), e);
      }
    };
  }

  /** The file that is written beside its target, if there is one. */
  public @Nullable ResumableFile part() {
    return file;
  }

  /** Writes what there is and empties it. */
  public void write(Utf8Buffer bytes) throws IOException {
    // The JDK keeps a native copy of what is written at once, for good: pages would add up.
    for (int done = 0; done < bytes.length(); done += CHUNK) {
      sink.write(bytes.array(), done, Math.min(CHUNK, bytes.length() - done));
    }
    bytes.clear();
  }

  public void println(String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    sink.write(bytes, 0, bytes.length);
  }

  /** The same as a stream; closing it does nothing. */
  public OutputStream stream() {
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
  public void commit() throws IOException {
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

  public static IOException failed(String name, IOException cause) {
    return new IOException("cannot write " + name + ": " + Failures.reason(cause), cause);
  }
}
