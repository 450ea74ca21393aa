package dev.allowflux.benchmarks.driver;

import dev.allowflux.benchmarks.peer.Endpoint;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Simulators in a JVM of their own; they end with its standard input. */
public final class Server {
  private Server() {}

  /**
   * One simulator.
   *
   * @param pages how many pages of {@link Endpoint#PER_PAGE} policies it has
   * @param gzip whether it compresses
   * @param latency how long each answer is held back
   */
  public record Spec(int pages, boolean gzip, Duration latency) {
    public static Spec plain(int pages) {
      return new Spec(pages, false, Duration.ZERO);
    }

    String argument() {
      return pages + "," + gzip + "," + latency.toMillis();
    }

    static Spec parse(String argument) {
      String[] parts = argument.split(",", -1);
      return new Spec(
          Integer.parseInt(parts[0]),
          Boolean.parseBoolean(parts[1]),
          Duration.ofMillis(Long.parseLong(parts[2])));
    }
  }

  /**
   * Starts the simulators and prints the address, account and token of each.
   *
   * @param args a {@link Spec} each
   */
  public static void main(String[] args) throws IOException {
    List<ApiSimulator> simulators = new ArrayList<>();
    try {
      for (String argument : args) {
        Spec spec = Spec.parse(argument);
        ApiSimulator api =
            ApiSimulator.builder()
                .policies(spec.pages * Endpoint.PER_PAGE)
                .gzip(spec.gzip)
                .latency(spec.latency)
                .noRateLimit()
                .recordedRequests(0)
                .start();
        simulators.add(api);
        System.out.println(api.baseUrl() + " " + api.accountId() + " " + api.token());
      }
      while (System.in.read() >= 0) {
        // Whatever is said, only the end counts.
      }
    } finally {
      simulators.forEach(ApiSimulator::close);
    }
  }
}
