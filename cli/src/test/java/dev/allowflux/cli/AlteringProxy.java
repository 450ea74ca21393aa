package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A service with a mind of its own: a simulator, and what a test does to its exchanges. */
final class AlteringProxy implements AutoCloseable {

  /** What the client gets. */
  record Answer(int status, String type, String body) {
    static Answer page(int status) {
      return new Answer(status, "text/html", "<html><h1>" + status + "</h1></html>");
    }
  }

  /** One request as it came. */
  record Request(String method, String path, String query, String body) {
    boolean isBatch() {
      return path.endsWith("/batch");
    }

    boolean isWrite() {
      return !method.equals("GET");
    }

    Request withBody(UnaryOperator<String> change) {
      return new Request(method, path, query, change.apply(body));
    }
  }

  /** Answers a request, with the simulator's help or without. */
  interface Service {
    Answer answer(Request request, Function<Request, Answer> simulator);
  }

  private final ApiSimulator api;
  private final Service service;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  private AlteringProxy(ApiSimulator api, Service service, HttpServer server) {
    this.api = api;
    this.service = service;
    this.server = server;
  }

  static AlteringProxy start(ApiSimulator api, Service service) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AlteringProxy proxy = new AlteringProxy(api, service, server);
    server.setExecutor(proxy.threads);
    server.createContext("/", proxy::handle);
    server.start();
    return proxy;
  }

  /** Everything that came, in its order. */
  List<Request> requests() {
    return requests;
  }

  long writes() {
    return requests.stream().filter(Request::isWrite).count();
  }

  /** The environment of a command that speaks to this service. */
  Map<String, String> environment(Path state) {
    Map<String, String> environment = new HashMap<>(Run.environment(api));
    environment.put(
        "CLOUDFLARE_BASE_URL",
        "http://127.0.0.1:"
            + server.getAddress().getPort()
            + URI.create(api.baseUrl()).getRawPath());
    environment.put("XDG_STATE_HOME", state.toString());
    return environment;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      Request request =
          new Request(
              exchange.getRequestMethod(),
              uri.getRawPath(),
              uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery(),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(request);
      Answer answer = service.answer(request, this::forward);
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer forward(Request request) {
    URI base = URI.create(api.baseUrl());
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          base.getScheme()
                              + "://"
                              + base.getRawAuthority()
                              + request.path()
                              + request.query()))
                  .header("Authorization", "Bearer " + api.token())
                  .header("Content-Type", "application/json")
                  .method(request.method(), BodyPublishers.ofString(request.body()))
                  .build(),
              BodyHandlers.ofString());
      return new Answer(response.statusCode(), "application/json", response.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
