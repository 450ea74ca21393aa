package dev.allowflux.jackson;

import java.util.function.Function;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;

/** Reads a value from the name of a property. */
final class KeyReader extends KeyDeserializer {
  private final Class<?> type;
  private final Function<String, ?> reader;

  KeyReader(Class<?> type, Function<String, ?> reader) {
    this.type = type;
    this.reader = reader;
  }

  @Override
  public Object deserializeKey(String key, DeserializationContext context) {
    try {
      return reader.apply(key);
    } catch (IllegalArgumentException e) {
      throw context.weirdStringException(key, type, e.getMessage());
    }
  }
}
