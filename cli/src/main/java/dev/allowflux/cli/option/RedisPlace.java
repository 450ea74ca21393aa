package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.reactor.Credential;
import dev.allowflux.redis.RedisQuota;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A quota in Redis, whose password comes from the environment or from a file. */
final class RedisPlace {
  private static final String NAME = "ALLOWFLUX_QUOTA_NAME";
  private static final String USER = "ALLOWFLUX_REDIS_USER";
  private static final String PASSWORD = "ALLOWFLUX_REDIS_PASSWORD";
  private static final String PASSWORD_FILE = "ALLOWFLUX_REDIS_PASSWORD_FILE";
  private static final int LONGEST_PASSWORD = 64 << 10;

  private RedisPlace() {}

  /** Makes the store. Nothing is connected. */
  static SharedQuota open(
      ProcessIo io,
      String uri,
      boolean secret,
      @Nullable String name,
      @Nullable Credential credential)
      throws IOException {
    if (!secret && uri.contains("@")) {
      throw new IllegalArgumentException(
          "other users can read arguments; give the user as "
              + USER
              + " and the password as "
              + PASSWORD
              + " or "
              + PASSWORD_FILE);
    }
    RedisQuota.Builder quota = RedisQuota.builder(uri);
    String chosen = name == null ? io.variable(NAME) : name;
    if (!chosen.isEmpty()) {
      quota.name(chosen);
    } else if (credential != null) {
      quota.credential(credential);
    } else {
      // The command will say that there is no credential.
      quota.name("none");
    }
    String password = password(io);
    if (!password.isEmpty()) {
      quota.login(io.variable(USER), password);
    }
    RedisQuota store = quota.build();
    return new SharedQuota(store, store.closeGracefully());
  }

  private static String password(ProcessIo io) throws IOException {
    String file = io.variable(PASSWORD_FILE);
    if (file.isEmpty()) {
      return io.variable(PASSWORD);
    }
    Path path = Path.of(file);
    if (!Files.isRegularFile(path) || Files.size(path) > LONGEST_PASSWORD) {
      throw new IllegalArgumentException(PASSWORD_FILE + " must name a file with one line");
    }
    return Files.readString(FileFailure.noFolder(path)).strip();
  }
}
