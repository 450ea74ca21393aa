package dev.allowflux.cli.runtime;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.UnmappableCharacterException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What went wrong with a file, in words: java.nio.file says it by the type of its exceptions. */
public final class FileFailure {

  private FileFailure() {}

  /** The file, if the failure knows it, and the reason. */
  public static String describe(IOException failure) {
    return failure instanceof FileSystemException e && e.getFile() != null
        ? e.getFile() + ": " + reason(e)
        : reason(failure);
  }

  /** Refuses a folder by its name: the system says that something is one, and not what. */
  public static Path noFolder(Path file) throws FileSystemException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder");
    }
    return file;
  }

  /** The reason alone, for a message that names the file itself. */
  public static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (failure instanceof NotDirectoryException) {
      return "is no folder";
    }
    if (failure instanceof FileSystemLoopException) {
      return "symbolic links that lead nowhere";
    }
    if (failure instanceof MalformedInputException
        || failure instanceof UnmappableCharacterException) {
      return "not valid UTF-8";
    }
    if (failure instanceof FileSystemException e && e.getReason() != null) {
      return withAdvice(e.getReason());
    }
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? "input or output failed"
        : withAdvice(message.lines().findFirst().orElse(message).strip());
  }

  /** The system has its own words, which are these on Linux in English. */
  private static String withAdvice(String reason) {
    return reason.endsWith("No space left on device") || reason.endsWith("Disk quota exceeded")
        ? reason + "; free some, or name another place"
        : reason;
  }

  /** A failure to write, which names what was written. */
  public static IOException writing(String name, IOException cause) {
    return new IOException("cannot write " + name + ": " + reason(cause), cause);
  }
}
