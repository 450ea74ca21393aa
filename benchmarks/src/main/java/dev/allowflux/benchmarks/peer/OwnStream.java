package dev.allowflux.benchmarks.peer;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.time.Duration;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The library with its defaults but one: the quota is off, as the server has none. Retry, time
 * limits and every check of the listing are on.
 */
@State(Scope.Benchmark)
public class OwnStream {
  /** The system property that says how many pages are in flight, 1 without it. */
  public static final String READ_AHEAD = "allowflux.benchmarks.readAhead";

  private final Endpoint endpoint = Endpoint.ofThisProcess();
  private final AccountId account = new AccountId(endpoint.account());
  private final AllowPolicyClient client =
      AllowPolicyClient.create(
          ClientSettings.builder(Credential.apiToken(endpoint.token()))
              .baseUrl(endpoint.baseUrl())
              .readAhead(Integer.getInteger(READ_AHEAD, 1))
              .rateLimiter(ApiQuota.unlimited())
              .build());

  public long all() {
    Counter counter =
        client.list(account).collect(Counter::new, Counter::add).block(Streams.PATIENCE);
    return Streams.checked(counter, endpoint);
  }

  public AllowPolicy first() {
    return Streams.present(client.list(account).next().block(Streams.PATIENCE));
  }

  /** Gives the connections back. */
  @TearDown
  public void close() {
    client.closeGracefully().block(Duration.ofSeconds(30));
  }
}
