package dev.allowflux.sync.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may read and write a file, and whose it is, where the file system knows that. */
final class FileAccess {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final @Nullable PosixFileAttributes replaced;
  private final @Nullable Set<PosixFilePermission> permissions;

  private FileAccess(
      @Nullable PosixFileAttributes replaced, @Nullable Set<PosixFilePermission> permissions) {
    this.replaced = replaced;
    this.permissions = permissions;
  }

  /**
   * Returns the access of the file that is replaced, or that of a new file: {@code ownerOnly}, or
   * what the umask says.
   */
  static FileAccess of(Path target, boolean ownerOnly) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(target, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return new FileAccess(null, null);
    }
    if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      PosixFileAttributes replaced = view.readAttributes();
      return new FileAccess(replaced, replaced.permissions());
    }
    boolean posix = Files.getFileStore(folder(target)).supportsFileAttributeView("posix");
    return new FileAccess(null, ownerOnly && posix ? OWNER_ONLY : null);
  }

  private static Path folder(Path file) {
    Path folder = file.getParent();
    return folder == null ? Path.of("") : folder;
  }

  /** With these a file is created, so that it is at no time open to more than its access allows. */
  FileAttribute<?>[] attributes() {
    return permissions == null
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  /** Gives a file the access; an owner or a group that this process may not give stays its own. */
  void applyTo(Path file) throws IOException {
    if (permissions == null) {
      return;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return;
    }
    if (replaced != null) {
      PosixFileAttributes own = view.readAttributes();
      try {
        if (!own.owner().equals(replaced.owner())) {
          view.setOwner(replaced.owner());
        }
        if (!own.group().equals(replaced.group())) {
          view.setGroup(replaced.group());
        }
      } catch (FileSystemException e) {
        // Only root may give files away; the content is what matters, and its permissions.
        view.setPermissions(permissions);
        return;
      }
    }
    view.setPermissions(permissions);
  }
}
