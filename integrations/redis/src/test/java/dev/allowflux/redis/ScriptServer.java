package dev.allowflux.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;

/**
 * The real script on a real server whose clock, identity and uptime are the test's: its calls of
 * TIME and INFO are answered by what is passed with each run.
 */
final class ScriptServer implements AutoCloseable {

  private static final String SCRIPT =
      """
      local real, told = redis, ARGV
      local redis = {call = function(command, ...)
        if command == 'TIME' then
          return {string.sub(told[21], 1, -7), string.sub(told[21], -6)}
        elseif command == 'INFO' then
          return 'run_id:' .. told[22] .. '\\r\\nuptime_in_seconds:' .. told[23] .. '\\r\\n'
        end
        return real.call(command, ...)
      end}
      """
          + QuotaScript.TEXT;

  private final TestRedis redis = TestRedis.start();
  private final RedisClient client = RedisClient.create(redis.uri());
  private final StatefulRedisConnection<String, String> connection = client.connect();
  private final String sha1 = connection.sync().scriptLoad(SCRIPT);
  private final String[] keys = QuotaScript.keys("test").toArray(String[]::new);

  /** The server's clock, in microseconds. */
  long micros = 1_700_000_000_000_000L;

  private int run = 1;
  private long started = micros;

  /** How often the script has run. */
  long runs;

  List<Object> run(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.add(Long.toString(micros));
    all.add(String.format("%040d", run));
    all.add(Long.toString((micros - started) / 1_000_000));
    runs++;
    return connection
        .sync()
        .evalsha(sha1, ScriptOutputType.MULTI, keys, all.toArray(String[]::new));
  }

  /** Forgets everything, as a server does that keeps nothing, and starts anew. */
  void restartEmpty() {
    connection.sync().flushall();
    restart();
  }

  /** Starts anew with the data of before. */
  void restart() {
    run++;
    started = micros;
  }

  /** Has been up since long before this quota was first used. */
  void upForLong() {
    started = micros - 100_000_000_000L;
  }

  /** Loses one of the keys of the quota. */
  void lose(int key) {
    connection.sync().del(keys[key]);
  }

  /** Returns how many places the server counts as held. */
  long held() {
    return connection.sync().llen(keys[1])
        + connection.sync().llen(keys[2])
        + connection.sync().zcard(keys[3])
        + connection.sync().zcard(keys[4]);
  }

  long memory() {
    long bytes = 0;
    for (String key : keys) {
      Long used = connection.sync().memoryUsage(key);
      bytes += used == null ? 0 : used;
    }
    return bytes;
  }

  void reset() {
    connection.sync().flushall();
    micros = 1_700_000_000_000_000L;
    run = 1;
    started = micros;
    runs = 0;
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
    redis.close();
  }
}
