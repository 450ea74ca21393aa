package dev.allowflux.sync.internal.journal;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * One flat JSON object whose members are text, whole numbers, or lists of one of these. Reading is
 * strict, as nobody but {@link JournalLineCodec} writes such a line.
 */
final class JsonLine {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonLine() {}

  static String write(Map<String, ?> members) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      members.forEach(
          (name, value) -> {
            json.writeName(name);
            write(json, value);
          });
      json.writeEndObject();
    }
    return text.toString();
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

  /** Fails with an {@code IllegalArgumentException} that says what is wrong. */
  static Map<String, Object> read(String line) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
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
      List<Object> items = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(json.currentToken() != JsonToken.START_ARRAY);
        items.add(value(json, json.currentToken()));
      }
      return items;
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
