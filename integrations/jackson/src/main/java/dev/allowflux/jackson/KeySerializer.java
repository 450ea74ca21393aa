package dev.allowflux.jackson;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a value as the name of a property. */
final class KeySerializer<T> extends StdSerializer<T> {
  KeySerializer(Class<T> type) {
    super(type);
  }

  @Override
  public void serialize(T value, JsonGenerator out, SerializationContext context) {
    out.writeName(value.toString());
  }
}
