package dev.allowflux.cli.option;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whom to call and within which limits; shared by every command that calls the API. */
public final class ConnectionOptions {

  @Option(
      names = "--account",
      paramLabel = "ID",
      description = "The account; default: CLOUDFLARE_ACCOUNT_ID.")
  public @Nullable String account;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Read the API token from a file of one line; the credentials of the environment are then"
              + " ignored.")
  public @Nullable Path tokenFile;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The API; default: CLOUDFLARE_BASE_URL, else Cloudflare's public API.")
  public @Nullable String baseUrl;

  @Option(
      names = "--rate-limit",
      paramLabel = "N/TIME",
      converter = RateLimitSetting.Converter.class,
      description = "How many calls to make in which time, or off; default: 1200/300s.")
  public @Nullable RateLimitSetting rateLimit;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long one attempt may take; default: 30s.")
  public @Nullable Duration timeout;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "How long all of it may take, waits and retries included; default: 10m for each call.")
  public @Nullable Duration deadline;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      description = "How often a call is tried where repeating is safe; default: 4.")
  public @Nullable Integer maxAttempts;

  @Option(
      names = "--simulate",
      paramLabel = "N",
      description =
          "Run against a simulator in this process that holds N policies (0 to 2000000); the"
              + " credentials of the environment are then ignored.")
  public @Nullable Integer simulate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What the simulated policies are made from; default: 0.")
  public @Nullable Long seed;

  public @Mixin FaultOptions faults = new FaultOptions();
}
