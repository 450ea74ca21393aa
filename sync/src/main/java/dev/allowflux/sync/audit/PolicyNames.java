package dev.allowflux.sync.audit;

import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How people find policies: their ids, or where they stand in a file. There may be a million, so
 * that of a place only the line is kept, and of a UUID its bits.
 */
final class PolicyNames {
  private static final int UUID_LENGTH = 36;
  private static final int MOST_DIGITS = 9;
  private static final int NO_LINE = -1;

  /** What stands before the line, the same object for a whole file; null for a UUID. */
  private @Nullable String[] heads = new String[16];

  /** The line, {@link #NO_LINE} if the head is all there is, or the first half of a UUID. */
  private long[] numbers = new long[16];

  /** The second half of a UUID. */
  private long[] halves = new long[0];

  private String file = "";
  private int size;

  void add(String name) {
    if (size == heads.length) {
      heads = Arrays.copyOf(heads, size + size / 2);
      numbers = Arrays.copyOf(numbers, heads.length);
    }
    int colon = name.lastIndexOf(':');
    UUID uuid = colon < 0 ? uuid(name) : null;
    int line = colon < 0 ? NO_LINE : line(name, colon + 1);
    if (uuid != null) {
      if (size >= halves.length) {
        halves = Arrays.copyOf(halves, heads.length);
      }
      numbers[size] = uuid.getMostSignificantBits();
      halves[size] = uuid.getLeastSignificantBits();
    } else {
      heads[size] = line == NO_LINE ? name : file(name, colon);
      numbers[size] = line;
    }
    size++;
  }

  private String file(String name, int end) {
    if (file.length() != end || !name.startsWith(file)) {
      file = name.substring(0, end);
    }
    return file;
  }

  /** Returns the number if it is written as one is, else {@link #NO_LINE}. */
  private static int line(String name, int from) {
    int digits = name.length() - from;
    if (digits < 1 || digits > MOST_DIGITS || (digits > 1 && name.charAt(from) == '0')) {
      return NO_LINE;
    }
    int line = 0;
    for (int i = from; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return NO_LINE;
      }
      line = 10 * line + c - '0';
    }
    return line;
  }

  private static @Nullable UUID uuid(String name) {
    if (name.length() != UUID_LENGTH) {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(name);
      // It reads other spellings, too.
      return uuid.toString().equals(name) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  String get(int number) {
    String head = heads[number];
    if (head == null) {
      return new UUID(numbers[number], halves[number]).toString();
    }
    return numbers[number] == NO_LINE ? head : head + ':' + numbers[number];
  }
}
