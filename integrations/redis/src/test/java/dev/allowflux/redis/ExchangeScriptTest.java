package dev.allowflux.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.CallEvents.WaitReason;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script, on a real server whose clock is turned by hand. */
class ExchangeScriptTest {

  private static final long SECOND = 1_000_000;
  private static final long WINDOW = 30 * SECOND;
  private static final long LEASE = 4 * SECOND;
  private static final long HEARTBEAT = 200_000;

  private static ScriptServer server;

  @BeforeAll
  static void start() {
    server = new ScriptServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void empty() {
    server.reset();
  }

  /** A process that says what a test says, and remembers what the server needs of it. */
  private static final class Caller {

    final String name;
    int calls = 10;
    int kept;
    int reserve;
    int shares;
    boolean startsUnused = true;
    long sequence;
    String generation = "";
    String members = "";
    int standby;
    long next = 1;
    String memory = "";

    Caller(String name) {
      this.name = name;
    }

    StoreReply ask(int interactive, int bulk, String reports) {
      StoreReply reply = StoreReply.read(raw(interactive, bulk, reports));
      assertThat(reply).as("the server asks for what %s holds", name).isNotNull();
      next += interactive + bulk;
      generation = reply.generation();
      standby = reply.standby();
      members = reply.members();
      memory = "";
      return reply;
    }

    StoreReply ask(int interactive, int bulk) {
      return ask(interactive, bulk, "");
    }

    /** Takes interactive places and reports their ends at once. */
    void use(int places) {
      long first = next;
      assertThat(ask(places, 0).interactive()).isEqualTo(places);
      StringBuilder ended = new StringBuilder();
      for (long i = first; i < first + places; i++) {
        ended.append("e 1 ").append(i).append(" 0 ");
      }
      ask(0, 0, ended.toString());
    }

    boolean isAskedForAll() {
      return StoreReply.read(raw(0, 0, "")) == null;
    }

    List<Object> raw(int interactive, int bulk, String reports) {
      return server.run(
          List.of(
              name,
              "" + ++sequence,
              generation,
              "" + calls,
              "" + WINDOW,
              "" + kept,
              "" + reserve,
              "" + LEASE,
              "" + HEARTBEAT,
              startsUnused ? "1" : "0",
              "" + shares,
              "" + interactive,
              "" + bulk,
              "" + next,
              "" + standby,
              "20000",
              "",
              reports,
              memory,
              memory.isEmpty() ? "" : members));
    }
  }

  private static void pass(long micros) {
    server.micros += micros;
  }

  @Test
  void theQuotaIsGrantedAtOnceAndNoMore() {
    Caller one = new Caller("one");
    Caller two = new Caller("two");
    assertThat(one.ask(7, 0).interactive()).isEqualTo(7);
    StoreReply reply = two.ask(7, 0);
    assertThat(reply.interactive()).isEqualTo(3);
    assertThat(reply.reason()).isEqualTo(WaitReason.QUOTA);
  }

  @Test
  void aPlaceIsFreeOneWindowAfterItsEndAndNotBefore() {
    Caller one = new Caller("one");
    one.ask(10, 0);
    pass(SECOND);
    StoreReply full = one.ask(1, 0, "e 1 1 300000");
    assertThat(full.interactive()).isZero();
    assertThat(full.askAgain()).isEqualTo(WINDOW - 300_000);
    pass(full.askAgain() - 1);
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(2000);
    assertThat(one.ask(1, 0).interactive()).isOne();
  }

  @Test
  void aPlaceThatNothingIsHeardOfIsFreeOneWindowAfterItsLease() {
    Caller one = new Caller("one");
    Caller two = new Caller("two");
    one.ask(10, 0);
    pass(LEASE + WINDOW - 1);
    assertThat(two.ask(1, 0).interactive()).isZero();
    pass(1);
    assertThat(two.ask(10, 0).interactive()).isEqualTo(10);
  }

  @Test
  void aPlaceIsFreeAtOnceIfNothingWasSentWithIt() {
    Caller one = new Caller("one");
    one.ask(10, 0);
    assertThat(one.ask(2, 0, "u 1 3 u 1 4").interactive()).isEqualTo(2);
  }

  @Test
  void aPlaceWhoseRequestMayBeOnItsWayIsHeldAsLongAsThat() {
    Caller one = new Caller("one");
    one.ask(10, 0);
    pass(SECOND);
    one.ask(0, 0, "e 1 1 -9000000");
    pass(9 * SECOND + WINDOW - LEASE);
    // By now the leases of the others have ended, and their windows have not.
    assertThat(server.held()).isEqualTo(10);
    pass(LEASE - SECOND);
    assertThat(one.ask(20, 0).interactive()).isEqualTo(9);
    pass(SECOND);
    assertThat(one.ask(1, 0).interactive()).isOne();
  }

  @Test
  void placesOfALostReplyAreFreed() {
    Caller one = new Caller("one");
    one.raw(6, 0, "");
    long lost = one.next;
    one.next += 6;
    assertThat(one.ask(10, 0, "l " + lost + " " + one.next).interactive()).isEqualTo(10);
  }

  @Test
  void anExchangeThatArrivesLateIsIgnored() {
    Caller one = new Caller("one");
    one.ask(0, 0);
    one.sequence = 5;
    one.ask(1, 0);
    one.sequence = 3;
    assertThat(one.raw(9, 0, "").get(0)).isEqualTo("STALE");
    assertThat(server.held()).isOne();
  }

  @Test
  void aReportThatComesTwiceCountsOnce() {
    Caller one = new Caller("one");
    one.ask(2, 0);
    one.ask(0, 0, "e 1 1 0 u 1 2");
    one.ask(0, 0, "e 1 1 0 u 1 2");
    assertThat(server.held()).isOne();
  }

  @Test
  void bulkCallsLeaveWhatIsKeptForInteractiveOnes() {
    Caller bulk = new Caller("bulk");
    Caller interactive = new Caller("interactive");
    bulk.kept = 2;
    interactive.kept = 2;
    assertThat(bulk.ask(0, 20).bulk()).isEqualTo(8);
    assertThat(interactive.ask(1, 0).interactive()).isOne();
    assertThat(bulk.ask(0, 1).bulk()).isZero();
    assertThat(interactive.ask(1, 0).interactive()).isOne();
  }

  @Test
  void interactiveCallsPassBulkCallsOfAnotherProcess() {
    Caller bulk = new Caller("bulk");
    Caller interactive = new Caller("interactive");
    bulk.use(10);
    pass(SECOND);
    long wait = bulk.ask(0, 5).askAgain();
    pass(SECOND);
    interactive.ask(3, 0);
    pass(wait - SECOND);
    // Ten places are free, and both come for them.
    assertThat(bulk.ask(0, 5).bulk()).isEqualTo(5);
    assertThat(interactive.ask(3, 0).interactive()).isEqualTo(3);
    server.reset();
    bulk = new Caller("bulk");
    interactive = new Caller("interactive");
    bulk.use(10);
    bulk.calls = 2;
    interactive.calls = 2;
    wait = bulk.ask(0, 5).askAgain();
    interactive.ask(3, 0);
    pass(wait);
    assertThat(bulk.ask(0, 5).bulk()).as("kept for the interactive calls").isZero();
    assertThat(interactive.ask(3, 0).interactive()).isEqualTo(2);
  }

  @Test
  void bulkCallsGetAtLeastOneOfTenPlaces() {
    Caller bulk = new Caller("bulk");
    Caller interactive = new Caller("interactive");
    for (int i = 0; i < 10; i++) {
      interactive.use(1);
      pass(SECOND);
    }
    int bulkPlaces = 0;
    int interactivePlaces = 0;
    for (int i = 0; i < 1200; i++) {
      long first = interactive.next;
      int granted = interactive.ask(50, 0).interactive();
      interactivePlaces += granted;
      for (int k = 0; k < granted; k++) {
        interactive.ask(0, 0, "e 1 " + (first + k) + " 0");
      }
      first = bulk.next;
      if (bulk.ask(0, 50).bulk() > 0) {
        bulkPlaces++;
        bulk.ask(0, 0, "e 2 " + first + " 0");
      }
      pass(50_000);
    }
    assertThat(interactivePlaces).isPositive();
    assertThat(bulkPlaces * 11).isGreaterThanOrEqualTo(interactivePlaces);
  }

  @Test
  void processesThatWaitAreServedInTurn() {
    Caller[] processes = new Caller[3];
    int[] served = new int[3];
    for (int i = 0; i < 3; i++) {
      processes[i] = new Caller("p" + i);
    }
    processes[0].use(10);
    long[] due = new long[3];
    for (int round = 0; round < 4000; round++) {
      for (int i = 0; i < 3; i++) {
        if (server.micros >= due[i]) {
          Caller process = processes[i];
          long first = process.next;
          // One asks for much more than the others.
          int asked = i == 0 ? 100 : 4;
          StoreReply reply = process.ask(0, asked);
          while (reply.bulk() > 0) {
            served[i] += reply.bulk();
            StringBuilder ended = new StringBuilder();
            for (long k = first; k < first + reply.bulk(); k++) {
              ended.append("e 2 ").append(k).append(" 0 ");
            }
            first = process.next;
            reply = process.ask(0, asked, ended.toString());
          }
          due[i] = server.micros + reply.askAgain();
        }
      }
      pass(60_000);
    }
    assertThat(served[1]).isBetween(served[0] / 2, served[0] * 2);
    assertThat(served[2]).isBetween(served[0] / 2, served[0] * 2);
  }

  @Test
  void aPauseHoldsForAllProcesses() {
    Caller one = new Caller("one");
    Caller two = new Caller("two");
    one.ask(1, 0);
    one.ask(0, 0, "p 7000000");
    StoreReply reply = two.ask(1, 0);
    assertThat(reply.interactive()).isZero();
    assertThat(reply.reason()).isEqualTo(WaitReason.THROTTLED);
    assertThat(reply.askAgain()).isEqualTo(7 * SECOND);
    pass(7 * SECOND);
    assertThat(two.ask(5, 0).interactive()).as("one call goes ahead and asks").isOne();
  }

  @Test
  void theCountOfTheServiceHoldsForAllProcesses() {
    Caller one = new Caller("one");
    Caller two = new Caller("two");
    one.ask(1, 0);
    one.ask(0, 0, "c 3 9000000 e 1 1 0");
    assertThat(two.ask(5, 0).interactive()).isEqualTo(3);
    StoreReply reply = one.ask(1, 0);
    assertThat(reply.interactive()).isZero();
    assertThat(reply.reason()).isEqualTo(WaitReason.SERVER_QUOTA);
    pass(10 * SECOND);
    long probe = one.next;
    assertThat(one.ask(4, 0).interactive()).as("one call goes ahead and asks").isOne();
    assertThat(two.ask(1, 0).interactive()).isZero();
    assertThat(one.ask(2, 0, "c 6 9000000 e 1 " + probe + " 0").interactive()).isEqualTo(2);
  }

  @Test
  void aServiceThatSaysNoMoreOfItsCountIsNoLongerFollowed() {
    Caller one = new Caller("one");
    one.ask(1, 0);
    one.ask(0, 0, "c 0 1000000 e 1 1 0");
    pass(3 * SECOND);
    long probe = one.next;
    assertThat(one.ask(4, 0).interactive()).isOne();
    assertThat(one.ask(4, 0, "e 1 " + probe + " 0").interactive()).isEqualTo(4);
  }

  @Test
  void aResetThatNobodyCanBelieveIsCutShort() {
    Caller one = new Caller("one");
    one.ask(1, 0);
    one.ask(0, 0, "c 0 999999999999 e 1 1 0");
    assertThat(one.ask(1, 0).askAgain()).isEqualTo(301 * SECOND);
  }

  @Test
  void aStoreThatWasJustStartedGrantsNothingForAWindow() {
    Caller one = new Caller("one");
    one.startsUnused = false;
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(WINDOW + LEASE - 1);
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(1);
    assertThat(one.ask(1, 0).interactive()).isOne();
  }

  @Test
  void aStoreThatHasBeenUpForLongGrantsAfterAMoment() {
    server.upForLong();
    Caller one = new Caller("one");
    one.startsUnused = false;
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(HEARTBEAT + SECOND);
    assertThat(one.ask(1, 0).interactive()).isOne();
  }

  @Test
  void aRestartedStoreGrantsAgainWhenAllHaveReported() {
    for (boolean keepsData : new boolean[] {true, false}) {
      server.reset();
      Caller one = new Caller("one");
      Caller two = new Caller("two");
      one.use(4);
      two.use(3);
      one.ask(0, 0);
      pass(SECOND);
      if (keepsData) {
        server.restart();
      } else {
        server.restartEmpty();
      }
      assertThat(one.isAskedForAll()).isTrue();
      one.memory = "d 1 1000000 d 1 1000000 d 1 1000000 d 1 1000000";
      one.members = "one two";
      assertThat(one.ask(1, 0).interactive()).as("two is awaited").isZero();
      assertThat(two.isAskedForAll()).isTrue();
      two.memory = "o 2 77 2000000 d 1 500000 d 1 500000";
      two.members = "one two";
      two.ask(0, 0);
      assertThat(one.ask(1, 0).interactive()).as("others may come yet").isZero();
      pass(HEARTBEAT + SECOND);
      assertThat(one.ask(10, 0).interactive()).isEqualTo(3);
    }
  }

  @Test
  void aRestartedStoreGrantsNothingForAWindowIfOneProcessIsGone() {
    Caller one = new Caller("one");
    Caller two = new Caller("two");
    one.use(4);
    two.use(3);
    one.ask(0, 0);
    pass(SECOND);
    server.restartEmpty();
    assertThat(one.isAskedForAll()).isTrue();
    one.memory = "d 1 1000000";
    one.members = "one two";
    one.ask(0, 0);
    pass(WINDOW + LEASE - 1);
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(1);
    assertThat(one.ask(1, 0).interactive()).isOne();
  }

  @Test
  void aStoreThatLostAKeyAsksForAll() {
    for (int key = 0; key < 6; key++) {
      server.reset();
      Caller one = new Caller("one");
      one.ask(4, 2);
      one.ask(0, 0, "e 1 1 0 e 1 2 0 e 2 5 0");
      pass(1);
      server.lose(key);
      assertThat(one.isAskedForAll()).as("key %d", key).isTrue();
    }
  }

  @Test
  void aNewProcessThatFindsALostStoreDoesNotStartItWhileOthersKnowBetter() {
    server.upForLong();
    Caller old = new Caller("old");
    old.use(10);
    server.restartEmpty();
    server.upForLong();
    Caller fresh = new Caller("fresh");
    fresh.startsUnused = false;
    assertThat(fresh.ask(1, 0).interactive()).isZero();
    pass(HEARTBEAT);
    assertThat(old.isAskedForAll()).isTrue();
    old.memory = "d 1 200000 d 1 200000 d 1 200000 d 1 200000 d 1 200000 d 1 200000 d 1 200000";
    old.members = "old gone";
    old.ask(0, 0);
    pass(SECOND);
    assertThat(fresh.ask(1, 0).interactive()).as("one is still awaited").isZero();
    pass(WINDOW + LEASE);
    assertThat(fresh.ask(1, 0).interactive()).isOne();
  }

  @Test
  void standbyIsKeptForAProcessUntilItKnowsOfLess() {
    Caller one = new Caller("one");
    Caller two = new Caller("two");
    one.shares = -1;
    two.shares = -1;
    StoreReply first = one.ask(1, 0);
    assertThat(first.standby()).isEqualTo(4);
    assertThat(two.ask(20, 0).interactive()).as("all but the standby of one").isEqualTo(5);
    int before = one.standby;
    StoreReply less = one.ask(0, 0);
    assertThat(less.standby()).isLessThan(before);
    assertThat(two.ask(20, 0).interactive()).as("the reply to one may be lost").isZero();
    one.ask(0, 0);
    assertThat(two.ask(20, 0).interactive()).isPositive();
  }

  @Test
  void standbyAndPlacesAreNeverMoreThanTheQuota() {
    java.util.Random random = new java.util.Random(5);
    Caller[] processes = new Caller[4];
    for (int i = 0; i < 4; i++) {
      processes[i] = new Caller("p" + i);
      processes[i].shares = -1;
      processes[i].calls = 40;
    }
    for (int step = 0; step < 200; step++) {
      Caller process = processes[random.nextInt(4)];
      long first = process.next;
      StoreReply reply = process.ask(random.nextInt(3), random.nextInt(3));
      for (int i = 0; i < reply.interactive(); i++) {
        process.ask(0, 0, "e 1 " + (first + i) + " 0");
      }
      pass(random.nextInt(600_000));
      int promised = 0;
      for (Caller each : processes) {
        promised += each.standby;
      }
      assertThat(server.held() + promised).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void aClockThatIsSetBackFreesNothing() {
    Caller one = new Caller("one");
    one.use(10);
    pass(SECOND);
    one.ask(0, 0);
    pass(-3600 * SECOND);
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(WINDOW - SECOND - 1);
    assertThat(one.ask(1, 0).interactive()).isZero();
    pass(1);
    assertThat(one.ask(1, 0).interactive()).isOne();
  }

  @Test
  void aWholeQuotaTakesFewBytes() {
    Caller one = new Caller("one");
    one.calls = 1200;
    for (int i = 0; i < 1200; i++) {
      one.ask(1, 0, "e 1 " + (one.next - 1) + " 0");
      pass(1000);
    }
    assertThat(server.held()).isEqualTo(1200);
    assertThat(server.memory()).isLessThan(20_000);
  }
}
