package dev.allowflux.internal.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** In which order waiting calls are served. */
class CallLineTest {

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final CallLine<Call> line = new CallLine<>();
  private long positions;

  private record Call(long position, boolean isBulk, boolean isAgain, String account, String job)
      implements CallLine.Member {}

  private Call interactive() {
    return added(new Call(positions++, false, false, "a", "j"));
  }

  private Call bulk(String account, String job) {
    return added(new Call(positions++, true, false, account, job));
  }

  private Call added(Call call) {
    line.add(call);
    return call;
  }

  private Call serve() {
    return line.serve(line.isTurnOfBulk());
  }

  private List<Call> serveAll() {
    List<Call> served = new ArrayList<>();
    while (!line.isEmpty()) {
      served.add(serve());
    }
    return served;
  }

  @Test
  void anInteractiveCallPassesTheBulkCallsThatWait() {
    Call first = bulk("a", "export");
    Call second = bulk("a", "export");
    Call get = interactive();
    assertThat(serveAll()).containsExactly(get, first, second);
  }

  @Test
  void ofTenInARowThatAreServedWhileBothWaitOneIsBulk() {
    for (int i = 0; i < 200; i++) {
      interactive();
      bulk("a", "export");
    }
    int inARow = 0;
    for (int i = 0; i < 200; i++) {
      inARow = serve().isBulk() ? 0 : inARow + 1;
      assertThat(inARow).isLessThanOrEqualTo(9);
    }
  }

  @Test
  void accountsAreServedInTurnHoweverManyCallsEachHasQueued() {
    for (int i = 0; i < 1_000; i++) {
      bulk("busy", "job" + i % 50);
    }
    List<Call> late = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      late.add(bulk("small", "export"));
    }
    List<Call> served = serveAll();
    for (int i = 0; i < late.size(); i++) {
      assertThat(served.indexOf(late.get(i))).isLessThanOrEqualTo(2 * i + 1);
    }
  }

  @Test
  void theJobsOfAnAccountAreServedInTurn() {
    for (int i = 0; i < 100; i++) {
      bulk("a", "first");
    }
    for (int i = 0; i < 100; i++) {
      bulk("a", "second");
    }
    Map<String, Integer> served = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      served.merge(serve().job(), 1, Integer::sum);
      int ofFirst = served.getOrDefault("first", 0);
      assertThat(ofFirst - served.getOrDefault("second", 0)).isBetween(-1, 1);
    }
  }

  @Test
  void aJobThatAsksForOnePageAtATimeIsNotPassedByOneThatQueuesAll() {
    for (int i = 0; i < 100; i++) {
      bulk("a", "queues all");
    }
    int ofSlow = 0;
    bulk("a", "page by page");
    for (int i = 0; i < 100; i++) {
      if (serve().job().equals("page by page")) {
        ofSlow++;
        bulk("a", "page by page");
      }
    }
    assertThat(ofSlow).isEqualTo(50);
  }

  @Test
  void aBulkCallWhosePermitWasCalledBackComesBeforeTheOtherBulkCalls() {
    Call other = bulk("a", "j");
    Call again = added(new Call(positions++, true, true, "b", "j"));
    assertThat(serveAll()).containsExactly(again, other);
  }

  /** Adds and removes at random, and compares with the calls that must be there. */
  @Test
  void nothingIsLostAndTheForetoldOrderIsTheOrderOfService() {
    List<Call> there = new ArrayList<>();
    for (int round = 0; round < 20_000; round++) {
      int dice = random.nextInt(10);
      if (dice < 5) {
        Call call =
            new Call(
                positions++,
                random.nextInt(3) > 0,
                random.nextInt(10) == 0,
                "a" + random.nextInt(4),
                "j" + random.nextInt(3));
        line.add(call);
        there.add(call);
      } else if (dice < 7 && !there.isEmpty()) {
        Call gone = there.remove(random.nextInt(there.size()));
        assertThat(line.remove(gone)).as("seed " + seed).isTrue();
        assertThat(line.remove(gone)).as("seed " + seed).isFalse();
      } else if (!there.isEmpty()) {
        boolean bulk = line.isTurnOfBulk();
        Call first = line.first(bulk);
        assertThat(serve()).as("seed " + seed).isEqualTo(first).isIn(there);
        there.remove(first);
      }
      assertThat(line.size()).as("seed " + seed).isEqualTo(there.size());
    }
    for (boolean bulk : new boolean[] {false, true}) {
      List<Call> foretold = line.inOrder(bulk);
      List<Call> served = new ArrayList<>();
      while (line.first(bulk) != null) {
        served.add(line.serve(bulk));
      }
      assertThat(served).as("bulk " + bulk + ", seed " + seed).isEqualTo(foretold);
    }
  }

  /** A call is refused at once if its wait cannot end in time, so the bound must never be high. */
  @Test
  void noCallIsServedBeforeAsManyOthersAsWereSaidToBeAhead() {
    for (int round = 0; round < 300; round++) {
      CallLine<Call> tried = new CallLine<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        tried.add(random(random.nextInt(3) > 0));
      }
      for (int i = random.nextInt(20); i > 0 && !tried.isEmpty(); i--) {
        tried.serve(tried.isTurnOfBulk());
      }
      Call call = random(random.nextBoolean());
      int ahead = tried.ahead(call);
      tried.add(call);
      int before = 0;
      while (!tried.serve(tried.isTurnOfBulk()).equals(call)) {
        before++;
      }
      assertThat(ahead).as("seed " + seed).isLessThanOrEqualTo(before);
    }
  }

  private Call random(boolean bulk) {
    return new Call(positions++, bulk, false, "a" + random.nextInt(4), "j" + random.nextInt(3));
  }
}
