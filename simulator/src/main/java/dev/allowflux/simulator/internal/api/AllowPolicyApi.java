package dev.allowflux.simulator.internal.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.Request;
import dev.allowflux.simulator.internal.exchange.Response;
import dev.allowflux.simulator.internal.random.SplitMix;
import dev.allowflux.simulator.internal.store.PolicyIds;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.PolicyWriter;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The operations of an account: a request with a valid route and credential becomes a response. */
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
  private final boolean atomicBatches;
  private final long seed;

  public AllowPolicyApi(
      PolicyStore store, PolicyWriter writer, TotalCounter totals, Behavior behavior, long seed) {
    this.store = store;
    this.writer = writer;
    this.listing = new Listing(store, writer, totals, behavior);
    this.changer = new PolicyChanger(writer, behavior.normalizing());
    this.atomicBatches = behavior.atomicBatches();
    this.seed = seed;
  }

  /** Puts these policies in place of all that there are. */
  public void reset(List<StoredPolicy> policies) {
    store.reset(policies);
    listing.reset();
  }

  /**
   * Adds a policy as if another client had created it.
   *
   * @param json the body of a create
   * @return its id
   * @throws Refusal if the API refuses the body
   */
  public String add(String json) {
    JsonNode body = parse(json.getBytes(UTF_8));
    return store.change(changes -> changer.add(changes, body).id());
  }

  /**
   * Carries out a request.
   *
   * @param commit whether a write is carried out; if not, only its response looks as if it were
   * @throws Refusal if the API refuses the request; then nothing has changed, but for a batch that
   *     is not atomic
   */
  Response respond(Exchange exchange, Route route, boolean commit, ByteBufAllocator allocator) {
    Request request = exchange.request();
    String id = route.policyId();
    return switch (route.operation()) {
      case LIST ->
          listing.list(
              ListQuery.parse(request.target()), exchange.selectedFault().effect(), allocator);
      case GET -> get(id);
      case CREATE -> {
        JsonNode body = body(request);
        yield change(exchange, commit, changes -> changer.create(changes, body, ""));
      }
      case EDIT -> {
        PolicyChanger.parse(id);
        JsonNode body = body(request);
        yield change(exchange, commit, changes -> changer.edit(changes, id, body, "", null));
      }
      case DELETE -> {
        PolicyChanger.parse(id);
        yield change(exchange, commit, changes -> changer.delete(changes, id, null));
      }
      case LIST_ACCOUNTS -> throw new IllegalStateException("not about one account");
      case BATCH -> {
        Batch batch = new Batch(body(request));
        yield change(exchange, commit, changes -> batch.apply(changes, changer));
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
      Exchange exchange, boolean commit, Function<PolicyStore.Changes, byte[]> change) {
    // The same ids when a request is carried out after its response.
    long idSeed = SplitMix.mix(~seed) ^ SplitMix.mix(exchange.number());
    boolean atomic = atomicBatches || exchange.operation() != Operation.BATCH;
    byte[] result =
        store.change(
            new PolicyStore.Write(
                commit,
                atomic,
                idSeed,
                ids -> exchange.changed(ids.created(), ids.edited(), ids.deleted())),
            change);
    return Envelope.success(exchange.operation() == Operation.CREATE ? 201 : 200, result);
  }

  /** Returns another policy than the one with this id as JSON, or null if there is none. */
  @Nullable String otherThan(String id) {
    StoredPolicy other = store.otherThan(PolicyIds.parse(id));
    return other == null ? null : new String(writer.bytes(other), UTF_8);
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
    return parse(request.body());
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw Refusal.badRequest("", "the body is not JSON: " + e.getOriginalMessage());
    }
  }
}
