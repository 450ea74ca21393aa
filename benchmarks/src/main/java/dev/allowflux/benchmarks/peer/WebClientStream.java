package dev.allowflux.benchmarks.peer;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Spring's WebClient on Reactor Netty with its own codec, Jackson 3: how a Spring user reads pages.
 *
 * <p>In its favour: it trusts the total and so never asks for a page too many, flattens with {@code
 * flatMapIterable}, the cheapest way (the demand is unbounded here, so that it fetches ahead does
 * no harm), and neither limits, retries nor checks anything. The limit of its buffers must be
 * raised, as a page is larger.
 */
@State(Scope.Benchmark)
public class WebClientStream {
  private static final int MAX_BODY = 16 << 20;

  private final Endpoint endpoint = Endpoint.ofThisProcess();
  private final ConnectionProvider connections = ConnectionProvider.create("webclient");
  private final WebClient client =
      WebClient.builder()
          .baseUrl(endpoint.baseUrl())
          .defaultHeader(HttpHeaders.AUTHORIZATION, endpoint.authorization())
          .clientConnector(
              new ReactorClientHttpConnector(
                  HttpClient.create(connections).compress(endpoint.gzip())))
          .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_BODY))
          .build();

  private Flux<PolicyRecord> policies() {
    return page(1)
        .expand(page -> page.isLast() ? Mono.empty() : page(page.numbers().page() + 1))
        .flatMapIterable(PageRecord::result);
  }

  private Mono<PageRecord> page(int number) {
    return client.get().uri(endpoint.pagePath(number)).retrieve().bodyToMono(PageRecord.class);
  }

  public long all() {
    return Streams.checked(
        policies().collect(Counter::new, Counter::add).block(Streams.PATIENCE), endpoint);
  }

  public PolicyRecord first() {
    return Streams.present(policies().next().block(Streams.PATIENCE));
  }

  /** Gives the connections back. */
  @TearDown
  public void close() {
    connections.disposeLater().block(Streams.PATIENCE);
  }
}
