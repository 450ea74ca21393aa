package dev.allowflux.jackson;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a value as its text. */
final class TextSerializer<T> extends StdSerializer<T> {
  TextSerializer(Class<T> type) {
    super(type);
  }

  @Override
  public void serialize(T value, JsonGenerator out, SerializationContext context) {
    out.writeString(value.toString());
  }
}
