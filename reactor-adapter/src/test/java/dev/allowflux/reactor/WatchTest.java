package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.testkit.BlockingGuard;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Proves that the watch over the other tests would bark. */
@Timeout(240)
class WatchTest {

  @Test
  void aBlockingCallOnAThreadOfReactorIsSeen() {
    Mono<Integer> blocking =
        Mono.fromCallable(
                () -> {
                  Thread.sleep(1);
                  return 1;
                })
            .subscribeOn(Schedulers.parallel());
    assertThatThrownBy(() -> blocking.block(Duration.ofSeconds(10)))
        .hasRootCauseInstanceOf(BlockingOperationError.class);
    assertThat(BlockingGuard.takeBlocked()).hasSize(1);
    System.out.println("watch over every test: a planted blocking call was seen");
  }

  @Test
  void aBufferThatIsNotReleasedIsSeen() {
    loseBuffer();
    assertThat(BlockingGuard.takeLeaks()).isNotEmpty();
    System.out.println("watch over every test: a planted leak was seen");
  }

  /** In a frame of its own, which does not keep it. */
  private static void loseBuffer() {
    PooledByteBufAllocator.DEFAULT.buffer(16).writeByte(1);
  }
}
