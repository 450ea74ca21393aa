package dev.allowflux.benchmarks.peer;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.GZIPInputStream;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The JDK's own client with Jackson 2: a plain loop without any dependency but the codec. HTTP/1.1
 * is asked for, which spares the attempt to upgrade. Bodies are read whole, except those in gzip,
 * which it cannot unpack by itself: these stream through the JDK's inflater with a larger buffer.
 */
@State(Scope.Benchmark)
public class JdkStream {
  private static final int BUFFER = 16 << 10;

  private final Endpoint endpoint = Endpoint.ofThisProcess();
  private final Jackson2Json json = new Jackson2Json();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private PageRecord page(int number) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.pageUri(number)))
            .header("Authorization", endpoint.authorization());
    if (!endpoint.gzip()) {
      return json.read(
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body());
    }
    HttpRequest compressed = request.header("Accept-Encoding", "gzip").build();
    try (InputStream body =
        new GZIPInputStream(
            client.send(compressed, HttpResponse.BodyHandlers.ofInputStream()).body(), BUFFER)) {
      return json.read(body);
    }
  }

  public long all() throws IOException, InterruptedException {
    Counter counter = new Counter();
    PageRecord page;
    int number = 0;
    do {
      page = page(++number);
      page.result().forEach(counter::add);
    } while (!page.isLast());
    return counter.checked(endpoint);
  }

  public PolicyRecord first() throws IOException, InterruptedException {
    return page(1).result().get(0);
  }
}
