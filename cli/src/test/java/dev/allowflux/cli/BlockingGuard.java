package dev.allowflux.cli;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/** Fails every test during which a thread that must not block did. */
public final class BlockingGuard implements BeforeAllCallback, AfterEachCallback {

  private static final List<BlockingOperationError> BLOCKED = new CopyOnWriteArrayList<>();

  static {
    Main.quieten();
    BlockHound.builder()
        .loadIntegrations()
        // Loading a class reads the class path, once, wherever its first use happens to be.
        .allowBlockingCallsInside(ClassLoader.class.getName(), "loadClass")
        .blockingMethodCallback(
            method -> {
              BlockingOperationError error = new BlockingOperationError(method);
              BLOCKED.add(error);
              throw error;
            })
        .install();
  }

  /** Takes the blocking calls seen so far, for the test that provokes one. */
  static List<BlockingOperationError> takeBlocked() {
    List<BlockingOperationError> taken = List.copyOf(BLOCKED);
    BLOCKED.clear();
    return taken;
  }

  @Override
  public void beforeAll(ExtensionContext context) {}

  @Override
  public void afterEach(ExtensionContext context) {
    List<BlockingOperationError> blocked = takeBlocked();
    if (!blocked.isEmpty()) {
      throw new AssertionError(blocked.size() + " blocking calls", blocked.get(0));
    }
  }
}
