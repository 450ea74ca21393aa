package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.redis.RedisQuota;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/** Commands that share a quota through Redis, against a service that blocks whoever exceeds it. */
@Timeout(300)
class RedisQuotaIT {

  private static final int POLICIES = 600;
  private static final int CALLS = 20;
  private static final Duration WINDOW = Duration.ofSeconds(4);
  private static final List<String> JVM = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");

  @TempDir private Path folder;

  private CliProcess start(ApiSimulator api, String name, Map<String, String> more, String... args)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("CLOUDFLARE_API_TOKEN", api.token());
    environment.put("CLOUDFLARE_ACCOUNT_ID", api.accountId());
    environment.put("CLOUDFLARE_BASE_URL", api.baseUrl());
    Path own = Files.createDirectories(folder.resolve(name));
    return CliProcess.start(own, environment, JVM, args);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void twoCommandsOnOneRedisAreNeverRefused() throws Exception {
    int port = freePort();
    RedisServer redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").build();
    redis.start();
    try (ApiSimulator api =
        ApiSimulator.builder()
            .policies(POLICIES)
            .rateLimit(new RateLimitRule(CALLS, WINDOW, Duration.ofMinutes(5), false, true))
            .start()) {
      String uri = "redis://127.0.0.1:" + port;
      firstUse(uri);
      List<CliProcess> commands = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        commands.add(
            start(
                api,
                "command" + i,
                Map.of("ALLOWFLUX_QUOTA", uri),
                "export",
                "--per-page",
                "50",
                "--rate-limit",
                CALLS + "/" + WINDOW.toSeconds() + "s",
                "--timeout",
                "2s",
                "--quota-name",
                "shared"));
      }
      for (CliProcess command : commands) {
        assertThat(command.out().lines().count()).as(command.err()).isEqualTo(POLICIES);
        assertThat(command.exit()).as(command.err()).isZero();
      }
      assertThat(api.responseCounts()).containsOnlyKeys(200);
    } finally {
      redis.stop();
    }
  }

  /** Makes the quota known, so that it need not be taken for lost. */
  private static void firstUse(String uri) {
    RedisQuota quota = RedisQuota.builder(uri).name("shared").startsUnused(true).build();
    Limits limits = new Limits(CALLS, WINDOW, 2, 0);
    quota
        .exchange(new Exchange(limits, 0, 0, Duration.ofSeconds(4), List.of()))
        .then(quota.closeGracefully())
        .block(Duration.ofSeconds(60));
  }

  @Test
  void aRedisThatIsNotThereIsNamed() throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().policies(1).start()) {
      String uri = "redis://127.0.0.1:" + freePort();
      CliProcess command =
          start(api, "away", Map.of(), "get", api.policyIds().get(0), "--quota", uri);
      assertThat(command.exit()).isNotZero();
      assertThat(command.err())
          .contains("Redis at " + uri.substring("redis://".length()))
          .doesNotContain("Exception");
      assertThat(api.requestCount()).isZero();
    }
  }

  @Test
  void aPasswordInAnArgumentIsRefused() throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().policies(1).start()) {
      CliProcess command =
          start(api, "secret", Map.of(), "get", "x", "--quota", "redis://user:pa55@127.0.0.1:1");
      assertThat(command.exit()).isEqualTo(2);
      assertThat(command.err()).contains("ALLOWFLUX_REDIS_PASSWORD").doesNotContain("pa55");
    }
  }
}
