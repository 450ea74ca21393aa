package dev.allowflux.query;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A folder that nobody else can read, and that is gone when it is closed or the process ends.
 * Whoever uses one holds a lock on a file in it, which the system releases however a process ends:
 * a folder without a holder is left over, and the next one removes it.
 */
final class TemporaryFolder implements Closeable {
  private static final String PREFIX = "allowflux-query-";
  private static final String LOCK = "lock";
  private static final int RANDOM_BYTES = 8;
  private static final Pattern SPILLED = Pattern.compile("h2tmp\\.\\d+\\.temp\\.db$");

  /** Between a folder's creation and its lock a process may be slow. */
  private static final Duration NEW = Duration.ofMinutes(1);

  /** To open a lock file a second time would release the lock of the whole process. */
  private static final Set<Path> OF_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel lockFile;
  private final Thread onExit =
      new Thread(
          () -> {
            remove();
            removeSpilled();
          },
          "allowflux-query-remove");

  private TemporaryFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /** Makes a folder, and removes those that were left over by processes that were killed. */
  @SuppressWarnings("resource") // The lock is released with its channel.
  static TemporaryFolder in(Path parent) throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    Path folder =
        Files.createDirectory(
            parent.resolve(PREFIX + HexFormat.of().formatHex(random)), access(parent, "rwx------"));
    OF_THIS_PROCESS.add(folder);
    sweep(parent, Files.getOwner(folder));
    createFile(folder.resolve(LOCK));
    FileChannel lockFile = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
    lockFile.lock();
    TemporaryFolder made = new TemporaryFolder(folder, lockFile);
    Runtime.getRuntime().addShutdownHook(made.onExit);
    return made;
  }

  Path path() {
    return folder;
  }

  /** Makes an empty file that nobody else can read. */
  static Path createFile(Path file) throws IOException {
    return Files.createFile(file, access(file, "rw-------"));
  }

  private static FileAttribute<?>[] access(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static void sweep(Path parent, UserPrincipal user) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        if (!OF_THIS_PROCESS.contains(folder) && isLeftOver(folder, user)) {
          delete(folder);
        }
      }
    }
  }

  private static boolean isLeftOver(Path folder, UserPrincipal user) {
    try {
      FileTime changed = Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS);
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)
          || changed.toInstant().isAfter(Instant.now().minus(NEW))) {
        return false;
      }
      try (FileChannel lockFile =
              FileChannel.open(
                  folder.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
          FileLock lock = lockFile.tryLock()) {
        return lock != null;
      }
    } catch (NoSuchFileException e) {
      // Its process ended before it had a lock, or another one has removed it.
      return Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException | DirectoryIteratorException e) {
      // Another process removes it as well, or a later one will.
      return;
    }
  }

  private void remove() {
    delete(folder);
  }

  /**
   * Removes the files in which the database sorts what does not fit into memory, and which it
   * removes itself unless the process ends before that. They are in the JVM's own folder, under
   * names that nobody knows; Linux says which ones are open.
   */
  private static void removeSpilled() {
    Path open = Path.of("/proc/self/fd");
    Path place = Path.of(System.getProperty("java.io.tmpdir", "."));
    if (!Files.isDirectory(open)) {
      return;
    }
    try (DirectoryStream<Path> links = Files.newDirectoryStream(open)) {
      for (Path link : links) {
        Path file = Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : link;
        if (place.equals(file.getParent()) && SPILLED.matcher(file.toString()).find()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process is ending, and closes files meanwhile.
      return;
    }
  }

  /** Removes the folder with everything in it. */
  @Override
  public void close() throws IOException {
    lockFile.close();
    remove();
    OF_THIS_PROCESS.remove(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
      return;
    }
  }
}
