package dev.allowflux.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.quota.CallQuota.Reason;
import dev.allowflux.internal.quota.CallQuota.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The arithmetic of the quota alone: no thread, no timer, no clock. */
class CallQuotaTest {
  private static final long MILLIS = 1_000_000;
  private static final long SECOND = 1_000 * MILLIS;
  private static final long WINDOW = 300 * SECOND;
  private static final long HOLD = 30 * SECOND;
  private static final int QUOTA = 1200;
  private static final int BURST = 150;

  private static final class Permit extends QuotaPermit {
    Permit() {
      super(false);
    }
  }

  private static Permit granted(CallQuota<Permit> quota, long now) {
    Permit permit = new Permit();
    assertThat(quota.grant(permit, now)).isTrue();
    return permit;
  }

  /** What happens to a call next. */
  private record Event(long at, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return Long.compare(at, other.at);
    }
  }

  /** Calls that reach the service at any moment between their sending and their response. */
  private static final class Traffic {
    private final CallQuota<Permit> quota =
        new CallQuota<>(QUOTA, 0, WINDOW, new BurstLimit(BURST, false), 0);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Long> counted = new ArrayList<>();
    private final List<Long> written = new ArrayList<>();
    private final Random random;
    private final long longest;
    private long now;

    Traffic(Random random, long longest) {
      this.random = random;
      this.longest = longest;
    }

    void run(int calls) {
      for (int made = 0; made < calls; ) {
        if (quota.next(now, 0, false).at() <= now) {
          start();
          made++;
        } else {
          Turn turn = quota.next(now, 0, false);
          Event event = events.peek();
          if (event != null && event.at <= turn.at()) {
            now = Math.max(now, event.at);
            events.remove().what.run();
          } else {
            now = turn.at();
          }
        }
      }
    }

    private long upTo(long most) {
      return (long) (random.nextDouble() * most);
    }

    private void start() {
      Permit permit = granted(quota, now);
      long send = now + upTo(longest);
      int dice = random.nextInt(100);
      if (dice == 0) {
        events.add(new Event(send, () -> quota.close(permit, now, HOLD)));
        return;
      }
      long write = send + upTo(longest);
      long count = write + upTo(longest);
      long end = count + upTo(longest);
      events.add(new Event(send, () -> quota.send(permit, now)));
      events.add(new Event(write, () -> quota.written(permit, now)));
      written.add(send + upTo(write - send));
      counted.add(count);
      if (dice < 5) {
        // Given up before the service has counted it.
        long given = write + upTo(Math.min(end - write, HOLD));
        events.add(new Event(given, () -> quota.close(permit, now, HOLD)));
      } else {
        events.add(
            new Event(
                end,
                () -> {
                  quota.passed(permit, now, null, 0);
                  quota.close(permit, now, HOLD);
                }));
      }
    }

    static int spansOver(List<Long> times, int limit, long span) {
      List<Long> sorted = times.stream().sorted().toList();
      int over = 0;
      for (int i = limit; i < sorted.size(); i++) {
        over += sorted.get(i) - sorted.get(i - limit) < span ? 1 : 0;
      }
      return over;
    }
  }

  @Test
  void aPermitThatWasCalledBackTakesNothingOfTheCountOfTheService() {
    CallQuota<Permit> quota = new CallQuota<>(QUOTA, 0, WINDOW, new BurstLimit(BURST, false), 0);
    Permit first = granted(quota, 0);
    quota.send(first, 0);
    quota.passed(first, SECOND, 1L, 100 * SECOND);
    quota.close(first, SECOND, HOLD);

    Permit late = granted(quota, SECOND);
    assertThat(quota.recall(late)).isTrue();
    quota.close(late, SECOND, HOLD);
    assertThat(quota.next(SECOND, 0, false).at()).isEqualTo(SECOND);

    Permit paused = granted(quota, SECOND);
    assertThat(quota.paused(SECOND, SECOND)).containsExactly(paused);
    quota.close(paused, SECOND, HOLD);
    assertThat(quota.next(2 * SECOND, 0, false).at()).isEqualTo(2 * SECOND);
  }

  @Test
  void noSpanHoldsMoreThanTheQuotaWhereverTheServiceCountsACall() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    int calls = Integer.getInteger("allowflux.quotaCalls", 1_000_000);
    long[] delays = {MILLIS, 50 * MILLIS, 3 * SECOND, 7 * SECOND};
    for (long longest : delays) {
      Traffic traffic = new Traffic(new Random(random.nextLong()), longest);
      traffic.run(calls / delays.length);
      String what = "delays up to " + longest / MILLIS + " ms, seed " + seed;
      assertThat(Traffic.spansOver(traffic.counted, QUOTA, WINDOW)).as(what).isZero();
      assertThat(Traffic.spansOver(traffic.written, BURST, SECOND)).as(what).isZero();
      if (longest <= 50 * MILLIS) {
        assertThat(traffic.counted.size() / (double) QUOTA / (traffic.now / (double) WINDOW + 1))
            .as(what + ": share of the quota that was used")
            .isGreaterThan(0.97);
      }
    }
  }

  @Test
  void aPlaceThatWasGivenUpIsDatedLaterThanTheOnesBehindIt() {
    CallQuota<Permit> quota = new CallQuota<>(2, 0, WINDOW, new BurstLimit(BURST, false), 0);
    Permit lost = granted(quota, 0);
    Permit good = granted(quota, 0);
    quota.send(lost, 0);
    quota.send(good, 0);
    quota.close(lost, 10 * SECOND, HOLD);
    quota.passed(good, 20 * SECOND, null, 0);
    quota.close(good, 20 * SECOND, HOLD);
    assertThat(quota.next(20 * SECOND, 0, false)).isEqualTo(new Turn(320 * SECOND, Reason.QUOTA));
    assertThat(quota.next(20 * SECOND, 1, false)).isEqualTo(new Turn(340 * SECOND, Reason.QUOTA));
  }

  @Test
  void pausesThatNameNoWaitDoubleFromTwoSecondsToFiveMinutes() {
    PauseAfter429 pause = new PauseAfter429();
    List<Long> pauses = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 9; i++) {
      pause.refused(now, null);
      pauses.add((pause.until() - now) / SECOND);
      now = pause.until();
    }
    assertThat(pauses).containsExactly(2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L);
    pause.passed(now);
    pause.refused(now, null);
    assertThat(pause.until() - now).isEqualTo(2 * SECOND);
  }

  @Test
  void aWaitIsBelievedUpToTwiceTheDocumentedBlock() {
    PauseAfter429 pause = new PauseAfter429();
    pause.refused(0, 600 * SECOND);
    assertThat(pause.until()).isEqualTo(600 * SECOND);
    PauseAfter429 doubted = new PauseAfter429();
    doubted.refused(0, 601 * SECOND);
    assertThat(doubted.until()).isEqualTo(300 * SECOND);
  }

  @Test
  void timesThatComeLateTakeTheirPosition() {
    Random random = new Random(7);
    TimeRing ring = new TimeRing();
    for (int i = 0; i < 1_000; i++) {
      ring.add(random.nextInt(100));
    }
    for (int i = 1; i < ring.size(); i++) {
      assertThat(ring.get(i)).isGreaterThanOrEqualTo(ring.get(i - 1));
    }
    ring.forgetUntil(50);
    assertThat(ring.get(0)).isGreaterThan(50);
    assertThat(ring.countAfter(99)).isZero();
  }
}
