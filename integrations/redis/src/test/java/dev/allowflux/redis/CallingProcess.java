package dev.allowflux.redis;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.testkit.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A process of its own that calls as much as its quota lets it, until it is killed. */
final class CallingProcess implements AutoCloseable {

  static final AccountId ACCOUNT = new AccountId("acc");
  static final Duration ATTEMPT_LIMIT = Duration.ofMillis(500);

  private final Process process;

  private CallingProcess(Process process) {
    this.process = process;
  }

  static CallingProcess start(
      String service,
      String redis,
      WhenAway whenAway,
      int calls,
      Duration window,
      WallClock wallClock,
      long seed) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CallingProcess.class.getName());
    command.addAll(List.of(service, redis, whenAway.name(), "" + calls));
    command.addAll(List.of("" + window.toMillis(), "" + seed));
    try {
      return new CallingProcess(
          wallClock
              .givenTo(new ProcessBuilder(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it at once. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  void signal(String signal) {
    Signals.send(process.pid(), signal);
  }

  @Override
  public void close() {
    kill();
  }

  /** The process. */
  public static void main(String[] args) {
    RedisQuota redis =
        RedisQuota.builder(args[1]).name("wire").whenAway(WhenAway.valueOf(args[2])).build();
    Random random = new Random(Long.parseLong(args[5]));
    try (AllowPolicyClient client =
        client(args[0], redis, Integer.parseInt(args[3]), Long.parseLong(args[4]), ATTEMPT_LIMIT)) {
      Flux.range(0, Integer.MAX_VALUE)
          .flatMap(i -> call(client, i, random.nextInt(10) == 0, random.nextInt(300)), 40)
          .then()
          .block();
    }
  }

  private static Mono<?> call(AllowPolicyClient client, int i, boolean cancelled, int after) {
    Mono<?> call = client.get(ACCOUNT, new PolicyId("id" + i)).onErrorComplete();
    return cancelled ? call.takeUntilOther(Mono.delay(Duration.ofMillis(after))) : call;
  }

  /** A client on a shared quota of which nothing is kept. */
  static AllowPolicyClient client(
      String service, RedisQuota redis, int calls, long millis, Duration attemptLimit) {
    ApiQuota quota =
        ApiQuota.builder()
            .quota(calls)
            .window(Duration.ofMillis(millis))
            .interactiveShare(0)
            .store(redis)
            .build();
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken("token"))
            .baseUrl(service)
            .rateLimiter(quota)
            .timeouts(limits -> limits.attempt(attemptLimit).operation(Duration.ofMinutes(10)))
            .connections(connections -> connections.max(16))
            .retries(retries -> retries.maxAttempts(5).firstBackoff(Duration.ofMillis(10)))
            .build());
  }
}
