package dev.allowflux.sync.file;

import dev.allowflux.internal.json.Rfc3339;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads times, one text after another once: those of a policy are often the same. */
final class RepeatedTimes {
  private @Nullable String text;
  private Instant time = Instant.EPOCH;

  /**
   * Reads a time.
   *
   * @throws java.time.format.DateTimeParseException if it is none
   */
  Instant read(String value) {
    if (!value.equals(text)) {
      Instant read = Rfc3339.parse(value);
      time = read != null ? read : Instant.parse(value);
      text = value;
    }
    return time;
  }
}
