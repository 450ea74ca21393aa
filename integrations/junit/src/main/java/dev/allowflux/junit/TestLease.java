package dev.allowflux.junit;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import java.time.Duration;

/** What one test has: a simulator of the pool until its end, and a client. */
final class TestLease implements AutoCloseable {
  private static final Duration MAX_CLOSE = Duration.ofSeconds(10);

  private final SimulatorPool pool;
  private final ApiSimulator simulator;
  private final ClientSettings settings;
  private final AllowPolicyClient client;

  TestLease(SimulatorPool pool, AllowfluxSimulator annotation) {
    this.pool = pool;
    simulator = pool.take();
    ClientSettings.Builder builder =
        ClientSettings.builder(Credential.apiToken(simulator.token()))
            .baseUrl(simulator.baseUrl())
            // What a test leaves under way must not reach the next one.
            .timeouts(limits -> limits.closeGrace(Duration.ZERO));
    SimulatorPool.setup(annotation).client(builder);
    settings = builder.build();
    client = AllowPolicyClient.create(settings);
  }

  /** Returns the value of a type, or null if there is none. */
  Object value(Class<?> type) {
    if (type == ApiSimulator.class) {
      return simulator;
    }
    if (type == AllowPolicyClient.class) {
      return client;
    }
    return type == ClientSettings.class ? settings : new AccountId(simulator.accountId());
  }

  /** Waits for the client, as the next test of the simulator must not start before. */
  @Override
  public void close() {
    client.closeGracefully().block(MAX_CLOSE);
    pool.giveBack(simulator);
  }
}
