package dev.allowflux.cli.output;

import dev.allowflux.cli.runtime.DurationText;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.internal.text.CountText;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells how far an export is: one line that changes on a terminal, a line now and then if not. */
public final class Progress {
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration IN_LOG = Duration.ofSeconds(5);

  private final ProcessIo io;
  private final long start = System.nanoTime();
  private long lastShown = start;
  private long done;

  public Progress(ProcessIo io) {
    this.io = io;
  }

  /** Counts policies that were written; {@code total} is how many there will be, if known. */
  public void add(int policies, @Nullable Long total) {
    done += policies;
    long now = System.nanoTime();
    if (now - lastShown < (io.errIsTerminal() ? ON_TERMINAL : IN_LOG).toNanos()) {
      return;
    }
    lastShown = now;
    String line = line(done, total, Duration.ofNanos(now - start));
    if (io.errIsTerminal()) {
      io.err().print("\r\033[K" + line);
      io.err().flush();
    } else {
      io.err().println("allowflux: " + line);
    }
  }

  /** Leaves the line to whatever is written next. */
  public void clear() {
    if (io.errIsTerminal()) {
      io.err().print("\r\033[K");
      io.err().flush();
    }
  }

  public void finish(String target) {
    clear();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    io.err().println("allowflux: exported " + line(done, null, elapsed) + " to " + target);
  }

  /** {@code 12,000 of 100,000 policies (12 %) in 1.2 s, 10,000/s, 9 s left}. */
  static String line(long done, @Nullable Long total, Duration elapsed) {
    double seconds = Math.max(elapsed.toNanos(), 1) / 1e9;
    long rate = Math.round(done / seconds);
    StringBuilder line = new StringBuilder();
    if (total != null && total >= done) {
      line.append(String.format(Locale.ROOT, "%,d", done));
      line.append(
          String.format(
              Locale.ROOT,
              " of %s (%d %%)",
              CountText.policies(total),
              total == 0 ? 100 : done * 100 / total));
    } else {
      line.append(CountText.policies(done));
    }
    line.append(String.format(Locale.ROOT, " in %s, %,d/s", DurationText.format(elapsed), rate));
    if (total != null && total > done && rate > 0) {
      line.append(", ")
          .append(DurationText.format(Duration.ofMillis((total - done) * 1000 / rate)))
          .append(" left");
    }
    return line.toString();
  }
}
