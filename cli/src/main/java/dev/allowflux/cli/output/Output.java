package dev.allowflux.cli.output;

import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.cli.runtime.SafeLines;
import dev.allowflux.sync.file.ResumableFile;
import dev.allowflux.sync.file.ResumableFile.Unfinished;
import dev.allowflux.sync.file.UnfinishedFileException;
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

  private final String name;
  private final Sink sink;
  private final @Nullable ResumableFile file;
  private @Nullable Thread onSignal;

  private Output(String name, Sink sink, @Nullable ResumableFile file) {
    this.name = name;
    this.sink = sink;
    this.file = file;
  }

  private interface Sink {
    void write(byte[] bytes, int offset, int count) throws IOException;
  }

  /**
   * Standard output; on a terminal foreign text is made safe, to files and pipes bytes go as is.
   */
  public static Output standard(ProcessIo io) {
    return standard(io.outIsTerminal() ? new SafeLines(io.out()) : io.out());
  }

  /** Standard output for text that is safe to show, and may have colours. */
  public static Output safeText(ProcessIo io) {
    return standard(io.out());
  }

  private static Output standard(OutputStream out) {
    return new Output("standard output", out::write, null);
  }

  /**
   * A file that is removed unless it is committed.
   *
   * @param anew whether an unfinished export to it is dropped
   */
  public static Output file(Path target, boolean anew) throws IOException {
    Opening opening =
        anew
            ? () -> ResumableFile.open(target, Map.of(), Unfinished.DISCARD)
            : () -> ResumableFile.create(target, false);
    return file(target, opening, () -> {});
  }

  /**
   * A file that can be resumed, with what {@link ResumableFile#open} takes.
   *
   * @param resume whether to resume an unfinished one; null refuses if there is one
   * @param interrupted runs when the process is ended by a signal
   */
  public static Output resumableFile(
      Path target, Map<String, String> job, @Nullable Boolean resume, Runnable interrupted)
      throws IOException {
    Unfinished unfinished =
        resume == null ? Unfinished.REFUSE : resume ? Unfinished.RESUME : Unfinished.DISCARD;
    return file(target, () -> ResumableFile.open(target, job, unfinished), interrupted);
  }

  private interface Opening {
    ResumableFile open() throws IOException;
  }

  private static Output file(Path target, Opening opening, Runnable interrupted)
      throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException(target + ": is a folder");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE);
      return new Output(
          target.toString(),
          (bytes, offset, count) -> {
            ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
            while (rest.hasRemaining()) {
              channel.write(rest);
            }
          },
          null);
    }
    ResumableFile file;
    try {
      file = opening.open();
    } catch (UnfinishedFileException e) {
      throw new IOException(
          e.getMessage()
              + (e.isResumable() ? ": --resume resumes it, " : "; ")
              + "--no-resume starts anew",
          e);
    } catch (IOException e) {
      throw FileFailure.writing(target.toString(), e);
    }
    Output output = new Output(target.toString(), file::write, file);
    output.onSignal =
        new Thread(
            () -> {
              file.suspend();
              interrupted.run();
            },
            "allowflux-suspend");
    Runtime.getRuntime().addShutdownHook(output.onSignal);
    return output;
  }

  /** The file that is written beside its target, if there is one. */
  public @Nullable ResumableFile part() {
    return file;
  }

  private void write(byte[] bytes, int offset, int count) throws IOException {
    try {
      // The JDK keeps a native copy of what is written at once, for good: pages would add up.
      for (int done = 0; done < count; done += CHUNK) {
        sink.write(bytes, offset + done, Math.min(CHUNK, count - done));
      }
    } catch (IOException e) {
      throw isClosedPipe(e) ? new ClosedPipeException(e) : FileFailure.writing(name, e);
    }
  }

  /** Writes text as UTF-8. */
  public void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
  }

  public void println(String line) throws IOException {
    write(line + "\n");
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
        Output.this.write(bytes, offset, count);
      }
    };
  }

  /** Gives a file its name: everything was written. */
  public void commit() throws IOException {
    if (file != null) {
      try {
        file.commit();
      } catch (IOException e) {
        throw FileFailure.writing(name, e);
      }
    }
  }

  /** Removes a file that was not committed, unless it can be resumed. */
  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
    if (onSignal != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(onSignal);
      } catch (IllegalStateException e) {
        // The process is ending, and the hook with it.
        return;
      }
    }
  }

  /** The JDK has no type for it, and systems have their own words. */
  private static boolean isClosedPipe(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Broken pipe") || message.contains("pipe is being closed");
  }
}
