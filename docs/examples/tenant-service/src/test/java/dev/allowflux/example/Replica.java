package dev.allowflux.example;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A replica of the example with a quota in Redis, and two users who call it all the time. */
final class Replica implements AutoCloseable {
  static final String QUOTA = "shared";

  private static final long AWAY_MILLIS = 200;

  private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();
  private final ServiceProcess service;
  private final List<Thread> users;
  private volatile boolean closed;

  Replica(Path folder, ApiSimulator api, TestRedis redis, int number, int calls, Duration window)
      throws IOException {
    service =
        new ServiceProcess(
            api,
            folder.resolve("replica" + number + ".log"),
            "--allowflux.page-size=50",
            "--allowflux.timeout.attempt=2s",
            "--allowflux.timeout.operation=10m",
            "--allowflux.quota.calls=" + calls,
            "--allowflux.quota.window=" + window,
            "--allowflux.clients.north.quota.redis.url=" + redis.uri(),
            "--allowflux.clients.north.quota.redis.name=" + QUOTA);
    String policies = "/tenants/acme/policies";
    String id = api.account(ServiceProcess.ACCOUNT).policyIds().get(number);
    users =
        List.of(
            new Thread(() -> use(policies + "/" + id, 1000), "reader" + number),
            new Thread(() -> use(policies, 0), "lister" + number));
    users.forEach(Thread::start);
  }

  /** Calls until the end, whatever comes back; a replica that is away is called again soon. */
  private void use(String path, long pauseMillis) {
    try {
      while (!closed) {
        Thread.sleep(answered(path) ? pauseMillis : AWAY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean answered(String path) throws InterruptedException {
    try {
      answers.merge(service.get(path).statusCode(), 1, Integer::sum);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  ServiceProcess service() {
    return service;
  }

  /** How often it answered with which status. */
  Map<Integer, Integer> answers() {
    return answers;
  }

  void stop() {
    closed = true;
    users.forEach(Thread::interrupt);
    service.close();
  }

  @Override
  public void close() {
    stop();
  }
}
