package dev.allowflux.cli.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The user's folder for what must outlive a process: {@code ~/.local/state/allowflux}. */
public final class StateFolder {
  private static final int HASH_BYTES = 6;

  private StateFolder() {}

  /**
   * Returns the path of a state file, in a folder that nobody else can read.
   *
   * @param name the beginning of its name, for people
   * @param key what tells it from other state files of that name
   */
  public static Path file(ProcessIo io, String name, String key, String suffix) throws IOException {
    String state = io.variable("XDG_STATE_HOME");
    Path base =
        state.startsWith("/")
            ? Path.of(state)
            : Path.of(System.getProperty("user.home"), ".local", "state");
    Path folder = base.resolve("allowflux");
    FileAttribute<?>[] attributes =
        base.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(folder, attributes);
    return folder.resolve(name + "-" + hash(key) + suffix);
  }

  private static String hash(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
