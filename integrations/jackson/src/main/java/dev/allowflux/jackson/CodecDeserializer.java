package dev.allowflux.jackson;

import dev.allowflux.error.InputException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * Has a value read by the library's codec. The parser may be of any format and over a tree, so the
 * value is first written as JSON, with its repeated fields if it has some.
 */
final class CodecDeserializer<T> extends StdDeserializer<T> {
  private static final JsonFactory JSON = new JsonFactory();

  private final Class<T> type;
  private final Function<byte[], T> reader;

  CodecDeserializer(Class<T> type, Function<byte[], T> reader) {
    super(type);
    this.type = type;
    this.reader = reader;
  }

  @Override
  public T deserialize(JsonParser parser, DeserializationContext context) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      out.copyCurrentStructureExact(parser);
    }
    try {
      return reader.apply(bytes.toByteArray());
    } catch (InputException e) {
      throw failure(parser, e);
    }
  }

  private JacksonException failure(JsonParser parser, InputException e) {
    InputException.Problem problem = e.problems().get(0);
    JacksonException failure = MismatchedInputException.from(parser, type, problem.reason());
    for (String step : stepsFromTheLast(problem.pointer())) {
      if (step.matches("\\d{1,9}")) {
        failure.prependPath(type, Integer.parseInt(step));
      } else {
        failure.prependPath(type, step.replace("~1", "/").replace("~0", "~"));
      }
    }
    return failure.withCause(e);
  }

  private static List<String> stepsFromTheLast(@Nullable String pointer) {
    if (pointer == null) {
      return List.of();
    }
    List<String> steps = Arrays.asList(pointer.substring(1).split("/", -1));
    Collections.reverse(steps);
    return steps;
  }
}
