package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.cli.runtime.StateFolder;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.file.FileQuotaStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import reactor.core.publisher.Mono;

/** Where the quota is kept that this process shares with others. */
final class QuotaOption {
  private static final String VARIABLE = "ALLOWFLUX_QUOTA";
  private static final String NONE = "none";
  private static final String FILE = "file:";

  /** And rediss:// and redis-sentinel://. */
  private static final String REDIS = "redis";

  @Option(
      names = "--quota",
      paramLabel = "PLACE",
      description =
          "Where to count the calls together with other processes: file:PATH, redis://HOST:PORT,"
              + " or none; default:"
              + " ALLOWFLUX_QUOTA, else a file of your state folder for this credential and rate"
              + " limit, but none for a simulator and a loopback address.")
  private @Nullable String place;

  @Option(
      names = "--quota-name",
      paramLabel = "NAME",
      description =
          "What the quota in Redis is called; default: ALLOWFLUX_QUOTA_NAME, else a hash of the"
              + " credential.")
  private @Nullable String name;

  /** The store of a simulator in this process, which only the option can name. */
  @Nullable SharedQuota ofSimulator(
      CommandLine command,
      Invocation invocation,
      @Nullable RateLimitSetting rateLimit,
      Credential credential) {
    return place == null
        ? null
        : named(command, invocation, "--quota", place, rateLimit, credential);
  }

  /** Makes the store, or returns null if this process counts alone. Nothing is opened. */
  @Nullable SharedQuota of(
      CommandLine command,
      Invocation invocation,
      @Nullable RateLimitSetting rateLimit,
      String baseUrl,
      @Nullable Credential credential) {
    if (place != null) {
      return named(command, invocation, "--quota", place, rateLimit, credential);
    }
    String variable = invocation.io().variable(VARIABLE);
    if (!variable.isBlank()) {
      return named(command, invocation, VARIABLE, variable, rateLimit, credential);
    }
    String key = credential == null ? null : credential.quotaKey();
    if (key == null || isOff(rateLimit) || isLoopback(baseUrl)) {
      return null;
    }
    return ofState(invocation, key + (rateLimit == null ? "" : " " + rateLimit));
  }

  private static @Nullable SharedQuota ofState(Invocation invocation, String key) {
    ProcessIo io = invocation.io();
    String problem;
    try {
      Path file = StateFolder.file(io, "quota", key, "");
      if (Files.isWritable(Files.exists(file) ? file : file.resolveSibling(""))) {
        return file(file);
      }
      problem = file + " cannot be written";
    } catch (IOException e) {
      problem = "the state folder cannot be used: " + e.getMessage();
    }
    invocation.say("warning: this process counts its calls alone: " + problem);
    return null;
  }

  private @Nullable SharedQuota named(
      CommandLine command,
      Invocation invocation,
      String source,
      String place,
      @Nullable RateLimitSetting rateLimit,
      @Nullable Credential credential) {
    if (place.equals(NONE)) {
      return null;
    }
    boolean redis = place.startsWith(REDIS);
    if (!redis && (!place.startsWith(FILE) || place.length() == FILE.length())) {
      throw new ParameterException(
          command, source + ": it is none of file:PATH, redis://HOST:PORT and none");
    }
    if (isOff(rateLimit)) {
      throw new ParameterException(command, source + " and --rate-limit off exclude each other");
    }
    try {
      return redis
          ? RedisPlace.open(invocation.io(), place, source.equals(VARIABLE), name, credential)
          : file(Path.of(place.substring(FILE.length())));
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(command, source + ": " + e.getMessage(), e);
    }
  }

  private static SharedQuota file(Path path) {
    FileQuotaStore store = FileQuotaStore.at(path);
    return new SharedQuota(store, store.closeGracefully());
  }

  private static boolean isOff(@Nullable RateLimitSetting rateLimit) {
    return rateLimit != null && rateLimit.window() == null;
  }

  private static boolean isLoopback(String baseUrl) {
    try {
      String host = URI.create(baseUrl).getHost();
      return host != null
          && (host.equalsIgnoreCase("localhost")
              || host.equals("[::1]")
              || host.startsWith("127."));
    } catch (IllegalArgumentException e) {
      // The client refuses it with a reason.
      return true;
    }
  }

  /** Lets go of a store, once what it has to report is written. */
  static Mono<Void> release(@Nullable SharedQuota shared) {
    return shared == null ? Mono.empty() : shared.release();
  }
}
