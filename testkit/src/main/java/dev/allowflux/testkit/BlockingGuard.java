package dev.allowflux.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/**
 * Watches every test of the module: a blocking call on a thread that must not block, or a buffer
 * that is not released, fails the test or class in which it was seen.
 */
public final class BlockingGuard implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();
  private static final List<BlockingOperationError> BLOCKED = new CopyOnWriteArrayList<>();

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingDetectors());
    BlockHound.builder()
        .loadIntegrations()
        // Loading a class reads the class path, once, wherever its first use happens to be.
        .allowBlockingCallsInside(ClassLoader.class.getName(), "loadClass")
        // Netty's allocator takes a lock for a moment when many threads make it grow at once.
        .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
        // Who iterates in the calling thread has a lock that both sides hold for a moment. The
        // library iterates nowhere.
        .allowBlockingCallsInside(
            "reactor.core.publisher.BlockingIterable$SubscriberIterator", "signalConsumer")
        // A pool that is closed stops its timer, whose queue has a lock that is held for a moment.
        .allowBlockingCallsInside(
            "reactor.netty.internal.shaded.reactor.pool.decorators.GracefulShutdownInstrumentedPool",
            "tryGracefulDone")
        .allowBlockingCallsInside(
            "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove")
        .blockingMethodCallback(
            method -> {
              if (isIdle()) {
                return;
              }
              BlockingOperationError error = new BlockingOperationError(method);
              BLOCKED.add(error);
              throw error;
            })
        .install();
  }

  /** A worker that waits for its next task blocks nobody; an error would end it for good. */
  private static boolean isIdle() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().equals(ThreadPoolExecutor.class.getName())
                            && frame.getMethodName().equals("getTask")));
  }

  /** Watches from now on, if that was not so before. */
  public static void watch() {}

  public static void failIfBlocked() {
    List<BlockingOperationError> blocked = takeBlocked();
    if (!blocked.isEmpty()) {
      throw new AssertionError(blocked.size() + " blocking calls", blocked.get(0));
    }
  }

  /** Takes the blocking calls seen so far, for the test that provokes one. */
  public static List<BlockingOperationError> takeBlocked() {
    List<BlockingOperationError> taken = List.copyOf(BLOCKED);
    BLOCKED.clear();
    return taken;
  }

  /** Takes the leaks seen so far, for the test that provokes one. */
  public static List<String> takeLeaks() {
    lookForLeaks();
    List<String> taken = List.copyOf(LEAKS);
    LEAKS.clear();
    return taken;
  }

  @Override
  public void beforeAll(ExtensionContext context) {}

  @Override
  public void afterEach(ExtensionContext context) {
    failIfBlocked();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    List<String> leaks = takeLeaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(leaks.size() + " leaks, the first one: " + leaks.get(0));
    }
  }

  /** A leak is reported when a buffer is allocated after the lost one was collected. */
  private static void lookForLeaks() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    Reference<Object> lost = new PhantomReference<>(new Object(), collected);
    System.gc();
    try {
      // The collector hands its finds over on a thread of its own.
      if (collected.remove(10_000) != lost) {
        throw new AssertionError("nothing was collected");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    for (int i = 0; i < 100; i++) {
      ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer(16);
      buffer.release();
    }
  }

  private static final class RecordingDetectors extends ResourceLeakDetectorFactory {

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return newResourceLeakDetector(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return new ResourceLeakDetector<>(resource, samplingInterval) {
        @Override
        protected void reportTracedLeak(String resourceType, String records) {
          LEAKS.add(resourceType + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
          LEAKS.add(resourceType);
        }
      };
    }
  }
}
