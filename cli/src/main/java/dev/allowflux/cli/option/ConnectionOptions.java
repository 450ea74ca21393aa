package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ClientSession.Endpoint;
import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallRate;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.sync.accounts.AccountEntry;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What to call and within which limits; shared by every command that calls the API. */
public final class ConnectionOptions {
  /** The service limits an address to 200. */
  private static final int CALLS_PER_SECOND = 150;

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  @Option(
      names = "--account",
      paramLabel = "ID",
      description = "The account; default: CLOUDFLARE_ACCOUNT_ID.")
  private @Nullable String account;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Read the API token from a file of one line; the credentials of the environment are then"
              + " ignored.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The API; default: CLOUDFLARE_BASE_URL, else Cloudflare's public API.")
  private @Nullable String baseUrl;

  /** All credentials of a command have one rate, which no other command of the process shares. */
  private final CallRate rate = CallRate.perSecond(CALLS_PER_SECOND);

  @Option(
      names = "--rate-limit",
      paramLabel = "N/TIME",
      converter = RateLimitSetting.Converter.class,
      description = "How many calls to make in which time, or off; default: 1200/300s.")
  private @Nullable RateLimitSetting rateLimit;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long one attempt may take, four times as long for a batch; default: 30s.")
  private @Nullable Duration timeout;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long all of it may take, waits and retries included; default: 10m for each call.")
  private @Nullable Duration deadline;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      description = "How often a call is attempted where a retry is safe; default: 4.")
  private @Nullable Integer maxAttempts;

  @Option(
      names = "--simulate",
      paramLabel = "N",
      description =
          "Run against a simulator in this process that holds N policies (0 to 2000000); the"
              + " credentials of the environment are then ignored.")
  private @Nullable Integer simulate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of the simulated policies; default: 0.")
  private @Nullable Long seed;

  @Mixin private QuotaOption quota = new QuotaOption();

  @Mixin private NetworkOptions network = new NetworkOptions();

  @Mixin private FaultOptions faults = new FaultOptions();

  /** Tells whether a simulator takes the place of the API. */
  public boolean isSimulated() {
    return simulate != null;
  }

  /**
   * Finds out what to call. Nothing is sent, and a missing credential is no failure before {@link
   * ClientSession#client()} is called.
   */
  public ClientSession open(CommandLine command, Invocation invocation) throws IOException {
    if (simulate != null) {
      ApiSimulator simulator = simulator(command, simulate, builder -> {});
      Credential credential = Credential.apiToken(simulator.token());
      SharedQuota shared = quota.ofSimulator(command, invocation, rateLimit, credential);
      String source =
          "a simulator of " + CountText.policies(simulate) + ", seed " + (seed == null ? 0 : seed);
      return new ClientSession(
          invocation,
          new Endpoint(
              Arguments.accountId(command, simulator.accountId()),
              simulator.baseUrl(),
              source,
              simulator),
          credential,
          "",
          settings -> limit(command, settings, simulator.baseUrl(), shared, null),
          QuotaOption.release(shared));
    }
    if (seed != null || faults.given()) {
      throw new ParameterException(
          command, "--seed, --faults, --fault-rate and --fault-seed need --simulate");
    }
    ProcessIo io = invocation.io();
    AccountId id =
        Arguments.accountId(command, firstOf(account, io.variable("CLOUDFLARE_ACCOUNT_ID")));
    String url = firstOf(baseUrl, io.variable("CLOUDFLARE_BASE_URL"));
    String api = url.isEmpty() ? ClientSettings.DEFAULT_BASE_URL : url;
    NetworkOptions.Network way = network.read(command, invocation, api);
    return session(command, invocation, new Endpoint(id, api, api, null), usual(invocation), way);
  }

  /** A credential, or the problem why there is none. */
  private record Found(@Nullable Credential credential, String problem) {}

  private Found usual(Invocation invocation) throws IOException {
    try {
      return new Found(
          tokenFile == null
              ? Credential.fromEnvironment(invocation.io().environment())
              : Credential.apiToken(secret(invocation, tokenFile, "the API token")),
          "");
    } catch (IllegalArgumentException e) {
      return new Found(
          null,
          tokenFile == null
              ? e.getMessage() + ", or give --token-file, or try --simulate 1000"
              : tokenFile + ": " + e.getMessage());
    }
  }

  private ClientSession session(
      CommandLine command,
      Invocation invocation,
      Endpoint endpoint,
      Found found,
      NetworkOptions.@Nullable Network way) {
    Credential credential = found.credential();
    String api = endpoint.baseUrl();
    SharedQuota shared = quota.of(command, invocation, rateLimit, api, credential);
    return new ClientSession(
        invocation,
        endpoint,
        credential,
        found.problem(),
        settings -> limit(command, settings, api, shared, way),
        QuotaOption.release(shared));
  }

  /**
   * Finds out what to call for many accounts, with one session for each credential. A credential
   * that cannot be read is the failure of its accounts, and of no other.
   */
  public AccountSessions openAll(
      CommandLine command, Invocation invocation, List<AccountEntry> accounts) throws IOException {
    if (account != null) {
      throw new ParameterException(command, "--accounts and --account exclude each other");
    }
    for (AccountEntry entry : accounts) {
      Arguments.accountId(command, entry.account().value());
    }
    Map<String, List<AccountEntry>> groups =
        accounts.stream()
            .collect(
                Collectors.groupingBy(
                    AccountSessions::key, LinkedHashMap::new, Collectors.toList()));
    if (simulate != null) {
      return simulated(command, invocation, simulate, groups);
    }
    String url = firstOf(baseUrl, invocation.io().variable("CLOUDFLARE_BASE_URL"));
    String api = url.isEmpty() ? ClientSettings.DEFAULT_BASE_URL : url;
    NetworkOptions.Network way = network.read(command, invocation, api);
    Map<String, ClientSession> sessions = new LinkedHashMap<>();
    for (Map.Entry<String, List<AccountEntry>> group : groups.entrySet()) {
      AccountEntry first = group.getValue().get(0);
      Found found =
          first.credential() == null
              ? usual(invocation)
              : referenced(invocation, first.credential());
      Endpoint endpoint = new Endpoint(first.account(), api, api, null);
      sessions.put(group.getKey(), session(command, invocation, endpoint, found, way));
    }
    return new AccountSessions(sessions, null);
  }

  private static Found referenced(Invocation invocation, String reference) {
    String place = reference.substring(reference.indexOf(':') + 1);
    try {
      if (reference.startsWith("env:")) {
        String token = invocation.io().variable(place);
        return token.isEmpty()
            ? new Found(null, "the variable " + place + " is not set")
            : new Found(Credential.apiToken(token), "");
      }
      return new Found(
          Credential.apiToken(secret(invocation, Path.of(place), "the API token")), "");
    } catch (IllegalArgumentException e) {
      return new Found(null, reference + ": " + e.getMessage());
    } catch (IOException e) {
      return new Found(null, reference + ": " + FileFailure.reason(e));
    }
  }

  /** Each account of the list holds so many policies, and each credential is a user of its own. */
  private AccountSessions simulated(
      CommandLine command,
      Invocation invocation,
      int policies,
      Map<String, List<AccountEntry>> groups)
      throws IOException {
    Map<String, String> tokens = new LinkedHashMap<>();
    ApiSimulator simulator =
        simulator(
            command,
            0,
            builder ->
                groups.forEach(
                    (key, group) -> {
                      String token = "simulated-token-" + tokens.size();
                      tokens.put(key, token);
                      String[] ids =
                          group.stream().map(e -> e.account().value()).toArray(String[]::new);
                      for (String id : ids) {
                        builder.addAccount(id, "token-of-" + id, policies);
                      }
                      builder.addUser(token, ids);
                    }));
    Map<String, ClientSession> sessions = new LinkedHashMap<>();
    groups.forEach(
        (key, group) -> {
          Credential credential = Credential.apiToken(tokens.getOrDefault(key, ""));
          SharedQuota shared = quota.ofSimulator(command, invocation, rateLimit, credential);
          String source = "a simulator of " + CountText.policies(policies) + " in each account";
          sessions.put(
              key,
              new ClientSession(
                  invocation,
                  new Endpoint(group.get(0).account(), simulator.baseUrl(), source, null),
                  credential,
                  "",
                  settings -> limit(command, settings, simulator.baseUrl(), shared, null),
                  QuotaOption.release(shared)));
        });
    return new AccountSessions(sessions, simulator);
  }

  private void limit(
      CommandLine command,
      ClientSettings.Builder settings,
      String url,
      @Nullable SharedQuota shared,
      NetworkOptions.@Nullable Network way) {
    Arguments.checked(
        command,
        () -> {
          settings.baseUrl(url).rateLimiter(quota(shared));
          if (way != null) {
            way.applyTo(settings);
          }
          Duration attempt = timeout;
          if (attempt != null) {
            settings.timeouts(limits -> limits.attempt(attempt));
          }
          Duration whole = deadline;
          if (whole != null) {
            settings.timeouts(limits -> limits.operation(whole).stream(whole));
          }
          Integer attempts = maxAttempts;
          if (attempts != null) {
            settings.retries(retries -> retries.maxAttempts(attempts));
          }
          return settings;
        });
  }

  private ApiQuota quota(@Nullable SharedQuota shared) {
    ApiQuota.Builder limit = ApiQuota.builder().callRate(rate);
    if (rateLimit != null) {
      Duration window = rateLimit.window();
      if (window == null) {
        return ApiQuota.unlimited();
      }
      limit.quota(rateLimit.calls()).window(window);
    }
    if (shared != null) {
      limit.store(shared.store());
    }
    return limit.build();
  }

  private ApiSimulator simulator(
      CommandLine command, int policies, Consumer<ApiSimulatorBuilder> more) throws IOException {
    if (baseUrl != null || tokenFile != null) {
      throw new ParameterException(command, "--simulate takes neither --base-url nor --token-file");
    }
    if (network.given()) {
      throw new ParameterException(command, "--simulate takes neither a proxy nor --ca-file");
    }
    FaultScript script = faults.read(command);
    String id = account == null ? null : Arguments.accountId(command, account).value();
    try {
      ApiSimulatorBuilder builder = ApiSimulator.builder().policies(policies);
      builder.recordedRequests(0);
      if (id != null) {
        builder.accountId(id);
      }
      if (seed != null) {
        builder.seed(seed);
      }
      // The simulator enforces what the client keeps to, or the wait would be for the wrong one.
      if (rateLimit != null) {
        rateLimit.enforce(builder);
      }
      more.accept(builder);
      return builder.faults(script).start();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, "--simulate: " + e.getMessage(), e);
    }
  }

  /** Reads a file of one line that nobody else should read. */
  static String secret(Invocation invocation, Path file, String what) throws IOException {
    PosixFileAttributeView access = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    String secret;
    try {
      secret = Files.readString(FileFailure.noFolder(file)).strip();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + " holds a character outside ASCII", e);
    }
    if (access != null && !Collections.disjoint(access.readAttributes().permissions(), OTHERS)) {
      invocation.say("warning: others can read " + file + ": chmod 600 it");
    }
    return secret;
  }

  private static String firstOf(@Nullable String option, String variable) {
    return option == null ? variable : option;
  }
}
