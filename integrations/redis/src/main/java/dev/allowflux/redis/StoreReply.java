package dev.allowflux.redis;

import dev.allowflux.reactor.CallEvents.WaitReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the script replies.
 *
 * @param generation which generation of the quota replied
 * @param interactive how many interactive places were granted
 * @param bulk how many bulk places were granted
 * @param askAgain when to ask again, in microseconds
 * @param reason what holds the other calls back, or null
 * @param standby how many calls may be sent while the server is away
 * @param pause how long nobody may call, in microseconds
 * @param version which list of processes {@code members} is
 * @param members the processes that share the quota, or empty if the list is known
 * @param live how many of them were heard of just now
 */
record StoreReply(
    String generation,
    int interactive,
    int bulk,
    long askAgain,
    @Nullable WaitReason reason,
    int standby,
    long pause,
    String version,
    String members,
    int live) {

  /**
   * Reads a reply.
   *
   * @return null if the server does not know what this process holds, and asks for it
   * @throws IllegalStateException if it is no reply of the script
   */
  static @Nullable StoreReply read(List<Object> reply) {
    String status = reply.isEmpty() ? "" : String.valueOf(reply.get(0));
    if (status.equals("REPORT")) {
      return null;
    }
    if (!status.equals("OK") || reply.size() < 11) {
      throw new IllegalStateException("Redis gave an unexpected reply: " + status);
    }
    String reason = reply.get(5).toString();
    return new StoreReply(
        reply.get(1).toString(),
        Math.toIntExact(number(reply.get(2))),
        Math.toIntExact(number(reply.get(3))),
        number(reply.get(4)),
        reason.isEmpty() ? null : WaitReason.valueOf(reason),
        Math.toIntExact(number(reply.get(6))),
        number(reply.get(7)),
        reply.get(8).toString(),
        reply.get(9).toString(),
        Math.toIntExact(number(reply.get(10))));
  }

  private static long number(Object value) {
    return Long.parseLong(value.toString());
  }
}
