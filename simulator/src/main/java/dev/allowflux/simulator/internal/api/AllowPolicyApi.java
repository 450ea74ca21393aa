package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.Request;
import dev.allowflux.simulator.internal.exchange.Response;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.PolicyWriter;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The six operations: a request with a valid route and credential becomes a response. */
public final class AllowPolicyApi {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final PolicyStore store;
  private final PolicyWriter writer;
  private final Listing listing;
  private final PolicyChanger changer;

  public AllowPolicyApi(
      PolicyStore store, PolicyWriter writer, TotalCounter totals, int maxPageSize) {
    this.store = store;
    this.writer = writer;
    this.listing = new Listing(store, writer, totals, maxPageSize);
    this.changer = new PolicyChanger(writer);
  }

  /**
   * Carries out a request.
   *
   * @param fault decides whether a write is carried out (if not, only its response looks as if it
   *     were), and changes pages
   * @throws Refusal if the API refuses the request; then nothing has changed
   */
  Response respond(Request request, Route route, Fault fault, ByteBufAllocator allocator) {
    boolean commit = fault.isDone();
    String id = route.policyId();
    return switch (route.operation()) {
      case LIST -> listing.list(ListQuery.parse(request.target()), fault.effect(), allocator);
      case GET -> get(id);
      case CREATE -> {
        JsonNode body = body(request);
        yield change(201, changes -> changer.create(changes, body, ""), commit);
      }
      case EDIT -> {
        PolicyChanger.parse(id);
        JsonNode body = body(request);
        yield change(200, changes -> changer.edit(changes, id, body, "", null), commit);
      }
      case DELETE -> {
        PolicyChanger.parse(id);
        yield change(200, changes -> changer.delete(changes, id, null), commit);
      }
      case BATCH -> {
        Batch batch = new Batch(body(request));
        yield change(200, changes -> batch.apply(changes, changer), commit);
      }
    };
  }

  private Response get(String id) {
    UUID key = PolicyChanger.parse(id);
    StoredPolicy policy = store.find(key);
    if (policy == null) {
      throw Refusal.unknownPolicy(id, null);
    }
    return Envelope.success(200, writer.bytes(policy));
  }

  private Response change(
      int status, Function<PolicyStore.Changes, byte[]> change, boolean commit) {
    return Envelope.success(status, store.change(change, commit));
  }

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
}
