package dev.allowflux.sync.file;

import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.internal.input.DamagedInputException;
import dev.allowflux.sync.internal.input.InputFile;
import dev.allowflux.sync.internal.input.InputText;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** One reading of one input, from its first character to its end. */
final class PolicyReading implements Closeable {
  private final InputText text;
  private final InputLog log;
  private final @Nullable ListFormat format;
  private final boolean needsLineEnd;
  private final @Nullable InputFile file;
  private @Nullable PolicySource source;
  private boolean isArray;
  private boolean isCsv;

  PolicyReading(
      InputText text,
      InputLog log,
      @Nullable ListFormat format,
      boolean needsLineEnd,
      @Nullable InputFile file) {
    this.text = text;
    this.format = format;
    this.log = log;
    this.needsLineEnd = needsLineEnd;
    this.file = file;
  }

  /** Returns the next policy, or null at the end or where the input cannot be read on. */
  @Nullable DesiredPolicy next() throws IOException {
    try {
      if (source == null) {
        source = source();
      }
      DesiredPolicy next = source.next();
      if (next == null && !isArray && !text.isAtLineStart() && text.peek() < 0) {
        judgeLastLine();
      }
      return next;
    } catch (DamagedInputException e) {
      log.problem(e.line, e.column, e.reason);
      return null;
    }
  }

  private PolicySource source() throws IOException {
    if (format != null) {
      return ForeignListReader.source(format, false, text, log);
    }
    String start = text.lookAhead().stripLeading();
    if (start.startsWith("{")) {
      return new JsonPolicyReader.Lines(text, log);
    }
    if (start.startsWith("[")) {
      isArray = true;
      return new JsonPolicyReader.Array(text, log);
    }
    isCsv = true;
    ListFormat recognised = ListFormat.recognise(start);
    return recognised == null
        ? new CsvPolicyReader(text, log)
        : ForeignListReader.source(recognised, true, text, log);
  }

  /** Returns what was read; fails if anything is wrong with it. */
  PolicyFileReport finish() throws IOException {
    if (file != null && changed(file)) {
      log.problem(0, 0, "the file changed while it was read; read it again when it is whole");
    }
    return log.finish();
  }

  private void judgeLastLine() {
    if (needsLineEnd) {
      log.problem(
          text.line(),
          text.column(),
          "the last line has no line end, so the rest of the file may be missing");
    } else if (isCsv) {
      log.note(
          text.line(), text.column(), "the last line has no line end; is its last cell whole?");
    }
  }

  private static boolean changed(InputFile file) throws IOException {
    try {
      return file.hasChanged();
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
