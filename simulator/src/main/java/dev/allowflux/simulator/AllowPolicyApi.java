package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The six operations: a request whose route and credential are good becomes an answer. */
final class AllowPolicyApi {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final byte[] ENVELOPE_START =
      "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":".getBytes(ISO_8859_1);
  private static final int DEFAULT_PER_PAGE = 20;
  private static final int MAX_PER_PAGE = 1000;
  private static final int MAX_BATCH = 1000;

  private final PolicyStore store;
  private final Policy.Writer writer;
  private final TotalCount totalCount;
  private final int maxPageSize;

  AllowPolicyApi(PolicyStore store, Policy.Writer writer, TotalCount totalCount, int maxPageSize) {
    this.store = store;
    this.writer = writer;
    this.totalCount = totalCount;
    this.maxPageSize = maxPageSize;
  }

  /**
   * Carries out a request.
   *
   * @param fault says whether a write is made (if not, only its answer looks as if it were), and
   *     how a page is spoilt
   * @throws Refusal if the API refuses the request; then nothing has changed
   */
  Answer answer(Request request, Route route, Fault fault, ByteBufAllocator allocator) {
    boolean commit = fault.isDone();
    return switch (route.operation()) {
      case LIST -> list(ListQuery.parse(request.target()), fault, allocator);
      case GET -> get(route.policyId());
      case CREATE -> create(body(request), commit);
      case EDIT -> edit(route.policyId(), body(request), commit);
      case DELETE -> delete(route.policyId(), commit);
      case BATCH -> batch(body(request), commit);
    };
  }

  static Answer refusal(Refusal refusal) {
    ObjectNode envelope = JSON.createObjectNode();
    envelope.put("success", false);
    ObjectNode error = envelope.putArray("errors").addObject();
    error.put("code", refusal.code()).put("message", refusal.message());
    if (refusal.pointer() != null) {
      error.putObject("source").put("pointer", refusal.pointer());
    }
    if (refusal.chainedCode() != 0) {
      error
          .putArray("error_chain")
          .addObject()
          .put("code", refusal.chainedCode())
          .put("message", refusal.message());
    }
    envelope.putArray("messages");
    envelope.putNull("result");
    return Answer.json(refusal.status(), JSON.writeValueAsBytes(envelope));
  }

  byte[] json(Policy policy) {
    return writer.bytes(policy);
  }

  // ---------------------------------------------------------------- reading

  /** The parameters of a listing. */
  private record ListQuery(
      PolicyStore.Selection selection, boolean descending, long page, int perPage) {

    private static final String[] FLAG_FILTERS = {
      "is_trusted_sender", "is_acceptable_sender", "is_exempt_recipient", "verify_sender"
    };

    static ListQuery parse(String target) {
      Parameters parameters = new Parameters(target);
      long page = parameters.number("page", 1, Long.MAX_VALUE / MAX_PER_PAGE, 1);
      int perPage = (int) parameters.number("per_page", 1, MAX_PER_PAGE, DEFAULT_PER_PAGE);
      String order = parameters.choice("order", "created_at", "pattern");
      String direction = parameters.choice("direction", "asc", "desc");
      int mask = 0;
      int bits = 0;
      String type = parameters.choice("pattern_type", Policy.TYPES);
      if (type != null) {
        mask |= Policy.TYPE_MASK;
        bits |= List.of(Policy.TYPES).indexOf(type);
      }
      for (int i = 0; i < FLAG_FILTERS.length; i++) {
        String wanted = parameters.choice(FLAG_FILTERS[i], "true", "false");
        if (wanted != null) {
          mask |= Policy.TRUSTED_SENDER << i;
          bits |= wanted.equals("true") ? Policy.TRUSTED_SENDER << i : 0;
        }
      }
      String search = parameters.text("search");
      return new ListQuery(
          new PolicyStore.Selection(
              search == null || search.isEmpty() ? null : search.toLowerCase(Locale.ROOT),
              parameters.text("pattern"),
              mask,
              bits,
              "pattern".equals(order)),
          "desc".equals(direction),
          page,
          perPage);
    }
  }

  /** The query of a request; parameters that nobody asks for are ignored. */
  private static final class Parameters {
    private final QueryStringDecoder query;

    Parameters(String target) {
      query = new QueryStringDecoder(target);
      try {
        query.parameters();
      } catch (IllegalArgumentException e) {
        throw Refusal.of(400, "the query is not percent-encoded as it should be");
      }
    }

    @Nullable String text(String name) {
      List<String> values = query.parameters().get(name);
      if (values == null) {
        return null;
      }
      if (values.size() > 1) {
        throw Refusal.badRequest("/" + name, name + " is there more than once");
      }
      return values.get(0);
    }

    @Nullable String choice(String name, String... choices) {
      String value = text(name);
      if (value != null && !List.of(choices).contains(value)) {
        throw Refusal.badRequest("/" + name, name + " must be one of " + List.of(choices));
      }
      return value;
    }

    long number(String name, long min, long max, long absent) {
      String value = text(name);
      if (value == null) {
        return absent;
      }
      try {
        long number = Long.parseLong(value);
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Refused below, like a number out of its range.
      }
      throw Refusal.badRequest("/" + name, name + " must be a number from " + min + " to " + max);
    }
  }

  private Answer list(ListQuery query, Fault fault, ByteBufAllocator allocator) {
    int perPage = Math.min(query.perPage(), maxPageSize);
    if (fault.kind() == Fault.Kind.CAPPED_PAGE) {
      perPage = Math.min(perPage, fault.number());
    }
    long offset = (query.page() - 1) * perPage;
    if (fault.kind() == Fault.Kind.SHIFTED_PAGE) {
      offset += fault.number();
    } else if (fault.kind() == Fault.Kind.REPEATED_PAGE) {
      offset -= perPage;
    }
    PolicyStore.Slice slice =
        store.list(
            query.selection(),
            query.descending(),
            Math.max(0, offset),
            fault.kind() == Fault.Kind.MISSING_PAGE ? 0 : perPage);
    String total =
        switch (totalCount) {
          case ALL -> ",\"total_count\":" + slice.total();
          case FILTERED -> ",\"total_count\":" + slice.selected();
          case ABSENT -> "";
        };
    byte[] end =
        "],\"result_info\":{\"count\":%d,\"page\":%d,\"per_page\":%d%s}}"
            .formatted(slice.policies().size(), query.page(), perPage, total)
            .getBytes(ISO_8859_1);
    return Answer.json(200, page(slice.policies(), end, allocator));
  }

  /**
   * The one place that many bytes go through: policies are copied into one buffer of their size.
   */
  private ByteBuf page(List<Policy> policies, byte[] end, ByteBufAllocator allocator) {
    int length = ENVELOPE_START.length + 1 + Math.max(0, policies.size() - 1) + end.length;
    for (Policy policy : policies) {
      length += writer.length(policy);
    }
    ByteBuf body = allocator.heapBuffer(length, length);
    byte[] target = body.array();
    int start = body.arrayOffset();
    System.arraycopy(ENVELOPE_START, 0, target, start, ENVELOPE_START.length);
    int at = start + ENVELOPE_START.length;
    target[at++] = '[';
    for (int i = 0; i < policies.size(); i++) {
      if (i > 0) {
        target[at++] = ',';
      }
      at = writer.write(policies.get(i), target, at);
    }
    System.arraycopy(end, 0, target, at, end.length);
    return body.writerIndex(length);
  }

  private Answer get(String id) {
    Policy policy = store.find(known(id));
    if (policy == null) {
      throw Refusal.unknownPolicy(id, null);
    }
    return success(200, writer.bytes(policy));
  }

  // ---------------------------------------------------------------- writing

  private Answer create(JsonNode body, boolean commit) {
    PolicyFields fields = PolicyFields.read(body, "");
    return success(201, writer.bytes(store.change(changes -> changes.add(fields), commit)));
  }

  private Answer edit(String id, JsonNode body, boolean commit) {
    known(id);
    return success(
        200, writer.bytes(store.change(changes -> edit(changes, id, body, "", null), commit)));
  }

  private Answer delete(String id, boolean commit) {
    known(id);
    return success(200, idJson(store.change(changes -> delete(changes, id, null), commit)));
  }

  private Answer batch(JsonNode body, boolean commit) {
    if (!body.isObject()) {
      throw Refusal.badRequest("", "an object is needed here");
    }
    for (String name : List.of("deletes", "patches", "puts", "posts")) {
      JsonNode items = body.get(name);
      if (items == null || !items.isArray()) {
        throw Refusal.badRequest("/" + name, name + " must be an array, if only an empty one");
      }
      if (items.size() > MAX_BATCH) {
        throw Refusal.badRequest("/" + name, name + " holds more than " + MAX_BATCH);
      }
    }
    return store.change(
        changes -> {
          ByteArrayOutputStream result = new ByteArrayOutputStream();
          result.writeBytes("{\"deletes\":[".getBytes(ISO_8859_1));
          each(body, "deletes", result, (item, at) -> idJson(delete(changes, id(item, at), at)));
          result.writeBytes("],\"patches\":[".getBytes(ISO_8859_1));
          each(
              body,
              "patches",
              result,
              (item, at) -> writer.bytes(edit(changes, id(item, at), item, at, at)));
          result.writeBytes("],\"puts\":[".getBytes(ISO_8859_1));
          each(
              body,
              "puts",
              result,
              (item, at) -> writer.bytes(replace(changes, id(item, at), item, at)));
          result.writeBytes("],\"posts\":[".getBytes(ISO_8859_1));
          each(
              body,
              "posts",
              result,
              (item, at) -> writer.bytes(changes.add(PolicyFields.read(item, at))));
          result.writeBytes("]}".getBytes(ISO_8859_1));
          return success(200, result.toByteArray());
        },
        commit);
  }

  private static void each(
      JsonNode body,
      String name,
      ByteArrayOutputStream result,
      BiFunction<JsonNode, String, byte[]> work) {
    JsonNode items = body.get(name);
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        result.write(',');
      }
      result.writeBytes(work.apply(items.get(i), "/" + name + "/" + i));
    }
  }

  private static Policy edit(
      PolicyStore.Changes changes, String id, JsonNode json, String at, @Nullable String element) {
    UUID key = known(id);
    Policy old = found(changes, id, element);
    return changes.replace(key, old, PolicyFields.edited(old, json, at));
  }

  private static Policy replace(PolicyStore.Changes changes, String id, JsonNode json, String at) {
    Policy old = found(changes, id, at);
    return changes.replace(UUID.fromString(id), old, PolicyFields.read(json, at));
  }

  private static String delete(PolicyStore.Changes changes, String id, @Nullable String element) {
    Policy old = found(changes, id, element);
    changes.delete(UUID.fromString(id));
    return old.id();
  }

  private static Policy found(PolicyStore.Changes changes, String id, @Nullable String element) {
    UUID key = Ids.parse(id);
    Policy policy = key == null ? null : changes.find(key);
    if (policy == null) {
      throw Refusal.unknownPolicy(id, element == null ? null : element + "/id");
    }
    return policy;
  }

  /** The id in an element of a batch. */
  private static String id(JsonNode item, String at) {
    JsonNode id = item.get("id");
    if (id == null || !id.isString()) {
      throw Refusal.badRequest(at + "/id", "an id is needed here");
    }
    return id.stringValue();
  }

  private static UUID known(String id) {
    UUID key = Ids.parse(id);
    if (key == null) {
      throw Refusal.of(404, 7003, "No route for the URI: " + id + " is not a policy id");
    }
    return key;
  }

  // ---------------------------------------------------------------- both

  private static JsonNode body(Request request) {
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    int parameters = type.indexOf(';');
    String plain = parameters < 0 ? type : type.substring(0, parameters);
    if (!plain.trim().equalsIgnoreCase("application/json")) {
      throw Refusal.of(415, "the body must be application/json");
    }
    if (request.body().length == 0) {
      throw Refusal.badRequest("", "a body is needed");
    }
    try {
      return JSON.readTree(request.body());
    } catch (JacksonException e) {
      throw Refusal.badRequest("", "the body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static byte[] idJson(String id) {
    return ("{\"id\":\"" + id + "\"}").getBytes(ISO_8859_1);
  }

  private static Answer success(int status, byte[] result) {
    byte[] body = new byte[ENVELOPE_START.length + result.length + 1];
    System.arraycopy(ENVELOPE_START, 0, body, 0, ENVELOPE_START.length);
    System.arraycopy(result, 0, body, ENVELOPE_START.length, result.length);
    body[body.length - 1] = '}';
    return Answer.json(status, body);
  }
}
