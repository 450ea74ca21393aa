package dev.allowflux.cli.runtime;

import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.sync.accounts.AccountEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * The access to many accounts: one session, and one client, for each credential, all on the same
 * event loops.
 */
public final class AccountSessions implements AutoCloseable {
  private final Map<String, ClientSession> sessions;
  private final @Nullable ApiSimulator simulator;
  private final Map<String, AllowPolicyClient> clients = new HashMap<>();
  private final LoopResources loops = ClientSession.newLoops();

  /**
   * Nothing is sent, and a missing credential is no failure before its client is needed.
   *
   * @param sessions the sessions by {@link #key}
   * @param simulator the simulator that is closed at the end, or null
   */
  public AccountSessions(Map<String, ClientSession> sessions, @Nullable ApiSimulator simulator) {
    this.sessions = Map.copyOf(sessions);
    this.simulator = simulator;
    this.sessions.values().forEach(session -> session.runOn(loops));
  }

  /** What accounts of one credential have in common. */
  public static String key(AccountEntry entry) {
    return Objects.requireNonNullElse(entry.credential(), "");
  }

  public int credentials() {
    return sessions.size();
  }

  /** Where the policies come from, in words that mean the same in another process. */
  public String source() {
    return sessions.values().iterator().next().source();
  }

  /** Returns the client of an account's credential; the settings of the first call count. */
  public synchronized AllowPolicyClient client(
      AccountEntry entry, Consumer<ClientSettings.Builder> more) {
    String key = key(entry);
    AllowPolicyClient client = clients.get(key);
    if (client == null) {
      client = Objects.requireNonNull(sessions.get(key), "session").client(more);
      clients.put(key, client);
    }
    return client;
  }

  @Override
  public void close() {
    sessions.values().forEach(ClientSession::close);
    ClientSession.end(loops);
    if (simulator != null) {
      simulator.close();
    }
  }
}
