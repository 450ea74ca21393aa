package dev.allowflux.internal.json;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a document of our own strictly. Each method that reads a value finds the parser at the
 * value's first token and leaves it at its last; what is wrong is an {@code
 * IllegalArgumentException}.
 */
final class StrictJson {
  private final JsonParser json;

  StrictJson(JsonParser json) {
    this.json = json;
  }

  /** Begins an object. */
  void object() {
    expect(JsonToken.START_OBJECT, "an object");
  }

  /** Goes to the value of the next member, and returns its name, or null behind the last. */
  @Nullable String nextMember() {
    String name = json.nextName();
    if (name != null) {
      json.nextToken();
    }
    return name;
  }

  /** Begins a list. */
  void list() {
    expect(JsonToken.START_ARRAY, "a list");
  }

  /** Goes to the next item of a list; false behind the last. */
  boolean nextItem() {
    return json.nextToken() != JsonToken.END_ARRAY;
  }

  boolean isNull() {
    return json.hasToken(JsonToken.VALUE_NULL);
  }

  Instant time() {
    try {
      return Instant.parse(text());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("the value must be a time", e);
    }
  }

  long number() {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    return json.getLongValue();
  }

  String text() {
    expect(JsonToken.VALUE_STRING, "text");
    return json.getString();
  }

  boolean flag() {
    if (!json.hasToken(JsonToken.VALUE_TRUE)) {
      expect(JsonToken.VALUE_FALSE, "true or false");
    }
    return json.getBooleanValue();
  }

  private void expect(JsonToken token, String what) {
    if (!json.hasToken(token)) {
      throw new IllegalArgumentException("the value must be " + what);
    }
  }

  static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("the member " + name + " is not known");
  }
}
