package dev.allowflux.reactor.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.DescendingCursor;
import dev.allowflux.internal.paging.PageRequest;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

@Timeout(240)
class CompleteTraversalTest {

  private static final AccountId ACCOUNT = new AccountId("account");
  private static final int PER_PAGE = 50;
  private static final int MAX_HELD = 40;

  /** Calls before the first page: the oldest page, which tells the total. */
  private static final int OPENING = 1;

  /** An account of policies that were created an hour apart; remembers what was asked. */
  private static class Account {

    final int total;
    final List<Integer> asked = new ArrayList<>();
    int inFlight;
    int mostInFlight;

    Account(int total) {
      this.total = total;
    }

    Mono<ApiResult<PageBody>> page(PageRequest request) {
      int page = request.page();
      int perPage = request.perPage();
      return Mono.defer(
          () -> {
            asked.add(page);
            return answer(page, perPage);
          });
    }

    Mono<ApiResult<PageBody>> answer(int page, int perPage) {
      return Mono.just(body(page, perPage));
    }

    ApiResult<PageBody> body(int page, int perPage) {
      int from = Math.min(total, (page - 1) * perPage);
      List<AllowPolicy> policies =
          IntStream.range(from, Math.min(total, from + perPage))
              .mapToObj(CompleteTraversalTest::policy)
              .toList();
      return new ApiResult<>(
          new PageBody(policies, (long) policies.size(), (long) page, (long) perPage, (long) total),
          200,
          List.of(),
          null,
          null);
    }

    Flux<Page> pages(int readAhead) {
      return CompleteTraversal.pages(
          () -> DescendingCursor.first(ACCOUNT, AllowPolicyFilter.all(), PER_PAGE),
          readAhead,
          MAX_HELD,
          this::nanoTime,
          this::page);
    }

    /** A millisecond passes with each call, whatever the machine does. */
    long nanoTime() {
      return TimeUnit.MILLISECONDS.toNanos(asked.size());
    }
  }

  /** Responds when the test says so, to the oldest open request or to any. */
  private static class ManualAccount extends Account {

    private record Open(Sinks.One<ApiResult<PageBody>> sink, ApiResult<PageBody> body) {}

    final List<Open> open = new ArrayList<>();
    int cancelled;

    ManualAccount(int total) {
      super(total);
    }

    @Override
    Mono<ApiResult<PageBody>> answer(int page, int perPage) {
      Sinks.One<ApiResult<PageBody>> sink = Sinks.one();
      open.add(new Open(sink, body(page, perPage)));
      inFlight++;
      mostInFlight = Math.max(mostInFlight, inFlight);
      return sink.asMono()
          .doOnCancel(
              () -> {
                cancelled++;
                inFlight--;
              });
    }

    boolean answerNow() {
      return answerNow(0);
    }

    boolean answerNow(int index) {
      if (open.isEmpty()) {
        return false;
      }
      Open next = open.remove(index);
      inFlight--;
      next.sink.tryEmitValue(next.body).orThrow();
      return true;
    }
  }

  private static AllowPolicy policy(int number) {
    return AllowPolicy.builder()
        .id(new PolicyId("p" + number))
        .createdAt(Instant.EPOCH.plusSeconds(number * 3600L))
        .build();
  }

  private static List<String> newestFirst(int total) {
    return IntStream.range(0, total).mapToObj(i -> "p" + (total - 1 - i)).toList();
  }

  @ParameterizedTest
  @CsvSource({
    // demand, read-ahead, calls
    "0, 0, 0",
    "0, 1, 0",
    "0, 8, 0",
    "1, 0, 1",
    "1, 1, 2",
    "2, 0, 2",
    "2, 1, 3",
    "5, 0, 5",
    "5, 1, 6"
  })
  void demandForPagesFetchesThemAndTheReadAhead(int demand, int readAhead, int calls) {
    Account account = new Account(40 * PER_PAGE);
    TestSubscriber<Page> subscriber = TestSubscriber.builder().initialRequest(demand).build();
    account.pages(readAhead).subscribe(subscriber);
    assertThat(subscriber.getReceivedOnNext()).hasSize(demand);
    assertThat(account.asked).hasSize(calls + (demand > 0 ? OPENING : 0));
    subscriber.cancel();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8})
  void everyPolicyComesOnceNewestFirst(int readAhead) {
    for (int total : new int[] {0, 1, 49, 50, 51, 100, 101, 40 * PER_PAGE + 7}) {
      Account account = new Account(total);
      StepVerifier.create(
              account
                  .pages(readAhead)
                  .concatMapIterable(Page::policies)
                  .map(policy -> policy.id().value())
                  .collectList())
          .assertNext(ids -> assertThat(ids).isEqualTo(newestFirst(total)))
          .expectComplete()
          .verify(Duration.ofSeconds(10));
    }
  }

  @Test
  void anEmptyAccountGivesOnePageWithoutPolicies() {
    StepVerifier.create(new Account(0).pages(1))
        .assertNext(
            page -> {
              assertThat(page.policies()).isEmpty();
              assertThat(page.report().expected()).isZero();
              assertThat(page.report().complete()).isTrue();
            })
        .expectComplete()
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void theLastPageCompletesTheTraversalWithoutFurtherDemand() {
    TestSubscriber<Page> subscriber = TestSubscriber.builder().initialRequest(1).build();
    new Account(20).pages(1).subscribe(subscriber);
    assertThat(subscriber.isTerminatedComplete()).isTrue();
  }

  @Test
  void eachSubscriptionStartsAnew() {
    Account account = new Account(120);
    Flux<Page> pages = account.pages(1);
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(pages.concatMapIterable(Page::policies))
          .expectNextCount(120)
          .expectComplete()
          .verify(Duration.ofSeconds(10));
    }
    int calls = account.asked.size() / 2;
    assertThat(account.asked.subList(0, calls)).isEqualTo(account.asked.subList(calls, 2 * calls));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1, 8", "5, 3", "20, 8"})
  void noMorePagesAreReadThanAreDemandedAndReadAhead(int demand, int readAhead) {
    Account account = new Account(100 * PER_PAGE);
    TestSubscriber<Page> subscriber = TestSubscriber.builder().initialRequest(demand).build();
    account.pages(readAhead).subscribe(subscriber);
    assertThat(subscriber.getReceivedOnNext()).hasSize(demand);
    long fences = account.asked.stream().filter(page -> page > 100).count();
    assertThat(account.asked.size() - fences).isLessThanOrEqualTo(OPENING + demand + readAhead);
    subscriber.cancel();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "5, 5", "8, 8"})
  void callsInFlightAreAsManyAsTheReadAheadAndAtLeastOne(int readAhead, int inFlight) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ManualAccount account = new ManualAccount(200 * PER_PAGE);
    TestSubscriber<Page> subscriber = TestSubscriber.create();
    account.pages(readAhead).subscribe(subscriber);
    while (!account.open.isEmpty()) {
      account.answerNow(random.nextInt(account.open.size()));
    }
    assertThat(account.mostInFlight).as("seed " + seed).isEqualTo(inFlight);
    assertThat(subscriber.isTerminatedComplete()).as("seed " + seed).isTrue();
    assertThat(
            subscriber.getReceivedOnNext().stream()
                .flatMap(page -> page.policies().stream())
                .map(policy -> policy.id().value()))
        .as("seed " + seed)
        .containsExactlyElementsOf(newestFirst(200 * PER_PAGE));
  }

  @Test
  void demandThatIsRenewedInSmallStepsCostsNoTime() {
    int unbounded = roundsOf300Pages(pages -> pages);
    assertThat(unbounded).isBetween(40, 47);
    assertThat(roundsOf300Pages(pages -> pages.limitRate(64, 8))).isEqualTo(unbounded);
    assertThat(roundsOf300Pages(pages -> pages.limitRate(32))).isGreaterThan(unbounded);
  }

  /** How often all open requests are answered, and 100 ms pass, until everything is read. */
  private static int roundsOf300Pages(UnaryOperator<Flux<Page>> demand) {
    AtomicInteger rounds = new AtomicInteger();
    ManualAccount account =
        new ManualAccount(300 * PER_PAGE) {
          @Override
          long nanoTime() {
            return TimeUnit.MILLISECONDS.toNanos(100L * rounds.get());
          }
        };
    TestSubscriber<Page> subscriber = TestSubscriber.create();
    demand.apply(account.pages(8)).subscribe(subscriber);
    while (!account.open.isEmpty()) {
      rounds.incrementAndGet();
      for (int i = account.open.size(); i > 0; i--) {
        account.answerNow();
      }
    }
    assertThat(subscriber.isTerminatedComplete()).isTrue();
    return rounds.get();
  }

  @Test
  void aSlowConsumerHoldsOnePageAheadAtMost() {
    ManualAccount account = new ManualAccount(40 * PER_PAGE);
    TestSubscriber<Page> subscriber = TestSubscriber.builder().initialRequest(1).build();
    account.pages(1).subscribe(subscriber);
    while (account.answerNow()) {
      assertThat(account.asked).hasSizeLessThanOrEqualTo(OPENING + 2);
    }
    assertThat(account.asked).hasSize(OPENING + 2);
    assertThat(subscriber.getReceivedOnNext()).hasSize(1);
    subscriber.request(1);
    assertThat(subscriber.getReceivedOnNext()).hasSize(2);
    assertThat(account.asked).hasSize(OPENING + 3);
    subscriber.cancel();
  }

  @Test
  void aFailureOfAPageThatWasReadAheadCountsOnlyWhenItsTurnComes() {
    Account account =
        new Account(200 * PER_PAGE) {
          int failures;

          @Override
          Mono<ApiResult<PageBody>> answer(int page, int perPage) {
            return page == 100 && failures++ == 0
                ? Mono.error(new IllegalStateException("once"))
                : super.answer(page, perPage);
          }
        };
    StepVerifier.create(account.pages(8).concatMapIterable(Page::policies))
        .expectNextCount(200 * PER_PAGE)
        .expectComplete()
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void cancelStopsAllCallsInFlight() {
    ManualAccount account = new ManualAccount(200 * PER_PAGE);
    TestSubscriber<Page> subscriber = TestSubscriber.create();
    account.pages(8).subscribe(subscriber);
    while (account.inFlight < 8) {
      assertThat(account.answerNow()).isTrue();
    }
    int asked = account.asked.size();
    subscriber.cancel();
    assertThat(account.cancelled).isEqualTo(8);
    assertThat(account.inFlight).isZero();
    assertThat(account.asked).hasSize(asked);
  }

  @Test
  void cancelStopsTheCallInFlightWhereverItIs() {
    for (int answers = 0; answers < 10; answers++) {
      ManualAccount account = new ManualAccount(40 * PER_PAGE);
      TestSubscriber<Page> subscriber = TestSubscriber.create();
      account.pages(1).subscribe(subscriber);
      for (int i = 0; i < answers; i++) {
        assertThat(account.answerNow()).isTrue();
      }
      subscriber.cancel();
      assertThat(account.cancelled).isEqualTo(1);
      assertThat(account.asked).hasSize(answers + 1);
    }
  }

  @Test
  void pagesBeforeAFailureComeOutFirst() {
    Account account =
        new Account(40 * PER_PAGE) {
          @Override
          Mono<ApiResult<PageBody>> answer(int page, int perPage) {
            return asked.size() == 5
                ? Mono.error(new IllegalStateException("call 5"))
                : super.answer(page, perPage);
          }
        };
    StepVerifier.create(account.pages(1))
        .expectNextCount(3)
        .expectErrorMessage("call 5")
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void randomDemandNeverAsksForMoreThanItNeedsAndTheReadAhead() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      int readAhead = random.nextInt(9);
      Account account = new Account(random.nextInt(20 * PER_PAGE));
      TestSubscriber<Page> subscriber = TestSubscriber.builder().initialRequest(0).build();
      account.pages(readAhead).subscribe(subscriber);
      int demand = 0;
      for (int i = 0; i < 8 && !subscriber.isTerminated(); i++) {
        int more = 1 + random.nextInt(4);
        subscriber.request(more);
        demand += more;
        // Fences ask for small pages: at most one for each page.
        assertThat(account.asked.size())
            .as("seed " + seed)
            .isLessThanOrEqualTo(
                OPENING + demand + readAhead + (readAhead > 1 ? demand + readAhead : 0));
        assertThat(subscriber.getReceivedOnNext().size())
            .as("seed " + seed)
            .isLessThanOrEqualTo(demand);
      }
      if (subscriber.isTerminatedComplete()) {
        assertThat(
                subscriber.getReceivedOnNext().stream()
                    .mapToInt(page -> page.policies().size())
                    .sum())
            .as("seed " + seed)
            .isEqualTo(account.total);
      }
      subscriber.cancel();
    }
  }
}
