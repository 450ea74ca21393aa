package dev.allowflux.reactor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * Lists policies, each page as the list is at a random moment between request and response, while
 * policies are added and deleted. It shares nothing with the simulator, so that a mistake of the
 * simulator cannot hide one of the client.
 */
final class RandomMomentServer implements AutoCloseable {

  private record Policy(String id, Instant created) {}

  private static final int LATENCY_MILLIS = 20;

  private final Random random;
  private final List<Policy> policies = new ArrayList<>();
  private final Set<String> gone = new HashSet<>();
  private final ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
  private final DisposableServer server;
  private int nextId;

  RandomMomentServer(long seed, int size, long changesPerSecond) {
    random = new Random(seed);
    Instant created = Instant.now().minus(Duration.ofDays(30));
    for (int i = 0; i < size; i++) {
      // Ties are of up to a few.
      created = created.plusSeconds(random.nextInt(4) == 0 ? 0 : random.nextInt(200));
      policies.add(new Policy("p" + nextId++, created));
    }
    if (changesPerSecond > 0) {
      long micros = 1_000_000 / changesPerSecond;
      Future<?> unused =
          others.scheduleAtFixedRate(this::change, micros, micros, TimeUnit.MICROSECONDS);
    }
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) -> {
                  QueryStringDecoder query = new QueryStringDecoder(request.uri());
                  int page = number(query, "page");
                  int perPage = number(query, "per_page");
                  Mono<String> body =
                      Mono.delay(pause())
                          .map(moment -> page(page, perPage))
                          .delayUntil(read -> Mono.delay(pause()));
                  return response
                      .header("Content-Type", "application/json")
                      .sendString(body, UTF_8);
                })
            .bindNow();
  }

  private static int number(QueryStringDecoder query, String name) {
    return Integer.parseInt(query.parameters().get(name).get(0));
  }

  private synchronized Duration pause() {
    return Duration.ofMillis(random.nextInt(LATENCY_MILLIS));
  }

  private synchronized void change() {
    policies.add(new Policy("p" + nextId++, Instant.now()));
    gone.add(policies.remove(random.nextInt(policies.size())).id);
  }

  private synchronized String page(int page, int perPage) {
    int from = Math.min(policies.size(), (page - 1) * perPage);
    List<Policy> some = policies.subList(from, Math.min(policies.size(), from + perPage));
    StringBuilder json = new StringBuilder("{\"success\":true,\"errors\":[],\"messages\":[],");
    json.append("\"result\":[");
    for (Policy policy : some) {
      json.append(json.charAt(json.length() - 1) == '[' ? "" : ",");
      json.append("{\"id\":\"").append(policy.id);
      json.append("\",\"created_at\":\"").append(policy.created);
      json.append("\",\"last_modified\":\"").append(policy.created);
      json.append("\",\"pattern\":\"").append(policy.id).append("@example.com\",");
      json.append("\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,");
      json.append("\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,");
      json.append("\"verify_sender\":true,\"comments\":null}");
    }
    json.append("],\"result_info\":{\"page\":").append(page);
    json.append(",\"per_page\":").append(perPage).append(",\"count\":").append(some.size());
    return json.append(",\"total_count\":").append(policies.size()).append("}}").toString();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.port() + "/client/v4";
  }

  synchronized Set<String> ids() {
    Set<String> ids = new HashSet<>();
    policies.forEach(policy -> ids.add(policy.id));
    return ids;
  }

  synchronized Set<String> gone() {
    return new HashSet<>(gone);
  }

  @Override
  public void close() {
    others.shutdownNow();
    server.disposeNow();
  }
}
