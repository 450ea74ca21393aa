package dev.allowflux.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.model.AccountId;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class ManyAccountsTest {
  private static final AccountEntry ENTRY = new AccountEntry(new AccountId("a"), "", null);

  private final Invocation invocation =
      new Invocation(
          new ProcessIo(
              InputStream.nullInputStream(),
              OutputStream.nullOutputStream(),
              new PrintStream(OutputStream.nullOutputStream()),
              Map.of(),
              false,
              false));

  private ManyAccounts many() {
    return new ManyAccounts(
        new AbstractCommand(invocation) {
          @Override
          ExitCode run() {
            return ExitCode.DONE;
          }
        },
        List.of(ENTRY),
        false);
  }

  @Test
  void outputThatEndsEarlyCancelsTheWorkThatIsUnderWay() throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    Flux<AccountOutcome<String>> outcomes =
        Flux.concat(
                Mono.just(new AccountOutcome.Done<>(ENTRY, "done")),
                Mono.<AccountOutcome<String>>never())
            .doOnCancel(cancelled::countDown);

    assertThatThrownBy(
            () ->
                many()
                    .collect(
                        outcomes,
                        2,
                        (entry, value) -> {
                          throw new IOException("nobody reads any more");
                        }))
        .hasMessage("nobody reads any more");

    assertThat(cancelled.await(30, TimeUnit.SECONDS)).as("the work was cancelled").isTrue();
  }

  @Test
  void workForWhichThereIsNotEnoughMemoryFailsInOneLine() {
    Mono<String> work =
        AuditCommand.<String>signalled(
                () -> {
                  throw new OutOfMemoryError("a test");
                })
            .subscribeOn(Schedulers.boundedElastic());

    assertThatThrownBy(() -> work.block(Duration.ofSeconds(30)))
        .isInstanceOfSatisfying(
            IllegalStateException.class,
            failure ->
                assertThat(FailureReport.line(failure, Instant.EPOCH))
                    .startsWith("out of memory: set a larger heap"));
  }
}
