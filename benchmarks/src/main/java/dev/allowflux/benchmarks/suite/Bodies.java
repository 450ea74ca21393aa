package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.peer.Endpoint;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Four pages of a thousand policies, taken in turn so that no branch predictor learns one by heart.
 */
@State(Scope.Benchmark)
public class Bodies {
  private static final int PAGES = 4;
  private static final int PER_PAGE = 1000;

  /** The same for every run of a JVM that is kept alive. */
  private static final List<byte[]> ALL = fetch();

  private int turn;

  byte[] next() {
    return ALL.get(turn++ % PAGES);
  }

  public List<byte[]> all() {
    return ALL;
  }

  private static List<byte[]> fetch() {
    try (ApiSimulator api =
        ApiSimulator.builder().policies(PAGES * PER_PAGE).noRateLimit().start()) {
      HttpClient http = HttpClient.newHttpClient();
      List<byte[]> bodies = new ArrayList<>();
      for (int page = 1; page <= PAGES; page++) {
        Endpoint endpoint =
            new Endpoint(api.baseUrl(), api.accountId(), api.token(), PAGES * PER_PAGE, false);
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(endpoint.pageUri(page)))
                .header("Authorization", endpoint.authorization())
                .timeout(Duration.ofSeconds(30))
                .build();
        bodies.add(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
      }
      return List.copyOf(bodies);
    } catch (IOException e) {
      throw new IllegalStateException("the simulator cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
