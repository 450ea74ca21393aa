package dev.allowflux.jackson;

import java.util.function.Function;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.FromStringDeserializer;

/** Reads a value from its text. */
final class TextDeserializer<T> extends FromStringDeserializer<T> {
  private final Class<T> type;
  private final Function<String, T> reader;

  TextDeserializer(Class<T> type, Function<String, T> reader) {
    super(type);
    this.type = type;
    this.reader = reader;
  }

  @Override
  protected T _deserialize(String value, DeserializationContext context) {
    try {
      return reader.apply(value);
    } catch (IllegalArgumentException e) {
      throw context.weirdStringException(value, type, e.getMessage());
    }
  }
}
