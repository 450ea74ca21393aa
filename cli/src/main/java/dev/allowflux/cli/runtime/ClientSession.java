package dev.allowflux.cli.runtime;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** One command's access to the API: the account, the address, the credential, and the client. */
public final class ClientSession implements AutoCloseable {
  /**
   * The pages in flight of a command that reads a whole account: reading is what takes its time,
   * and the quota counts calls, not time.
   */
  public static final int READ_AHEAD_OF_ALL = 8;

  private static final int MOST_PAGES = 64;
  private static final long BYTES_A_PAGE = 512 << 10;

  /**
   * How many pages of an account may be read and not used yet: a complete traversal reads as far
   * ahead as is demanded, and at full speed it holds 40 while others are used. In a small heap they
   * fill a sixth of it.
   */
  public static final int PAGES_DEMANDED =
      (int) Math.max(1, Math.min(MOST_PAGES, Runtime.getRuntime().maxMemory() / 6 / BYTES_A_PAGE));

  private static final int STEPS = 8;

  private static final Duration GRACE = Duration.ofMillis(100);

  private final Invocation invocation;
  private final Endpoint endpoint;
  private final @Nullable Credential credential;
  private final String credentialProblem;
  private final Consumer<ClientSettings.Builder> limits;
  private final Mono<Void> release;
  private @Nullable AllowPolicyClient client;
  private @Nullable LoopResources loops;
  private @Nullable LoopResources sharedLoops;

  /**
   * What is called.
   *
   * @param account the account
   * @param baseUrl the address of the API
   * @param source where the policies come from, in words that mean the same in another process
   * @param simulator the simulator that is closed with the session, or null
   */
  public record Endpoint(
      AccountId account, String baseUrl, String source, @Nullable ApiSimulator simulator) {}

  /**
   * Nothing is sent, and a missing credential is no failure before {@link #client()} is called.
   *
   * @param credential the credential, or null if there is none
   * @param credentialProblem why there is none
   * @param limits time limits, attempts and the quota
   * @param release lets go, at the end, of what the quota holds
   */
  public ClientSession(
      Invocation invocation,
      Endpoint endpoint,
      @Nullable Credential credential,
      String credentialProblem,
      Consumer<ClientSettings.Builder> limits,
      Mono<Void> release) {
    this.invocation = invocation;
    this.endpoint = endpoint;
    this.credential = credential;
    this.credentialProblem = credentialProblem;
    this.limits = limits;
    this.release = release;
  }

  public AccountId account() {
    return endpoint.account();
  }

  public String baseUrl() {
    return endpoint.baseUrl();
  }

  /** Where the policies come from, in words that mean the same in another process. */
  public String source() {
    return endpoint.source();
  }

  public @Nullable Credential credential() {
    return credential;
  }

  /** Waits for the value that a call must give. */
  public static <T> T await(Mono<T> call) {
    return Objects.requireNonNull(call.block(), "the call ended without a value");
  }

  /**
   * Demands at most so many pages ahead, and renews the demand in steps so small that it never ends
   * what is read at a time.
   */
  public static <T> Flux<T> demand(Flux<T> pages, int most) {
    return pages.limitRate(most, Math.max(1, most / STEPS));
  }

  /** Runs the client on event loops that are not the session's own, and does not end them. */
  void runOn(LoopResources shared) {
    sharedLoops = shared;
  }

  static LoopResources newLoops() {
    return LoopResources.create("allowflux", LoopResources.DEFAULT_IO_WORKER_COUNT, true);
  }

  static void end(LoopResources loops) {
    // On a busy machine they may take longer, which is no failure: their threads are daemons.
    loops.disposeLater(Duration.ZERO, GRACE).take(GRACE.multipliedBy(3)).onErrorComplete().block();
  }

  /** Makes the client, once in a session. */
  public AllowPolicyClient client() {
    return client(settings -> {});
  }

  /** Makes the client, once in a session, with more settings than those of the session. */
  public AllowPolicyClient client(Consumer<ClientSettings.Builder> more) {
    if (credential == null) {
      throw new NoCredentialException(credentialProblem);
    }
    // A failure that Reactor can report to nobody interests whoever debugs, and nobody else.
    Hooks.onErrorDropped(
        e -> LoggerFactory.getLogger("dev.allowflux.cli").debug("dropped by Reactor", e));
    LoopResources eventLoops = sharedLoops;
    if (eventLoops == null) {
      eventLoops = newLoops();
      loops = eventLoops;
    }
    LoopResources runOn = eventLoops;
    ClientSettings.Builder settings =
        ClientSettings.builder(credential)
            .timeouts(limits -> limits.closeGrace(GRACE))
            .events(new CallLog(invocation))
            .connections(
                connections ->
                    connections
                        // Without TLS only a server on this machine is called, where bytes cost
                        // nothing.
                        .compression(!endpoint.baseUrl().startsWith("http:"))
                        // Few names are resolved, mostly one: the JDK's resolver needs no set-up.
                        .httpClient(
                            http ->
                                http.runOn(runOn).resolver(DefaultAddressResolverGroup.INSTANCE)));
    limits.accept(settings);
    more.accept(settings);
    client = AllowPolicyClient.create(settings.build());
    return client;
  }

  /** Ends the connections at once: every response that matters has come by now. */
  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    if (loops != null) {
      end(loops);
    }
    release.take(GRACE.multipliedBy(3)).onErrorComplete().block();
    if (endpoint.simulator() != null) {
      endpoint.simulator().close();
    }
  }
}
