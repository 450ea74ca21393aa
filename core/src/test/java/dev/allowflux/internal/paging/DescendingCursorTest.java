package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class DescendingCursorTest {
  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final int CASES = Boolean.getBoolean("allowflux.soak") ? 60_000 : 3_000;

  /** What one traversal came to. */
  private static final class Outcome {
    final List<PolicyId> delivered = new ArrayList<>();
    int reads;
    int resumed;
    @Nullable TraversalReport report;
  }

  @Test
  void aCompleteTraversalMissesNothingThatStaysWhateverChangesBetweenTwoReads() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    long missed = 0;
    long doubled = 0;
    long forwardMissed = 0;
    long policies = 0;
    long reads = 0;
    long resumed = 0;
    long unproven = 0;
    for (int i = 0; i < CASES; i++) {
      String name = "seed " + seed + ", case " + i;
      Random random = new Random(seed + i);
      ChangingAccount.Service service = ChangingAccount.Service.draw(random);
      ChangingAccount account = new ChangingAccount(random, service, random.nextInt(400));
      int most = random.nextInt(5) == 0 ? 0 : random.nextInt(25);
      // Small pages cannot overlap, and so promise nothing about what shows up late.
      int least = service.addsLate() ? 20 : 1;
      int perPage = least + random.nextInt(random.nextBoolean() ? 10 : 120);
      AllowPolicyFilter filter = filter(random);
      Set<PolicyId> before = account.ids();
      long countedAtFirst = account.size();
      Outcome outcome;
      try {
        outcome = traverse(random, account, filter, perPage, least, most);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(name + ", " + service, e);
      }
      TraversalReport report = outcome.report;
      assertThat(report).as(name).isNotNull();
      Set<PolicyId> distinct = new HashSet<>(outcome.delivered);
      doubled += outcome.delivered.size() - distinct.size();
      before.removeAll(account.gone());
      policies += before.size();
      before.removeIf(id -> !filter.matches(account.find(id)));
      before.removeAll(distinct);
      if (report.complete()) {
        missed += before.size();
        assertThat(before).as(name + ", missed, " + service).isEmpty();
      } else {
        unproven++;
        assertThat(most > 0 || !service.saysTotal()).as(name + ", a quiet account").isTrue();
      }
      assertThat(outcome.delivered).as(name + ", " + service).doesNotHaveDuplicates();
      assertThat(report.matched()).as(name).isEqualTo(outcome.delivered.size());
      assertThat(report.expected())
          .as(name)
          .isEqualTo(
              service.saysTotal() ? (Long) Math.max(0, countedAtFirst + service.totalOff()) : null);
      if (most == 0) {
        assertThat(report.seen()).as(name).isEqualTo(countedAtFirst);
        if (!service.shufflesTies()) {
          assertThat(report.drift())
              .as(name + report)
              .isEqualTo(
                  service.saysTotal()
                      && service.totalOff() != 0
                      && report.expected() != countedAtFirst);
        }
      }
      reads += outcome.reads;
      resumed += outcome.resumed;
      forwardMissed += missedByPlainLoop(new Random(seed + i), perPage, most);
    }
    assertThat(unproven).as("seed " + seed).isLessThan(CASES / 20);
    assertThat(forwardMissed).as("a plain loop must miss, or this proves nothing").isPositive();
    System.out.printf(
        "traversal: %d cases, %d policies that stayed, %d reads, %d times continued: complete"
            + " missed %d, twice %d (%d not proven complete, said so); plain forward loop missed"
            + " %d%n",
        CASES, policies, reads, resumed, missed, doubled, unproven, forwardMissed);
  }

  private static AllowPolicyFilter filter(Random random) {
    AllowPolicyFilter.Builder filter = AllowPolicyFilter.builder();
    if (random.nextInt(3) == 0) {
      filter.patternType(PatternType.DOMAIN);
    }
    if (random.nextInt(3) == 0) {
      filter.isTrustedSender(random.nextBoolean());
    }
    return filter.build();
  }

  private static Outcome traverse(
      Random random,
      ChangingAccount account,
      AllowPolicyFilter filter,
      int perPage,
      int least,
      int most) {
    Outcome outcome = new Outcome();
    DescendingCursor cursor = DescendingCursor.first(ACCOUNT, filter, perPage);
    Instant last = Instant.MAX;
    while (!cursor.ended()) {
      outcome.reads++;
      assertThat(outcome.reads).as("reads").isLessThan(20_000);
      Page page = cursor.next(account.read(cursor.request().page(), cursor.request().perPage()));
      account.change(most);
      if (page == null) {
        continue;
      }
      for (AllowPolicy policy : page.policies()) {
        assertThat(policy.createdAt()).isBeforeOrEqualTo(last);
        last = policy.createdAt();
        outcome.delivered.add(policy.id());
      }
      outcome.report = page.report();
      if (outcome.resumed < 5 && random.nextInt(10) == 0) {
        outcome.resumed++;
        for (int i = random.nextInt(10); i > 0; i--) {
          account.change(most);
        }
        String text = String.valueOf(page.position());
        TraversalPosition position = TraversalPosition.parse(text);
        assertThat(position).isEqualTo(page.position());
        cursor =
            DescendingCursor.from(
                ACCOUNT,
                filter,
                random.nextBoolean() ? perPage : least + random.nextInt(60),
                position);
      }
    }
    return outcome;
  }

  private static long missedByPlainLoop(Random random, int perPage, int most) {
    ChangingAccount account =
        new ChangingAccount(
            random,
            new ChangingAccount.Service(1000, false, true, true, 0, false, false),
            random.nextInt(400));
    Set<PolicyId> missed = account.ids();
    for (int page = 1; ; page++) {
      List<AllowPolicy> policies = account.read(page, perPage).value().policies();
      if (policies.isEmpty()) {
        missed.removeAll(account.gone());
        return missed.size();
      }
      policies.forEach(policy -> missed.remove(policy.id()));
      account.change(most);
    }
  }

  private static PolicyId id(int id) {
    return new PolicyId("p" + id);
  }

  private static AllowPolicy policy(int id, int second) {
    return AllowPolicy.builder().id(id(id)).createdAt(Instant.EPOCH.plusSeconds(second)).build();
  }

  /** So many policies, an hour apart. */
  private static List<AllowPolicy> policies(int count) {
    return IntStream.range(0, count).mapToObj(id -> policy(id, id * 3600)).toList();
  }

  private static ApiResult<PageBody> page(
      List<AllowPolicy> policies, DescendingCursor cursor, @Nullable Long total) {
    return page(
        policies, cursor, total, (cursor.request().page() - 1) * cursor.request().perPage());
  }

  private static ApiResult<PageBody> page(
      List<AllowPolicy> policies, DescendingCursor cursor, @Nullable Long total, int position) {
    int from = Math.min(policies.size(), position);
    return ChangingAccount.answer(
        policies.subList(from, Math.min(policies.size(), from + cursor.request().perPage())),
        cursor.request().page(),
        (long) cursor.request().perPage(),
        total);
  }

  private static DescendingCursor first(int perPage) {
    return DescendingCursor.first(ACCOUNT, AllowPolicyFilter.all(), perPage);
  }

  @Test
  void aQuietAccountTakesOneReadMoreThanItHasPages() {
    List<AllowPolicy> policies = policies(100_000);
    DescendingCursor cursor = first(1000);
    int reads = 0;
    Page last = null;
    while (!cursor.ended()) {
      reads++;
      last = cursor.next(page(policies, cursor, 100_000L));
    }
    assertThat(reads).isLessThanOrEqualTo(102);
    assertThat(last).isNotNull();
    assertThat(last.report())
        .isEqualTo(
            TraversalReport.builder()
                .expected(100_000L)
                .seen(100_000)
                .matched(100_000)
                .duplicates(last.report().duplicates())
                .pages(reads)
                .drift(false)
                .complete(true)
                .build());
  }

  @Test
  void aSmallAccountTakesOneRead() {
    for (int count : new int[] {0, 1, 49}) {
      DescendingCursor cursor = first(50);
      Page page = cursor.next(page(policies(count), cursor, (long) count));
      assertThat(page).isNotNull();
      assertThat(page.policies()).hasSize(count);
      assertThat(page.report())
          .isEqualTo(
              TraversalReport.builder()
                  .expected((long) count)
                  .seen(count)
                  .matched(count)
                  .duplicates(0)
                  .pages(1)
                  .drift(false)
                  .complete(true)
                  .build());
      assertThat(cursor.ended()).isTrue();
    }
  }

  @Test
  void theEndIsFoundInLogarithmicallyManyReadsWithoutATotal() {
    List<AllowPolicy> policies = policies(100_000);
    DescendingCursor cursor = first(1000);
    int reads = 1;
    while (cursor.next(page(policies, cursor, null)) == null) {
      reads++;
    }
    assertThat(reads).isLessThan(2 * 17);
  }

  @Test
  void aTraversalIsContinuedInLogarithmicallyManyReadsHoweverMuchWasDeleted() {
    List<AllowPolicy> policies = policies(100_000);
    DescendingCursor cursor = first(1000);
    Page page = null;
    for (int pages = 0; pages < 10; ) {
      page = cursor.next(page(policies, cursor, 100_000L));
      pages += page == null ? 0 : 1;
    }
    assertThat(page).isNotNull();
    TraversalPosition position = page.position();
    assertThat(position).isNotNull();
    for (int kept : new int[] {0, 1, 5_000, 40_000, 89_000}) {
      List<AllowPolicy> left = new ArrayList<>(policies.subList(90_000 - kept, 90_000));
      left.addAll(policies.subList(99_000, 100_000));
      DescendingCursor again =
          DescendingCursor.from(ACCOUNT, AllowPolicyFilter.all(), 1000, position);
      int reads = 1;
      Page next;
      while ((next = again.next(page(left, again, (long) left.size()))) == null) {
        reads++;
      }
      assertThat(reads).as(kept + " kept").isLessThan(2 * 17);
      assertThat(next.policies().isEmpty()).isEqualTo(kept == 0);
    }
  }

  @Test
  void anEndIsContinuedWithNothing() {
    DescendingCursor cursor = first(50);
    Page page = cursor.next(page(policies(3), cursor, 3L));
    assertThat(page).isNotNull();
    TraversalPosition position = page.position();
    assertThat(position).isNotNull();
    assertThat(
            DescendingCursor.from(
                    ACCOUNT,
                    AllowPolicyFilter.all(),
                    50,
                    TraversalPosition.parse(position.toString()))
                .ended())
        .isTrue();
  }

  @Test
  void aPageThatIsNotInTheOrderOfCreationIsRefused() {
    DescendingCursor cursor = first(50);
    List<AllowPolicy> wrong = List.of(policy(1, 5), policy(2, 4));
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> cursor.next(page(wrong, cursor, 2L)))
        .withMessageContaining("not in the order of creation");
  }

  @Test
  void aPageThatLostItsPoliciesIsReadAgainAndRefusedInTheEnd() {
    List<AllowPolicy> policies = policies(500);
    DescendingCursor cursor = first(50);
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(
            () -> {
              for (int reads = 0; reads < 100; reads++) {
                int page = cursor.request().page();
                cursor.next(
                    page == 5
                        ? ChangingAccount.answer(List.of(), 5, 50L, 500L)
                        : page(policies, cursor, 500L));
              }
            })
        .withMessageContaining("came with 0 of 50 policies");
  }

  /** Reads all of them a page after another, the pages of which some are others. */
  private static Set<PolicyId> read(
      List<AllowPolicy> policies, @Nullable Long total, IntUnaryOperator pageShown) {
    DescendingCursor cursor = first(50);
    Set<PolicyId> delivered = new HashSet<>();
    for (int reads = 0; !cursor.ended(); reads++) {
      assertThat(reads).as("reads").isLessThan(20_000);
      PageRequest request = cursor.request();
      int shown = pageShown.applyAsInt(request.page());
      int from = Math.min(policies.size(), (shown - 1) * request.perPage());
      Page page =
          cursor.next(
              ChangingAccount.answer(
                  policies.subList(from, Math.min(policies.size(), from + request.perPage())),
                  request.page(),
                  (long) request.perPage(),
                  total));
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
    }
    return delivered;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6})
  void aPageThatAnotherOneComesForIsReadAgainAndRefusedInTheEnd(int wrong) {
    List<AllowPolicy> policies = policies(500);
    for (int shown : new int[] {wrong - 1, wrong + 1}) {
      assertThatExceptionOfType(Malformed.class)
          .isThrownBy(() -> read(policies, 500L, page -> page == wrong ? shown : page))
          .withMessageContaining("repeats policies of another one");
    }
  }

  /** The page is the first one below the end, which is found again and again. */
  @Test
  void anOlderPageThatAlwaysComesForTheSecondOneFromTheEndIsRefusedInTheEnd() {
    List<AllowPolicy> policies = policies(510);
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> read(policies, 510L, page -> page == 10 ? 9 : page));
  }

  /** Others delete older policies all the time, fewer than a page holds. */
  @ParameterizedTest
  @CsvSource({"4, 3", "4, 5", "7, 6", "7, 8"})
  void aPageThatAnotherOneComesForIsNoticedWhileOlderPoliciesAreDeleted(int wrong, int shown) {
    List<AllowPolicy> policies = new ArrayList<>(policies(500));
    DescendingCursor cursor = first(50);
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(
            () -> {
              for (int reads = 0; !cursor.ended(); reads++) {
                if (reads < 20) {
                  policies.remove(0);
                }
                int page = cursor.request().page();
                int from = ((page == wrong ? shown : page) - 1) * cursor.request().perPage();
                cursor.next(page(policies, cursor, (long) policies.size(), from));
              }
            })
        .withMessageContaining("repeats policies of another one");
  }

  /** What is lost in one response comes when the page is read again. */
  @ParameterizedTest
  @CsvSource({"3, 0, true", "3, 0, false", "7, 49, true", "7, 49, false", "10, 30, true"})
  void aPageThatComesShortOnceCostsNoPolicies(int wrong, int length, boolean total) {
    List<AllowPolicy> policies = policies(500);
    DescendingCursor cursor = first(50);
    Set<PolicyId> delivered = new HashSet<>();
    boolean lost = false;
    while (!cursor.ended()) {
      ApiResult<PageBody> response = page(policies, cursor, total ? 500L : null);
      PageRequest request = cursor.request();
      List<AllowPolicy> all = response.value().policies();
      long from = (request.page() - 1L) * request.perPage();
      boolean holds = from <= wrong * 50 - 1 && wrong * 50 - 1 < from + all.size();
      // Not the first page, which is read for its size and total alone.
      if (!lost && holds && request.page() > 1 && all.size() > length) {
        lost = true;
        response =
            ChangingAccount.answer(
                all.subList(0, length),
                request.page(),
                (long) request.perPage(),
                total ? 500L : null);
      }
      Page page = cursor.next(response);
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
    }
    assertThat(lost).isTrue();
    assertThat(delivered).hasSize(500);
  }

  @Test
  void theEndOfAListWhoseTotalIsTooHighIsReadTwice() {
    List<AllowPolicy> policies = policies(500);
    DescendingCursor cursor = first(50);
    int reads = 0;
    while (!cursor.ended()) {
      cursor.next(page(policies, cursor, 530L));
      reads++;
    }
    assertThat(reads).isLessThanOrEqualTo(20);
  }

  @Test
  void aNewerPageThatComesOnceForAnotherCostsOneReadMore() {
    List<AllowPolicy> policies = policies(500);
    AtomicBoolean wrong = new AtomicBoolean(true);
    assertThat(read(policies, 500L, page -> page == 3 && wrong.getAndSet(false) ? 4 : page))
        .hasSize(500);
  }

  @Test
  void pagesThatAreOftenTakenForOthersEndWholeOrRefused() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    List<AllowPolicy> policies = policies(500);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      Random random = new Random(seed + i);
      try {
        assertThat(
                read(
                    policies,
                    500L,
                    page -> page > 1 && random.nextInt(10) < 3 ? page - random.nextInt(2) : page))
            .as("seed %d, case %d", seed, i)
            .size()
            .isEqualTo(500);
      } catch (Malformed e) {
        refused++;
      }
    }
    assertThat(refused).as("seed %d", seed).isPositive();
  }

  @Test
  void whatIsReplacedAtOnceIsNoRepeatedPage() {
    List<AllowPolicy> policies = new ArrayList<>(policies(500));
    DescendingCursor cursor = first(50);
    int reads = 0;
    Set<PolicyId> delivered = new HashSet<>();
    while (!cursor.ended()) {
      Page page = cursor.next(page(policies, cursor, 500L));
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
      if (++reads == 6) {
        // As many are created as are deleted, so that the total is as before.
        policies.subList(0, 100).clear();
        IntStream.range(500, 600).forEach(id -> policies.add(policy(id, id * 3600)));
      }
    }
    assertThat(delivered).hasSize(400);
  }

  @Test
  void aTotalThatIsNotOfNowMakesNoRepeatedPage() {
    List<AllowPolicy> policies = new ArrayList<>(policies(500));
    DescendingCursor cursor = first(50);
    Set<PolicyId> delivered = new HashSet<>();
    for (int reads = 0; !cursor.ended(); reads++) {
      if (reads == 6) {
        policies.subList(0, 100).clear();
      }
      Page page = cursor.next(page(policies, cursor, 500L));
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
    }
    assertThat(delivered).hasSize(400);
  }

  /** The service clamps the size of its pages, and reports what was requested. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 25, 49})
  void aServiceThatReportsALargerSizeThanItUsesIsReadWhole(int clamp) {
    List<AllowPolicy> policies = policies(500);
    DescendingCursor cursor = first(50);
    Set<PolicyId> delivered = new HashSet<>();
    while (!cursor.ended()) {
      PageRequest request = cursor.request();
      int size = Math.min(clamp, request.perPage());
      int from = Math.min(policies.size(), (request.page() - 1) * size);
      Page page =
          cursor.next(
              ChangingAccount.answer(
                  policies.subList(from, Math.min(policies.size(), from + size)),
                  request.page(),
                  (long) request.perPage(),
                  500L));
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
    }
    assertThat(delivered).hasSize(500);
  }

  /**
   * A page that seems to be capped at 19 could not overlap, so that one that shows up late hides.
   */
  @Test
  void aListThatGrowsWhileItIsOpenedIsNotTakenForOneOfShorterPages() {
    List<AllowPolicy> policies =
        new ArrayList<>(IntStream.range(0, 19).mapToObj(id -> policy(id, 10 * id)).toList());
    DescendingCursor cursor = first(20);
    Set<PolicyId> delivered = new HashSet<>();
    for (int reads = 1; !cursor.ended(); reads++) {
      PageRequest request = cursor.request();
      int from = Math.min(policies.size(), (request.page() - 1) * request.perPage());
      Page page =
          cursor.next(
              ChangingAccount.answer(
                  List.copyOf(
                      policies.subList(from, Math.min(policies.size(), from + request.perPage()))),
                  request.page(),
                  /* perPage= */ null,
                  (long) policies.size()));
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
      if (reads == 1) {
        IntStream.range(19, 22).forEach(id -> policies.add(policy(id, 10 * id)));
      } else if (reads == 3) {
        policies.add(18, policy(22, 175));
      }
    }
    assertThat(delivered)
        .containsAll(IntStream.range(0, 19).mapToObj(DescendingCursorTest::id).toList());
  }

  @Test
  void aTotalThatHappensToBeTheSizeThatTheServiceDoesNotSayHidesNothing() {
    ChangingAccount account =
        new ChangingAccount(
            new Random(1),
            new ChangingAccount.Service(12, false, false, true, -22, false, false),
            34);
    DescendingCursor cursor = first(50);
    Set<PolicyId> delivered = new HashSet<>();
    while (!cursor.ended()) {
      Page page = cursor.next(account.read(cursor.request().page(), cursor.request().perPage()));
      if (page != null) {
        page.policies().forEach(policy -> delivered.add(policy.id()));
      }
    }
    assertThat(delivered).isEqualTo(account.ids());
  }

  @Test
  void anEndThatGrowsBehindItIsNotTakenForALoss() {
    List<AllowPolicy> policies = policies(500);
    DescendingCursor cursor = first(50);
    int shortPages = 0;
    while (!cursor.ended()) {
      int page = cursor.request().page();
      boolean shrunk = page == 5 && shortPages < 20;
      // As if policies had come and gone between the reads: another end each time.
      int left = shrunk ? 200 + ++shortPages : 500;
      cursor.next(page(policies.subList(0, left), cursor, shrunk ? left + 300L : 500L));
    }
    assertThat(shortPages).isEqualTo(20);
  }

  @Test
  void moreTiesThanCanBeRememberedAreRefused() {
    List<AllowPolicy> policies =
        IntStream.range(0, TraversalPosition.MAX_TIED + 500).mapToObj(id -> policy(id, 7)).toList();
    DescendingCursor cursor = first(1000);
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(
            () -> {
              while (!cursor.ended()) {
                cursor.next(page(policies, cursor, (long) policies.size()));
              }
            })
        .withMessageContaining("more than 10000 policies were created at 1970-01-01T00:00:07Z");
  }

  @Test
  void whatTheServiceAloneCanDoIsRefused() {
    for (AllowPolicyFilter filter :
        List.of(
            AllowPolicyFilter.builder().search("x").build(),
            AllowPolicyFilter.builder().order(Order.PATTERN).build(),
            AllowPolicyFilter.builder().direction(AllowPolicyFilter.Direction.ASC).build())) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> DescendingCursor.first(ACCOUNT, filter, 50));
    }
  }
}
