package dev.allowflux.benchmarks.peer;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Reactor Netty by hand: the body is aggregated and given to Jackson 2, the faster of the two with
 * databind, on the thread that received it. No framework between, and nothing checked.
 */
@State(Scope.Benchmark)
public class ReactorNettyStream {
  private final Endpoint endpoint = Endpoint.ofThisProcess();
  private final Jackson2Json json = new Jackson2Json();
  private final ConnectionProvider connections = ConnectionProvider.create("reactor-netty");
  private final HttpClient client =
      HttpClient.create(connections)
          .compress(endpoint.gzip())
          .headers(headers -> headers.set(HttpHeaderNames.AUTHORIZATION, endpoint.authorization()));

  private Mono<PageRecord> page(int number) {
    return client
        .get()
        .uri(endpoint.pageUri(number))
        .responseSingle((response, body) -> body.asByteArray())
        .map(this::read);
  }

  private PageRecord read(byte[] body) {
    try {
      return json.read(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long all() {
    Flux<PolicyRecord> policies =
        page(1)
            .expand(page -> page.isLast() ? Mono.empty() : page(page.numbers().page() + 1))
            .flatMapIterable(PageRecord::result);
    return Streams.checked(
        policies.collect(Counter::new, Counter::add).block(Streams.PATIENCE), endpoint);
  }

  /** Counts the bytes and makes nothing of them: what any client on this transport must do. */
  public long drain() {
    return Streams.present(
        Flux.range(1, endpoint.pages())
            .concatMap(this::size, 0)
            .reduce(0L, Long::sum)
            .block(Streams.PATIENCE));
  }

  private Mono<Long> size(int number) {
    return client
        .get()
        .uri(endpoint.pageUri(number))
        .response(
            (response, body) ->
                body.map(piece -> (long) piece.readableBytes()).reduce(0L, Long::sum))
        .single();
  }

  /** Gives the connections back. */
  @TearDown
  public void close() {
    connections.disposeLater().block(Streams.PATIENCE);
  }
}
