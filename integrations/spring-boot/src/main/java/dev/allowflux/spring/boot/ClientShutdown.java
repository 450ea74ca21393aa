package dev.allowflux.spring.boot;

import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.spring.boot.ClientFactory.QuotaStores;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;

/**
 * Closes the clients after the web server has answered its last request, and lets requests under
 * way finish within the grace period of their client. This is the end of the world of the chain, so
 * it subscribes.
 */
final class ClientShutdown implements SmartLifecycle {
  /** Spring Boot's web servers stop down to 2048 below the default phase. */
  private static final int PHASE = DEFAULT_PHASE - 4096;

  private final ClientFactory factory;
  private volatile boolean running;

  ClientShutdown(ClientFactory factory) {
    this.factory = factory;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    factory.made().forEach(AllowPolicyClient::close);
    factory.opened().forEach(store -> store.close().subscribe());
  }

  @Override
  public void stop(Runnable callback) {
    running = false;
    Flux.fromIterable(factory.made())
        .flatMapDelayError(AllowPolicyClient::closeGracefully, 64, 1)
        .onErrorComplete()
        .thenMany(Flux.fromIterable(factory.opened()))
        .flatMapDelayError(QuotaStores.OpenStore::close, 64, 1)
        .doFinally(end -> callback.run())
        .subscribe(done -> {}, failure -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** A client that is closed cannot be opened again when a paused context goes on. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
