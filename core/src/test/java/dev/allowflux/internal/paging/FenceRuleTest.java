package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.paging.FenceRule.Block;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.TraversalReport;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What several pages in flight cost and save relative to one page at a time, in virtual time. A
 * traversal that chance lets fall short of the third spends the calls already, so the bounds hold
 * for the sum of several traversals; what no traversal may exceed is held for each.
 */
@Timeout(1800)
class FenceRuleTest {

  private static final AccountId ACCOUNT = new AccountId("account");
  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");
  private static final int PER_PAGE = 50;

  /**
   * @param extraCalls fences and pages that were read twice
   */
  private record Cost(double seconds, int calls, long extraCalls) {}

  private static VirtualAccount account(Random random, int pages, double perSecond) {
    return new VirtualAccount(
        random,
        VirtualAccount.Service.PLAIN,
        pages * PER_PAGE,
        /* secondsApart= */ 3600,
        /* tiePercent= */ 0,
        perSecond,
        perSecond,
        /* latePercent= */ 0);
  }

  private static FencedCursor cursor(int inFlight) {
    return cursor(inFlight, /* maxHeld= */ 40);
  }

  private static FencedCursor cursor(int inFlight, int maxHeld) {
    DescendingCursor cursor = DescendingCursor.first(ACCOUNT, AllowPolicyFilter.all(), PER_PAGE);
    return FencedCursor.of(cursor, inFlight, maxHeld);
  }

  private static Cost read(long seed, int pages, double latency, double perSecond, int inFlight) {
    Random random = new Random(seed);
    VirtualTraversal traversal =
        new VirtualTraversal(
            random, account(random, pages, perSecond), latency * 0.8, latency * 1.2);
    traversal.read(cursor(inFlight), Integer.MAX_VALUE);
    return costOf(traversal);
  }

  private static Cost costOf(VirtualTraversal traversal) {
    TraversalReport report = traversal.report();
    return new Cost(
        traversal.now / 1e9, traversal.calls, report.fences() + report.pagesReadTwice());
  }

  @ParameterizedTest
  @CsvSource({
    "20, 0.1, 0",
    "20, 0.1, 0.3",
    "40, 0.1, 0",
    "40, 0.1, 0.5",
    "40, 0.1, 2",
    "40, 0.3, 10",
    "100, 0.1, 0",
    "100, 0.1, 0.1",
    "100, 0.1, 0.3",
    "100, 0.1, 1",
    "100, 0.1, 10",
    "100, 0.3, 3",
    "300, 0.1, 0",
    "300, 0.1, 0.03",
    "300, 0.1, 0.1",
    "300, 0.1, 0.3",
    "300, 0.1, 0.5",
    "300, 0.1, 0.7",
    "300, 0.1, 1",
    "300, 0.1, 1.5",
    "300, 0.1, 2",
    "300, 0.1, 3",
    "300, 0.1, 5",
    "300, 0.1, 10",
    "300, 0.3, 0",
    "300, 0.3, 0.1",
    "300, 0.3, 0.3",
    "300, 0.3, 0.5",
    "300, 0.3, 1",
    "300, 0.3, 3",
    "300, 0.3, 10",
    "1000, 0.1, 0",
    "1000, 0.1, 0.1",
    "1000, 0.1, 0.5",
    "1000, 0.1, 1",
    "1000, 0.1, 10",
    "1000, 0.3, 0.3"
  })
  void timeAndCallsStayWithinThePromise(int pages, double latency, double deletesPerSecond) {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    int runs = SOAK ? 400 : pages < 1000 ? 16 : 6;
    List<Cost> one = costs(seed, runs, pages, latency, deletesPerSecond, 1);
    List<Cost> several = costs(seed, runs, pages, latency, deletesPerSecond, 8);
    double time = one.stream().mapToDouble(Cost::seconds).sum() / runs;
    double calls = one.stream().mapToDouble(Cost::calls).sum() / runs;
    double ofTheTime = several.stream().mapToDouble(Cost::seconds).sum() / runs / time;
    double ofTheCalls = several.stream().mapToDouble(Cost::calls).sum() / runs / calls;
    double extra = several.stream().mapToDouble(Cost::extraCalls).sum() / runs / calls;
    double allowed = 0;
    for (Cost cost : several) {
      boolean isShort = cost.seconds() <= time / 3;
      allowed += (deletesPerSecond == 0 ? 1.05 : isShort ? 1.6 : 1.1) * calls + 4;
    }
    String name =
        String.format(
            "%d pages, %.1f s a page, %.2f deletes/s: %.2f of the time, %.3f of the calls, seed %d",
            pages, latency, deletesPerSecond, ofTheTime, ofTheCalls, seed);
    System.out.println("fenced traversal: " + name);
    assertThat(ofTheTime).as(name).isLessThan(1.1);
    assertThat(ofTheCalls * calls).as(name).isLessThanOrEqualTo(allowed / runs);
    assertThat(several).allMatch(cost -> cost.extraCalls() <= 0.6 * calls + 4, name);
    if (deletesPerSecond == 0 && pages >= 300) {
      assertThat(ofTheTime).as(name).isLessThan(0.2);
    }
    if (deletesPerSecond <= 0.1 && latency <= 0.1 && pages >= 300) {
      assertThat(ofTheTime).as("gain in a nearly quiet account, " + name).isLessThan(0.4);
    }
    if (deletesPerSecond * latency >= 1 && pages >= 100) {
      assertThat(extra).as("probing in a busy account, " + name).isLessThan(0.02);
    }
  }

  /** 300 pages with eight in flight take 38 rounds at least. */
  @ParameterizedTest
  @CsvSource({"40, 47", "30, 50", "24, 55", "16, 65"})
  void aQuietAccountOf300PagesTakesFewRoundsAndFewerInALargerHeap(int maxHeld, int rounds) {
    VirtualTraversal traversal =
        new VirtualTraversal(new Random(1), account(new Random(1), 300, 0), 0.1, 0.1);
    traversal.read(cursor(8, maxHeld), Integer.MAX_VALUE);
    assertThat(traversal.now / 100_000_000).isLessThanOrEqualTo(rounds);
    assertThat(traversal.calls).isLessThanOrEqualTo((int) (1.05 * 302 + 4));
    assertThat(traversal.report().seen()).isEqualTo(300 * PER_PAGE);
  }

  private static List<Cost> costs(
      long seed, int runs, int pages, double latency, double perSecond, int inFlight) {
    return IntStream.range(0, runs)
        .parallel()
        .mapToObj(i -> read(seed + i, pages, latency, perSecond, inFlight))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 3, 10})
  void anAccountThatGetsBusyMeanwhileCostsNoMoreThanItMay(double deletesPerSecond) {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    double seconds = 0;
    double oneByOne = 0;
    for (int i = 0; i < 20; i++) {
      Cost one = readGettingBusy(seed + i, deletesPerSecond, 1);
      Cost several = readGettingBusy(seed + i, deletesPerSecond, 8);
      seconds += several.seconds();
      oneByOne += one.seconds();
      assertThat((double) several.extraCalls())
          .as("seed %d", seed + i)
          .isLessThanOrEqualTo(0.6 * one.calls() + 4);
    }
    assertThat(seconds).as("seed %d", seed).isLessThan(1.1 * oneByOne);
  }

  private static Cost readGettingBusy(long seed, double deletesPerSecond, int inFlight) {
    Random random = new Random(seed);
    VirtualAccount account = account(random, 300, 0.3);
    account.getsBusy(3, deletesPerSecond);
    VirtualTraversal traversal = new VirtualTraversal(random, account, 0.1, 0.1);
    traversal.read(cursor(inFlight), Integer.MAX_VALUE);
    return costOf(traversal);
  }

  @Test
  void onePageIsReadAtATimeWhereNoMoreMayBeInFlight() {
    FenceRule rule = observed(new FenceRule(1, 32), 0);
    assertThat(rule.next(1000, 1000, 0)).isEqualTo(Block.SINGLE);
  }

  @Test
  void aQuietAccountIsReadInLargeBlocksAndOnWhileTheFenceIsUnderWay() {
    FenceRule rule = observed(new FenceRule(8, 32), 0);
    Block block = rule.next(1000, 1000, 0);
    assertThat(block.pages()).isGreaterThanOrEqualTo(16);
    assertThat(block.readOn()).as("seven are under way when it ends, seven follow").isEqualTo(14);
  }

  @Test
  void aBusyAccountIsReadOnePageAtATime() {
    FenceRule rule = observed(new FenceRule(8, 32), 100);
    assertThat(rule.next(1000, 1000, 0)).isEqualTo(Block.SINGLE);
  }

  @Test
  void noBlockIsLargerThanWhatIsLeftAllowedOrHeld() {
    FenceRule rule = observed(new FenceRule(8, 5), 0);
    assertThat(rule.next(1000, 1000, 0).pages()).isEqualTo(5);
    assertThat(rule.next(1000, 3, 0).pages()).isLessThanOrEqualTo(3);
    assertThat(rule.next(2, 1000, 0).pages()).isLessThanOrEqualTo(2);
  }

  @Test
  void noMorePagesAreReadOnThanAreLeftOrHeld() {
    for (int held = 2; held <= 48; held++) {
      FenceRule rule = observed(new FenceRule(8, held), 0);
      for (int left = 2; left <= 60; left++) {
        Block block = rule.next(left, 1000, 0);
        assertThat(block.pages() - 1 + block.readOn()).isLessThanOrEqualTo(held);
        assertThat(block.pages() + block.readOn()).isLessThanOrEqualTo(left);
      }
    }
  }

  private static FenceRule observed(FenceRule rule, int deletions) {
    for (int i = 0; i < 100; i++) {
      rule.responseTook(100);
      rule.observed(0, 100);
    }
    rule.observed(deletions, 100);
    return rule;
  }
}
