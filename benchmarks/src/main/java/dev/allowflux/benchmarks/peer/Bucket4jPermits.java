package dev.allowflux.benchmarks.peer;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;

/** Bucket4j in this process and on Redis, with so many tokens that none is refused. */
public final class Bucket4jPermits implements AutoCloseable {
  private static final int TOKENS = 100_000_000;

  private final RedisClient client;
  private final Bucket inProcess =
      Bucket.builder()
          .addLimit(limit -> limit.capacity(TOKENS).refillGreedy(TOKENS, Duration.ofSeconds(1)))
          .build();
  private final Bucket inRedis;

  public Bucket4jPermits(String uri) {
    client = RedisClient.create(uri);
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(TOKENS).refillGreedy(TOKENS, Duration.ofSeconds(1)))
            .build();
    inRedis =
        Bucket4jLettuce.casBasedBuilder(
                client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
            .build()
            .builder()
            .build("bucket4j", () -> configuration);
  }

  public boolean inProcess() {
    return inProcess.tryConsume(1);
  }

  public boolean inRedis() {
    return inRedis.tryConsume(1);
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
