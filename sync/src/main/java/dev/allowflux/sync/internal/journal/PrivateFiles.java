package dev.allowflux.sync.internal.journal;

import static java.util.Objects.requireNonNull;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Files that nobody else is to read: made with mode 0600 where the system has modes, and never
 * opened through a symbolic link, which somebody else may have put there.
 */
public final class PrivateFiles {
  private PrivateFiles() {}

  /** Writes the content of a file. */
  public interface Content {
    /**
     * Writes the content.
     *
     * @param out takes it; left open
     * @throws IOException if it takes no more
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Opens a file for reading and writing, and makes it if there is none.
   *
   * @param path the file
   * @return the channel, at the start of the file
   * @throws IOException if the path is a symbolic link or cannot be opened
   */
  public static FileChannel open(Path path) throws IOException {
    Set<OpenOption> options =
        new HashSet<>(EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
    options.add(LinkOption.NOFOLLOW_LINKS);
    if (Files.isSymbolicLink(path)) {
      throw new IOException(
          path + " is a symbolic link, which somebody else may have put there; delete it");
    }
    // An existing file keeps its mode, and a new one must not be made at the end of a link.
    for (int attempt = 0; ; attempt++) {
      try {
        return FileChannel.open(path, options);
      } catch (NoSuchFileException e) {
        try {
          return create(path);
        } catch (FileAlreadyExistsException raced) {
          if (attempt == 3) {
            throw raced;
          }
        }
      }
    }
  }

  /**
   * Makes a folder that nobody else can look into, unless it is there.
   *
   * @param folder the folder
   * @throws IOException if it cannot be made
   */
  public static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder, mode(folder, "rwx------"));
  }

  /**
   * Writes a file; it appears under its name only when it is whole and on disk. What is there is
   * replaced, a symbolic link too, whose target stays as it is.
   *
   * @param path the file
   * @param content writes the content
   * @throws IOException if it cannot be written; nothing has changed then
   */
  public static void replace(Path path, Content content) throws IOException {
    Path folder = requireNonNull(path.toAbsolutePath().getParent(), "folder");
    // A name that nobody else has: NAME.part may be the unfinished file of an export.
    Path part = Files.createTempFile(folder, path.getFileName() + ".", ".part");
    boolean moved = false;
    try {
      try (FileChannel channel =
              FileChannel.open(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
          OutputStream out = Channels.newOutputStream(channel)) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      moved = true;
      forceFolder(path);
    } finally {
      if (!moved) {
        Files.deleteIfExists(part);
      }
    }
  }

  /**
   * Writes a file as {@link #replace} does; something that is no file, such as a pipe, is written
   * to.
   *
   * @param path the file
   * @param content writes the content
   * @throws IOException if it is a folder or cannot be written; it names the file
   */
  public static void write(Path path, Content content) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": is a folder");
    }
    try {
      if (!Files.exists(path) || Files.isRegularFile(path)) {
        replace(path, content);
        return;
      }
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
        content.writeTo(out);
        out.flush();
      }
    } catch (IOException e) {
      throw naming(path, e);
    }
  }

  /**
   * Returns a failure that names the file, as those of a channel or a stream, such as that of a
   * full disk, do not.
   *
   * @param path the file
   * @param failure what went wrong with it
   * @return the failure itself if it names a file
   */
  public static IOException naming(Path path, IOException failure) {
    if (failure instanceof FileSystemException) {
      return failure;
    }
    FileSystemException named =
        new FileSystemException(path.toString(), null, failure.getMessage());
    named.initCause(failure);
    return named;
  }

  private static FileChannel create(Path path) throws IOException {
    return FileChannel.open(
        path,
        EnumSet.of(
            StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
        mode(path, "rw-------"));
  }

  /** A mode, where the system has modes. */
  private static FileAttribute<?>[] mode(Path path, String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  /** A new file is in its folder for certain only once that is on disk, too. */
  static void forceFolder(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some systems cannot open a folder, and keep names by themselves.
    }
  }
}
