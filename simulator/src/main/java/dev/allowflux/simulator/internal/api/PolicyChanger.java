package dev.allowflux.simulator.internal.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.store.PolicyIds;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.PolicyWriter;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The four changes of one policy, alone or as an element of a batch. Each returns its result as
 * JSON and throws a {@link Refusal} if the API refuses it.
 */
final class PolicyChanger {
  private final PolicyWriter writer;
  private final boolean normalizing;

  /**
   * Makes a changer.
   *
   * @param normalizing whether patterns and comments are stored in another spelling than sent
   */
  PolicyChanger(PolicyWriter writer, boolean normalizing) {
    this.writer = writer;
    this.normalizing = normalizing;
  }

  /**
   * Adds a policy.
   *
   * @param at the position of the policy in the body
   */
  byte[] create(PolicyStore.Changes changes, JsonNode json, String at) {
    return writer.bytes(changes.add(PolicyReader.read(json, at, normalizing)));
  }

  /** Adds a policy as it is given, whatever the service does to the spelling of requests. */
  StoredPolicy add(PolicyStore.Changes changes, JsonNode json) {
    return changes.add(PolicyReader.read(json, "", false));
  }

  /**
   * Changes some fields of a policy.
   *
   * @param at the position of the fields in the body
   * @param idPointer the position of the id in the body, or null if it is not there
   */
  byte[] edit(
      PolicyStore.Changes changes,
      String id,
      JsonNode json,
      String at,
      @Nullable String idPointer) {
    UUID key = parse(id);
    StoredPolicy old = find(changes, id, idPointer);
    return writer.bytes(changes.replace(key, old, PolicyReader.edited(old, json, at, normalizing)));
  }

  /**
   * Replaces all fields of a policy.
   *
   * @param at the position of the element in the body
   */
  byte[] replace(PolicyStore.Changes changes, String id, JsonNode json, String at) {
    StoredPolicy old = find(changes, id, at + "/id");
    return writer.bytes(
        changes.replace(UUID.fromString(id), old, PolicyReader.read(json, at, normalizing)));
  }

  /**
   * Deletes a policy.
   *
   * @param idPointer the position of the id in the body, or null if it is not there
   */
  byte[] delete(PolicyStore.Changes changes, String id, @Nullable String idPointer) {
    StoredPolicy old = find(changes, id, idPointer);
    changes.delete(UUID.fromString(id));
    return ("{\"id\":\"" + old.id() + "\"}").getBytes(ISO_8859_1);
  }

  /** Reads the id in a path. */
  static UUID parse(String id) {
    UUID key = PolicyIds.parse(id);
    if (key == null) {
      throw Refusal.of(404, 7003, "No route for the URI: " + id + " is not a policy id");
    }
    return key;
  }

  private static StoredPolicy find(
      PolicyStore.Changes changes, String id, @Nullable String idPointer) {
    UUID key = PolicyIds.parse(id);
    StoredPolicy policy = key == null ? null : changes.find(key);
    if (policy == null) {
      throw Refusal.unknownPolicy(id, idPointer);
    }
    return policy;
  }
}
