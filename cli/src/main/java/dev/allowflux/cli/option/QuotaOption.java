package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.cli.runtime.StateFolder;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.file.FileQuotaStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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

  @Option(
      names = "--quota",
      paramLabel = "PLACE",
      description =
          "Where to count the calls together with other processes: file:PATH, or none; default:"
              + " ALLOWFLUX_QUOTA, else a file of your state folder for this credential and rate"
              + " limit, but none for a simulator and a loopback address.")
  private @Nullable String place;

  /** The store of a simulator in this process, which only the option can name. */
  @Nullable FileQuotaStore ofSimulator(CommandLine command, @Nullable RateLimitSetting rateLimit) {
    return place == null ? null : named(command, "--quota", place, rateLimit);
  }

  /** Makes the store, or returns null if this process counts alone. Nothing is opened. */
  @Nullable FileQuotaStore of(
      CommandLine command,
      Invocation invocation,
      @Nullable RateLimitSetting rateLimit,
      String baseUrl,
      @Nullable Credential credential) {
    if (place != null) {
      return named(command, "--quota", place, rateLimit);
    }
    String variable = invocation.io().variable(VARIABLE);
    if (!variable.isBlank()) {
      return named(command, VARIABLE, variable.strip(), rateLimit);
    }
    String key = credential == null ? null : credential.quotaKey();
    if (key == null || isOff(rateLimit) || isLoopback(baseUrl)) {
      return null;
    }
    return ofState(invocation, key + (rateLimit == null ? "" : " " + rateLimit));
  }

  private static @Nullable FileQuotaStore ofState(Invocation invocation, String key) {
    ProcessIo io = invocation.io();
    String problem;
    try {
      Path file = StateFolder.file(io, "quota", key, "");
      if (Files.isWritable(Files.exists(file) ? file : file.resolveSibling(""))) {
        return FileQuotaStore.at(file);
      }
      problem = file + " cannot be written";
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    invocation.say("warning: this process counts its calls alone: " + problem);
    return null;
  }

  private static @Nullable FileQuotaStore named(
      CommandLine command, String source, String place, @Nullable RateLimitSetting rateLimit) {
    if (place.equals(NONE)) {
      return null;
    }
    if (!place.startsWith(FILE) || place.length() == FILE.length()) {
      throw new ParameterException(
          command, source + ": '" + place + "' is neither file:PATH nor none");
    }
    if (isOff(rateLimit)) {
      throw new ParameterException(command, source + " and --rate-limit off exclude each other");
    }
    try {
      return FileQuotaStore.at(Path.of(place.substring(FILE.length())));
    } catch (InvalidPathException e) {
      throw new ParameterException(command, source + ": " + e.getMessage(), e);
    }
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
  static Mono<Void> release(@Nullable FileQuotaStore store) {
    return store == null ? Mono.empty() : store.closeGracefully();
  }
}
