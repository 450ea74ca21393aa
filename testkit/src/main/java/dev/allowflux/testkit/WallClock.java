package dev.allowflux.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock of processes that a test starts. It jumps where the property {@code
 * allowflux.wallClock} names the library of {@code src/native/wall_clock.c}; their monotonic clock
 * goes on as it is.
 */
public final class WallClock {

  private static final String LIBRARY = System.getProperty("allowflux.wallClock", "");
  private static final int DAYS = 2_000;

  private final Path offset;
  private int jumps;

  /**
   * Makes a clock that is right.
   *
   * @param offset a file of the test's own
   */
  public WallClock(Path offset) throws IOException {
    this.offset = offset;
    write(0);
  }

  /** Gives the clock to a process that is not started yet. */
  public ProcessBuilder givenTo(ProcessBuilder process) {
    if (!LIBRARY.isEmpty()) {
      process.environment().put("LD_PRELOAD", LIBRARY);
      process.environment().put("WALL_CLOCK_FILE", offset.toString());
    }
    return process;
  }

  /** Sets it by up to years, in either direction. */
  public void jump(Random random) throws IOException {
    write(TimeUnit.DAYS.toSeconds(random.nextInt(-DAYS, DAYS + 1)));
    jumps++;
  }

  private void write(long seconds) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(seconds).array();
    // Its processes have it mapped: it keeps its place.
    Files.write(offset, bytes, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** What happened to it, for a report. */
  @Override
  public String toString() {
    return LIBRARY.isEmpty() ? "a steady wall clock" : jumps + " jumps of the wall clock";
  }
}
