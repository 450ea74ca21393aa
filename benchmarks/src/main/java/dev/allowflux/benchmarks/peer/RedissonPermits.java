package dev.allowflux.benchmarks.peer;

import java.time.Duration;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's limiter, with a window so short that its permits are free again. */
public final class RedissonPermits implements AutoCloseable {
  private static final int PERMITS = 1200;
  private static final Duration WINDOW = Duration.ofMillis(20);

  private final RedissonClient client;
  private final RRateLimiter limiter;

  public RedissonPermits(String uri) {
    Config config = new Config();
    config.useSingleServer().setAddress(uri).setConnectionMinimumIdleSize(1);
    client = Redisson.create(config);
    limiter = client.getRateLimiter("redisson");
    limiter.trySetRate(RateType.OVERALL, PERMITS, WINDOW);
  }

  public boolean inRedis() {
    return limiter.tryAcquire();
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
