package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/** A quota in a real Redis, shared by two applications. */
@Timeout(240)
class AllowfluxRedisTest {
  @TempDir private static Path directory;
  private static RedisServer redis;
  private static int port;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  AllowfluxAutoConfiguration.class,
                  AllowfluxRedisAutoConfiguration.class,
                  DataRedisAutoConfiguration.class))
          .withPropertyValues(
              "allowflux.credential.token=simulator-token",
              "allowflux.quota.calls=3",
              "allowflux.quota.redis.starts-unused=true",
              "allowflux.timeout.operation=20s");

  @BeforeAll
  static void startRedis() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    File programs = directory.toFile();
    Map<OsArchitecture, String> versions = ExecutableProvider.newProvidedVersionsMap();
    // The 64-bit program wants OpenSSL, which a bare machine has not; the other one none.
    versions.put(OsArchitecture.UNIX_x86_64, versions.get(OsArchitecture.UNIX_x86));
    redis =
        RedisServer.newRedisServer()
            .executableProvider(ExecutableProvider.newJarResourceProvider(() -> programs, versions))
            .port(port)
            .bind("127.0.0.1")
            .build();
    redis.start();
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.stop();
  }

  private void shares(String name, String... redisProperties) {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      AccountId account = new AccountId(api.accountId());
      ApplicationContextRunner both =
          runner
              .withPropertyValues("allowflux.base-url=" + api.baseUrl())
              .withPropertyValues("allowflux.quota.redis.name=" + name)
              .withPropertyValues(redisProperties);
      both.run(
          first ->
              both.run(
                  second -> {
                    AllowPolicyClient one = first.getBean(AllowPolicyClient.class);
                    AllowPolicyClient two = second.getBean(AllowPolicyClient.class);
                    one.list(account).blockLast();
                    two.list(account).blockLast();
                    two.list(account).blockLast();
                    assertThatExceptionOfType(Throttled.class)
                        .isThrownBy(() -> one.list(account).blockLast());
                  }));
      assertThat(api.requestCount()).isEqualTo(3);
    }
  }

  @Test
  void twoApplicationsShareAQuotaByItsUrl() {
    shares("by url", "allowflux.quota.redis.url=redis://127.0.0.1:" + port);
  }

  @Test
  void twoApplicationsShareAQuotaOnTheirOwnRedisConnection() {
    shares(
        "by connection",
        "allowflux.quota.redis.enabled=true",
        "spring.data.redis.host=127.0.0.1",
        "spring.data.redis.port=" + port);
  }

  @Test
  void withoutTheModuleTheStartFailsAndSaysWhatToAdd() {
    runner
        .withPropertyValues("allowflux.quota.redis.enabled=true")
        .withClassLoader(new FilteredClassLoader("dev.allowflux.redis"))
        .run(
            context ->
                assertThat(
                        new AllowfluxFailureAnalyzer()
                            .analyze(context.getStartupFailure())
                            .getDescription())
                    .contains("allowflux.quota.redis", "no allowflux-redis"));
  }

  @Test
  void aModeThatThereIsNotIsNamed() {
    runner
        .withPropertyValues(
            "allowflux.quota.redis.url=redis://127.0.0.1:" + port,
            "allowflux.quota.redis.when-away=open")
        .run(
            context ->
                assertThat(
                        new AllowfluxFailureAnalyzer()
                            .analyze(context.getStartupFailure())
                            .getDescription())
                    .contains("when-away must be local-share or closed"));
  }
}
