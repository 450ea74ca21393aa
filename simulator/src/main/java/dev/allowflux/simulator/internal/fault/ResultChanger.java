package dev.allowflux.simulator.internal.fault;

import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.FaultEffect.FewerResults;
import dev.allowflux.simulator.FaultEffect.OtherField;
import dev.allowflux.simulator.FaultEffect.WrongResult;
import dev.allowflux.simulator.internal.exchange.Response;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes the result of a success so that it contradicts the request. */
final class ResultChanger {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> BATCH_ARRAYS = List.of("deletes", "patches", "puts", "posts");
  private static final String UNUSED_ID = "00000000-0000-4000-8000-000000000000";

  /** Another policy than the one with this id, as JSON; null if there is none. */
  private final Function<String, @Nullable String> otherPolicy;

  ResultChanger(Function<String, @Nullable String> otherPolicy) {
    this.otherPolicy = otherPolicy;
  }

  /** Changes the body if the effect is one of results and the response is a success. */
  void change(Response response, FaultEffect effect) {
    boolean changes =
        effect instanceof WrongResult
            || effect instanceof OtherField
            || effect instanceof FewerResults;
    if (!changes || response.status() >= 300) {
      return;
    }
    byte[] body = ByteBufUtil.getBytes(response.body());
    response.body().release();
    ObjectNode envelope = (ObjectNode) JSON.readTree(body);
    envelope.set("result", changed(envelope.required("result"), effect));
    response.body(Unpooled.wrappedBuffer(JSON.writeValueAsBytes(envelope)));
  }

  private JsonNode changed(JsonNode result, FaultEffect effect) {
    if (effect == WrongResult.EMPTY_RESULT) {
      return JSON.createObjectNode();
    }
    if (effect instanceof FewerResults fewer) {
      removeLast(result, fewer.elements());
      return result;
    }
    for (ObjectNode element : elements(result)) {
      if (effect instanceof OtherField other) {
        if (element.has(other.field())) {
          element.set(other.field(), otherValue(element, other.field()));
          break;
        }
      } else {
        changePolicy(element, effect == WrongResult.OTHER_POLICY);
        break;
      }
    }
    return result;
  }

  private void changePolicy(ObjectNode element, boolean wholly) {
    String id = element.path("id").asString("");
    String other = otherPolicy.apply(id);
    if (other == null) {
      element.put("id", UNUSED_ID);
      return;
    }
    ObjectNode policy = (ObjectNode) JSON.readTree(other);
    // The result of a deletion has an id alone.
    if (wholly && element.size() > 1) {
      element.removeAll();
      element.setAll(policy);
    } else {
      element.set("id", policy.required("id"));
    }
  }

  private static JsonNode otherValue(ObjectNode policy, String field) {
    JsonNode value = policy.required(field);
    return switch (field) {
      case "pattern" -> {
        boolean address = policy.path("pattern_type").asString("").equals("IP");
        boolean same = value.asString("").startsWith("198.51.100.7");
        String other = same ? "198.51.100.8" : "198.51.100.7";
        yield JSON.getNodeFactory().stringNode(address ? other : "other-" + value.asString(""));
      }
      case "pattern_type" ->
          JSON.getNodeFactory()
              .stringNode(value.asString("").equals("DOMAIN") ? "EMAIL" : "DOMAIN");
      case "comments" -> JSON.getNodeFactory().stringNode("other " + value.asString(""));
      default -> JSON.getNodeFactory().booleanNode(!value.booleanValue());
    };
  }

  /** The policies of a result: one, those of a list, or those of all arrays of a batch. */
  private static List<ObjectNode> elements(JsonNode result) {
    List<ObjectNode> elements = new ArrayList<>();
    for (JsonNode array : arrays(result)) {
      array.forEach(
          element -> {
            if (element instanceof ObjectNode object) {
              elements.add(object);
            }
          });
    }
    if (elements.isEmpty() && result instanceof ObjectNode object && object.has("id")) {
      elements.add(object);
    }
    return elements;
  }

  private static List<ArrayNode> arrays(JsonNode result) {
    List<ArrayNode> arrays = new ArrayList<>();
    if (result instanceof ArrayNode list) {
      arrays.add(list);
    }
    for (String name : BATCH_ARRAYS) {
      if (result.get(name) instanceof ArrayNode array) {
        arrays.add(array);
      }
    }
    return arrays;
  }

  private static void removeLast(JsonNode result, int elements) {
    List<ArrayNode> arrays = arrays(result);
    int left = elements;
    for (int i = arrays.size() - 1; i >= 0; i--) {
      ArrayNode array = arrays.get(i);
      for (; left > 0 && !array.isEmpty(); left--) {
        array.remove(array.size() - 1);
      }
    }
  }
}
