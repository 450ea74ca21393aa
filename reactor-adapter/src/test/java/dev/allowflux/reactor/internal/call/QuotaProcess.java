package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** A client in a process of its own, which calls as fast as its quota allows until it is ended. */
public final class QuotaProcess {

  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final int AT_ONCE = 32;

  private QuotaProcess() {}

  /** Starts the process. */
  static Process start(String baseUrl, int quota, Duration window, int burst) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            QuotaProcess.class.getName(),
            baseUrl,
            Integer.toString(quota),
            Long.toString(window.toMillis()),
            Integer.toString(burst))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Sends a signal to the process. */
  static void signal(Process process, String name) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  /**
   * Runs the process.
   *
   * @param args the address, the quota, the window in milliseconds, the burst a second
   */
  public static void main(String[] args) {
    AllowPolicyClient client =
        AllowPolicyClient.create(
            ClientSettings.builder(Credential.apiToken("token"))
                .baseUrl(args[0])
                .rateLimiter(
                    ApiQuota.builder()
                        .quota(Integer.parseInt(args[1]))
                        .window(Duration.ofMillis(Long.parseLong(args[2])))
                        .burstPerSecond(Integer.parseInt(args[3]))
                        .build())
                .connections(connections -> connections.max(AT_ONCE))
                .build());
    Flux.range(0, Integer.MAX_VALUE)
        .flatMap(i -> client.get(ACCOUNT, new PolicyId("id" + i)).onErrorComplete(), AT_ONCE)
        .blockLast();
  }
}
