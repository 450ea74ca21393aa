package dev.allowflux.internal.json;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * A line of a file of our own: one flat JSON object whose members are text, whole numbers or lists
 * of whole numbers. Reading is strict, as nobody but us writes such a line.
 */
public final class JsonLine {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  private JsonLine() {}

  /**
   * Writes a line.
   *
   * @param members {@code String}, {@code Integer} and {@code List<Integer>} by name
   * @return the object in UTF-8, without a line break anywhere
   * @throws IllegalArgumentException if a value is of another type
   */
  public static byte[] write(Map<String, ?> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      members.forEach(
          (name, value) -> {
            json.writeName(name);
            write(json, value);
          });
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Object value) {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      list.forEach(item -> write(json, item));
      json.writeEndArray();
    } else {
      throw new IllegalArgumentException("no member of a line: " + value.getClass());
    }
  }

  /**
   * Reads a line.
   *
   * @param bytes the object in UTF-8
   * @return {@code String}, {@code Integer} and {@code List<Integer>} by name, in their order
   * @throws IllegalArgumentException if it is anything else, saying what
   */
  public static Map<String, Object> read(byte[] bytes) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      expect(json.nextToken() == JsonToken.START_OBJECT);
      Map<String, Object> members = new LinkedHashMap<>();
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        members.put(name, value(json, json.nextToken()));
      }
      expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
      return members;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Object value(JsonParser json, JsonToken token) {
    if (token == JsonToken.VALUE_STRING) {
      return json.getString();
    }
    if (token == JsonToken.START_ARRAY) {
      List<Integer> numbers = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT);
        numbers.add(json.getIntValue());
      }
      return numbers;
    }
    expect(token == JsonToken.VALUE_NUMBER_INT);
    return json.getIntValue();
  }

  private static void expect(boolean expected) {
    if (!expected) {
      throw new IllegalArgumentException("not a flat JSON object");
    }
  }
}
