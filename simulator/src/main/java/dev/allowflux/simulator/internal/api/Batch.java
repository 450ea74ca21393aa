package dev.allowflux.simulator.internal.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.store.PolicyStore;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The changes of a batch in their fixed order: deletes, patches, puts, posts. */
final class Batch {
  private static final List<String> ARRAYS = List.of("deletes", "patches", "puts", "posts");
  private static final int MAX_ITEMS = 1000;

  private final JsonNode body;

  /**
   * Checks the form of a batch.
   *
   * @throws Refusal if an array is absent or too long
   */
  Batch(JsonNode body) {
    this.body = body;
    if (!body.isObject()) {
      throw Refusal.badRequest("", "an object is needed here");
    }
    for (String name : ARRAYS) {
      JsonNode items = body.get(name);
      if (items == null || !items.isArray()) {
        throw Refusal.badRequest("/" + name, name + " must be an array, even if it is empty");
      }
      if (items.size() > MAX_ITEMS) {
        throw Refusal.badRequest("/" + name, name + " holds more than " + MAX_ITEMS);
      }
    }
  }

  /**
   * Makes the changes and returns the result as JSON.
   *
   * @throws Refusal at the first element that is refused
   */
  byte[] apply(PolicyStore.Changes changes, PolicyChanger changer) {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    for (String name : ARRAYS) {
      result.writeBytes(
          ((name.equals("deletes") ? "{\"" : ",\"") + name + "\":[").getBytes(ISO_8859_1));
      JsonNode items = body.get(name);
      for (int i = 0; i < items.size(); i++) {
        if (i > 0) {
          result.write(',');
        }
        result.writeBytes(element(changes, changer, name, items.get(i), "/" + name + "/" + i));
      }
      result.write(']');
    }
    result.write('}');
    return result.toByteArray();
  }

  private static byte[] element(
      PolicyStore.Changes changes, PolicyChanger changer, String array, JsonNode item, String at) {
    return switch (array) {
      case "deletes" -> changer.delete(changes, id(item, at), at + "/id");
      case "patches" -> changer.edit(changes, id(item, at), item, at, at + "/id");
      case "puts" -> changer.replace(changes, id(item, at), item, at);
      default -> changer.create(changes, item, at);
    };
  }

  private static String id(JsonNode item, String at) {
    JsonNode id = item.get("id");
    if (id == null || !id.isString()) {
      throw Refusal.badRequest(at + "/id", "an id is needed here");
    }
    return id.stringValue();
  }
}
