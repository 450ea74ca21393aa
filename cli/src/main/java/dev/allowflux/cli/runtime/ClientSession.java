package dev.allowflux.cli.runtime;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.RateLimitSetting;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RateLimitRule;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** One command's way to the API: the account, the address, the credential, and a client of them. */
public final class ClientSession implements AutoCloseable {
  private static final Duration GRACE = Duration.ofMillis(100);

  private final CommandLine command;
  private final ConnectionOptions options;
  private final @Nullable ApiSimulator simulator;
  private final AccountId account;
  private final String baseUrl;
  private final @Nullable Credential credential;
  private final @Nullable String noCredential;
  private @Nullable AllowPolicyClient client;
  private @Nullable LoopResources loops;

  private ClientSession(CommandSpec spec, ConnectionOptions options) throws IOException {
    this.command = spec.commandLine();
    this.options = options;
    ProcessIo shell = AllowFlux.shellOf(spec);
    if (options.simulate != null) {
      simulator = simulator(options.simulate);
      account = account(simulator.accountId());
      baseUrl = simulator.baseUrl();
      credential = Credential.apiToken(simulator.token());
      noCredential = null;
      return;
    }
    if (options.seed != null || options.faults.given()) {
      throw new ParameterException(
          command, "--seed, --faults, --fault-rate and --fault-seed need --simulate");
    }
    simulator = null;
    account = account(firstOf(options.account, shell.variable("CLOUDFLARE_ACCOUNT_ID")));
    String url = firstOf(options.baseUrl, shell.variable("CLOUDFLARE_BASE_URL"));
    baseUrl = url.isEmpty() ? ClientSettings.DEFAULT_BASE_URL : url;
    Credential found = null;
    String problem = null;
    try {
      found =
          options.tokenFile == null
              ? Credential.fromEnvironment(shell.environment())
              : Credential.apiToken(token(options.tokenFile));
    } catch (IllegalArgumentException e) {
      problem =
          options.tokenFile == null
              ? e.getMessage() + ", or give --token-file, or try --simulate 1000"
              : options.tokenFile + ": " + e.getMessage();
    }
    credential = found;
    noCredential = problem;
  }

  /**
   * Finds out whom to call. Nothing is sent, and a missing credential is no failure before {@link
   * #client} is asked for.
   */
  public static ClientSession open(CommandSpec spec, ConnectionOptions options) throws IOException {
    return new ClientSession(spec, options);
  }

  public AccountId account() {
    return account;
  }

  public String baseUrl() {
    return baseUrl;
  }

  /** Where the policies come from, in words that mean the same in another process. */
  public String source() {
    return options.simulate == null
        ? baseUrl
        : "a simulator of "
            + options.simulate
            + " policies, seed "
            + (options.seed == null ? 0 : options.seed);
  }

  /** Tells whether there is a credential. */
  public boolean hasCredential() {
    return credential != null;
  }

  /** The headers that prove who calls, their values masked; none without a credential. */
  public Map<String, String> maskedHeaders() {
    return credential == null ? Map.of() : credential.maskedHeaders();
  }

  /** Waits for the value that a call must give. */
  public static <T> T await(Mono<T> call) {
    return Objects.requireNonNull(call.block(), "the call ended without a value");
  }

  /** Makes the client, once in a session, with the options of the command line and some more. */
  public AllowPolicyClient client(Consumer<ClientSettings.Builder> more) {
    if (credential == null) {
      throw new Failures.NoCredentialException(String.valueOf(noCredential));
    }
    // What Reactor can tell nobody is of interest to whoever debugs, and to nobody else.
    Hooks.onErrorDropped(
        e -> LoggerFactory.getLogger("dev.allowflux.cli").debug("dropped by Reactor", e));
    LoopResources eventLoops =
        LoopResources.create("allowflux", LoopResources.DEFAULT_IO_WORKER_COUNT, true);
    loops = eventLoops;
    try {
      ClientSettings.Builder settings =
          ClientSettings.builder(credential)
              .baseUrl(baseUrl)
              .rateLimiter(quota())
              .closeGrace(GRACE)
              // Without TLS only a server on this machine is called, where bytes cost nothing.
              .compression(!baseUrl.startsWith("http:"))
              .events(new CallLog(AllowFlux.shellOf(command.getCommandSpec()), verbosity()))
              // Few names are asked for, mostly one: the JDK's resolver needs no set-up.
              .httpClient(
                  http -> http.runOn(eventLoops).resolver(DefaultAddressResolverGroup.INSTANCE));
      if (options.timeout != null) {
        settings.attemptTimeout(options.timeout);
      }
      if (options.deadline != null) {
        settings.operationTimeout(options.deadline).streamTimeout(options.deadline);
      }
      if (options.maxAttempts != null) {
        settings.maxAttempts(options.maxAttempts);
      }
      more.accept(settings);
      client = AllowPolicyClient.create(settings.build());
      return client;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, inWordsOfOptions(e), e);
    }
  }

  private static String inWordsOfOptions(IllegalArgumentException refusal) {
    return String.valueOf(refusal.getMessage())
        .replaceFirst("^pageSize", "--per-page")
        .replaceFirst("^readAhead", "--read-ahead")
        .replaceFirst("^maxAttempts", "--max-attempts")
        .replaceFirst("^window", "--rate-limit: the window");
  }

  /** The same without more options. */
  public AllowPolicyClient client() {
    return client(settings -> {});
  }

  private int verbosity() {
    return AllowFlux.verbosityOf(command.getCommandSpec());
  }

  private ApiQuota quota() {
    RateLimitSetting limit = options.rateLimit;
    if (limit == null) {
      return ApiQuota.standard();
    }
    return limit.window() == null
        ? ApiQuota.unlimited()
        : ApiQuota.builder().quota(limit.calls()).window(limit.window()).build();
  }

  private ApiSimulator simulator(int policies) throws IOException {
    if (options.baseUrl != null || options.tokenFile != null) {
      throw new ParameterException(command, "--simulate takes neither --base-url nor --token-file");
    }
    try {
      ApiSimulatorBuilder builder = ApiSimulator.builder().policies(policies);
      builder.recordedRequests(0);
      if (options.account != null) {
        builder.accountId(account(options.account).value());
      }
      if (options.seed != null) {
        builder.seed(options.seed);
      }
      // The simulator enforces what the client keeps to, or the wait would be for the wrong one.
      RateLimitSetting limit = options.rateLimit;
      if (limit != null) {
        if (limit.window() == null) {
          builder.noRateLimit();
        } else {
          builder.rateLimit(RateLimitRule.of(limit.calls(), limit.window()));
        }
      }
      return builder.faults(options.faults.read(command)).start();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, "--simulate: " + e.getMessage(), e);
    }
  }

  private AccountId account(String id) {
    if (id.isEmpty()) {
      throw new ParameterException(
          command, "no account: give --account or set CLOUDFLARE_ACCOUNT_ID");
    }
    try {
      return new AccountId(id);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, String.valueOf(e.getMessage()), e);
    }
  }

  private static String firstOf(@Nullable String option, String variable) {
    return option == null ? variable : option;
  }

  private static String token(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  /** Ends the connections at once: whatever was to be waited for has come by now. */
  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    if (loops != null) {
      // On a busy machine they may take longer, which is no failure: their threads are daemons.
      loops
          .disposeLater(Duration.ZERO, GRACE)
          .take(GRACE.multipliedBy(3))
          .onErrorComplete()
          .block();
    }
    if (simulator != null) {
      simulator.close();
    }
  }
}
