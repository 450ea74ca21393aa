package dev.allowflux.reactor.file;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.Internals;
import dev.allowflux.reactor.Priority;
import dev.allowflux.reactor.internal.call.ApiCall;
import dev.allowflux.reactor.internal.call.CallPipeline;
import dev.allowflux.reactor.internal.transport.HttpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A process of the test: calls until its standard input ends. */
public final class QuotaWorker {

  static final int QUOTA = 120;

  /** A request that was given up must be read by then, however busy the machine is. */
  static final Duration ATTEMPT = Duration.ofMillis(1500);

  private static final int AT_ONCE = 24;
  private static final AccountId ACCOUNT = new AccountId("acc");

  private QuotaWorker() {}

  /**
   * Runs the process.
   *
   * @param args the address, the file, the window in milliseconds, the share of calls to cancel,
   *     the seed
   */
  public static void main(String[] args) throws IOException {
    FileQuotaStore store = FileQuotaStore.at(Path.of(args[1]));
    double cancels = Double.parseDouble(args[3]);
    Random random = new Random(Long.parseLong(args[4]));
    ClientSettings settings =
        ClientSettings.builder(Credential.apiToken("token"))
            .baseUrl(args[0])
            .rateLimiter(
                ApiQuota.builder()
                    .quota(QUOTA)
                    .window(Duration.ofMillis(Long.parseLong(args[2])))
                    .burstPerSecond(1_000_000)
                    .store(store)
                    .build())
            .timeouts(limits -> limits.attempt(ATTEMPT))
            .retries(retries -> retries.maxAttempts(1))
            .build();
    HttpTransport transport = Internals.transport(settings);
    CallPipeline pipeline = Internals.pipeline(settings, transport);
    Disposable calls =
        Flux.range(0, Integer.MAX_VALUE)
            .flatMap(
                i -> {
                  Mono<?> call = call(pipeline, i, random);
                  return random.nextDouble() < cancels
                      ? call.take(Duration.ofMillis(random.nextInt(500)))
                      : call;
                },
                AT_ONCE)
            .subscribe();
    int end = System.in.read();
    calls.dispose();
    pipeline.close();
    transport.close().then(store.closeGracefully()).block(Duration.ofSeconds(50));
    System.exit(end < 0 ? 0 : 1);
  }

  private static Mono<?> call(CallPipeline pipeline, int number, Random random) {
    PolicyId id = new PolicyId("id" + number);
    Priority priority = random.nextBoolean() ? Priority.BULK : Priority.INTERACTIVE;
    return pipeline
        .call(
            ApiCall.of(ApiCalls.get(ACCOUNT, id), ResponseReader.get(id), "")
                .with(priority, "job" + number % 3),
            CallPipeline.NO_DEADLINE)
        .onErrorComplete();
  }
}
