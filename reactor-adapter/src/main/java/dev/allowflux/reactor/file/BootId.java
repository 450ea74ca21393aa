package dev.allowflux.reactor.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which start of the machine this is. */
final class BootId {

  private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

  /** Where the system does not tell: a clock that reads less than before tells of a restart. */
  private static final long UNKNOWN = 1;

  private BootId() {}

  /** Returns a number that is not 0 and that no other start of this machine has. */
  static long read() {
    return read(LINUX);
  }

  static long read(Path source) {
    try {
      UUID id = UUID.fromString(Files.readString(source).strip());
      long folded = id.getMostSignificantBits() ^ id.getLeastSignificantBits();
      return folded == 0 ? UNKNOWN : folded;
    } catch (IOException | IllegalArgumentException e) {
      return UNKNOWN;
    }
  }
}
