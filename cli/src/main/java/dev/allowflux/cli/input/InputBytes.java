package dev.allowflux.cli.input;

import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.ProcessIo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The whole content of a small file. */
public final class InputBytes {

  private InputBytes() {}

  /** Reads a file, or standard input for {@code -}. */
  public static byte[] read(ProcessIo io, Path file) throws IOException {
    return file.toString().equals("-")
        ? io.in().readAllBytes()
        : Files.readAllBytes(FileFailure.noFolder(file));
  }
}
