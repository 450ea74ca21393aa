package dev.allowflux.reactor.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;

class LateFailuresTest {
  private final List<Throwable> dropped = new ArrayList<>();

  @BeforeEach
  void collectWhatIsDropped() {
    Hooks.onErrorDropped(dropped::add);
  }

  @AfterEach
  void dropAsBefore() {
    Hooks.resetOnErrorDropped();
  }

  private static void failTwice(Throwable late) {
    Flux.<String>from(
            subscriber -> {
              subscriber.onSubscribe(Operators.emptySubscription());
              subscriber.onComplete();
              subscriber.onError(late);
            })
        .map(String::strip)
        .contextWrite(LateFailures::handledIn)
        .blockLast();
  }

  @Test
  void aConnectionOfACallThatIsOverMayBeLostAndMayComeTooLate() {
    failTwice(new IOException("connection lost"));
    failTwice(new TimeoutException("no connection in time"));
    assertThat(dropped).isEmpty();
  }

  @Test
  void aMistakeIsDroppedAsEverywhere() {
    IllegalStateException mistake = new IllegalStateException("mistake");
    failTwice(mistake);
    assertThat(dropped).containsExactly(mistake);
  }
}
