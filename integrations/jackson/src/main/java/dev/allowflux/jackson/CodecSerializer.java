package dev.allowflux.jackson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonGeneratorBase;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes what the library's codec writes. */
final class CodecSerializer<T> extends StdSerializer<T> {
  private static final JsonFactory JSON = new JsonFactory();

  private final Function<T, byte[]> writer;

  CodecSerializer(Class<T> type, Function<T, byte[]> writer) {
    super(type);
    this.writer = writer;
  }

  @Override
  public void serialize(T value, JsonGenerator out, SerializationContext context) {
    byte[] json = writer.apply(value);
    if (takesAsItIs(out)) {
      out.writeRawValue(new String(json, UTF_8).strip());
      return;
    }
    // A tree, another format, or an output with rules of its own.
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      out.copyCurrentStructureExact(parser);
    }
  }

  private static boolean takesAsItIs(JsonGenerator out) {
    return out instanceof JsonGeneratorBase
        && out.getPrettyPrinter() == null
        && out.getCharacterEscapes() == null
        && out.getHighestNonEscapedChar() == 0;
  }
}
