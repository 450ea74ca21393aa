package dev.allowflux.redis;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The server and the service that simulated processes share, in virtual time. */
final class SimulatedWorld {

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final WireRecord wire = new WireRecord();
  final ScriptServer server;
  final Random random;
  final Duration lease;
  final Duration attemptLimit;
  final boolean faults;
  private final long began;
  private long hungUntil;
  private long downUntil;

  SimulatedWorld(
      ScriptServer server, long seed, Duration lease, Duration attemptLimit, boolean faults) {
    this.server = server;
    this.random = new Random(seed);
    this.lease = lease;
    this.attemptLimit = attemptLimit;
    this.faults = faults;
    this.began = server.micros;
  }

  long now() {
    return time.now(TimeUnit.NANOSECONDS);
  }

  /** A call counts at the service after a while. */
  void count(long nanos) {
    time.schedule(() -> wire.add(now()), nanos, TimeUnit.NANOSECONDS);
  }

  /** Whether nobody has called yet, so that a server that knows nothing has lost nothing. */
  boolean isNew() {
    return now() == 0;
  }

  boolean serverIsUp(long now) {
    return now >= downUntil;
  }

  /** The server executes a command: when it goes on, if it is stopped; never, if it is down. */
  void execute(List<String> arguments, Consumer<List<Object>> reply) {
    if (!serverIsUp(now())) {
      return;
    }
    if (now() < hungUntil) {
      time.schedule(() -> execute(arguments, reply), hungUntil - now(), TimeUnit.NANOSECONDS);
      return;
    }
    server.micros = began + now() / 1000;
    List<Object> result = server.run(arguments);
    // Some replies are lost, as are connections.
    if (!faults || random.nextInt(200) != 0) {
      reply.accept(result);
    }
  }

  void stopServer(long nanos) {
    hungUntil = now() + nanos;
  }

  /** The server crashes and comes back after a while, with its data or without. */
  void restartServer(long nanos, boolean keepsData) {
    downUntil = now() + nanos;
    server.micros = began + downUntil / 1000;
    if (keepsData) {
      server.restart();
    } else {
      server.restartEmpty();
    }
  }
}
