package dev.allowflux.reactor.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.PageCursor;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
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
class ForwardTraversalTest {

  private static final AccountId ACCOUNT = new AccountId("account");
  private static final int PER_PAGE = 50;

  /** A listing of {@code total} policies that answers at once and remembers what was asked. */
  private static class Listing {

    final List<Integer> asked = new ArrayList<>();
    final int total;
    final @Nullable Long reported;
    int inFlight;
    int mostInFlight;

    Listing(int total) {
      this(total, (long) total);
    }

    Listing(int total, @Nullable Long reported) {
      this.total = total;
      this.reported = reported;
    }

    Mono<ApiResult<PageBody>> page(int number) {
      return Mono.defer(
          () -> {
            asked.add(number);
            return answer(number);
          });
    }

    Mono<ApiResult<PageBody>> answer(int number) {
      return Mono.just(body(number));
    }

    ApiResult<PageBody> body(int number) {
      int from = (number - 1) * PER_PAGE;
      List<AllowPolicy> policies =
          IntStream.range(from, Math.max(from, Math.min(total, from + PER_PAGE)))
              .mapToObj(ForwardTraversalTest::policy)
              .toList();
      return new ApiResult<>(
          new PageBody(policies, (long) policies.size(), (long) number, (long) PER_PAGE, reported),
          200,
          List.of(),
          null,
          null);
    }

    Flux<ApiResult<Page>> pages(int readAhead) {
      return pages(readAhead, true);
    }

    Flux<ApiResult<Page>> pages(int readAhead, boolean totalIsExact) {
      return ForwardTraversal.pages(
          PageCursor.first(ACCOUNT, PER_PAGE, totalIsExact), readAhead, this::page);
    }

    Flux<AllowPolicy> policies(int readAhead) {
      return policies(readAhead, true);
    }

    Flux<AllowPolicy> policies(int readAhead, boolean totalIsExact) {
      return ForwardTraversal.policies(
          PageCursor.first(ACCOUNT, PER_PAGE, totalIsExact), readAhead, this::page, page -> {});
    }
  }

  /** Answers when the test says so, in any order. */
  private static final class ManualListing extends Listing {

    final TreeMap<Integer, Sinks.One<ApiResult<PageBody>>> open = new TreeMap<>();
    int cancelled;

    ManualListing(int total) {
      super(total);
    }

    @Override
    Mono<ApiResult<PageBody>> answer(int number) {
      Sinks.One<ApiResult<PageBody>> sink = Sinks.one();
      open.put(number, sink);
      inFlight++;
      mostInFlight = Math.max(mostInFlight, inFlight);
      return sink.asMono()
          .doOnCancel(
              () -> {
                cancelled++;
                inFlight--;
              });
    }

    void answerNow(int number) {
      Sinks.One<ApiResult<PageBody>> sink = open.remove(number);
      assertThat(sink).as("page " + number + " was asked for").isNotNull();
      inFlight--;
      sink.tryEmitValue(body(number)).orThrow();
    }

    void failNow(int number) {
      Sinks.One<ApiResult<PageBody>> sink = open.remove(number);
      inFlight--;
      sink.tryEmitError(new IllegalStateException("page " + number)).orThrow();
    }
  }

  private static AllowPolicy policy(int number) {
    return AllowPolicy.builder().id(new PolicyId("p" + number)).createdAt(Instant.EPOCH).build();
  }

  private static List<Integer> numbers(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({
    // demand, read-ahead, pages asked for
    "0, 0, 0",
    "1, 0, 1",
    "49, 0, 1",
    "50, 0, 1",
    "51, 0, 2",
    "100, 0, 2",
    "101, 0, 3",
    "0, 1, 0",
    "1, 1, 1",
    "24, 1, 1",
    "25, 1, 2",
    "50, 1, 2",
    "51, 1, 2",
    "74, 1, 2",
    "75, 1, 3",
    "100, 1, 3",
    "101, 1, 3",
    "0, 8, 0",
    "1, 8, 1",
    "24, 8, 1",
    "25, 8, 9",
    "50, 8, 9",
    "51, 8, 9",
    "75, 8, 10"
  })
  void demandForPoliciesFetchesTheirPagesAndHalfWayTheReadAhead(
      int demand, int readAhead, int pages) {
    Listing listing = new Listing(40 * PER_PAGE);
    TestSubscriber<AllowPolicy> subscriber =
        TestSubscriber.builder().initialRequest(demand).build();
    listing.policies(readAhead).subscribe(subscriber);
    assertThat(subscriber.getReceivedOnNext()).hasSize(demand);
    assertThat(listing.asked).isEqualTo(numbers(pages));
    subscriber.cancel();
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "1, 0, 1", "2, 0, 2", "0, 1, 0", "1, 1, 2", "3, 1, 4", "1, 3, 4"})
  void demandForPagesFetchesThemAndTheReadAhead(int demand, int readAhead, int pages) {
    Listing listing = new Listing(40 * PER_PAGE);
    TestSubscriber<ApiResult<Page>> subscriber =
        TestSubscriber.builder().initialRequest(demand).build();
    listing.pages(readAhead).subscribe(subscriber);
    assertThat(subscriber.getReceivedOnNext()).hasSize(demand);
    assertThat(listing.asked).isEqualTo(numbers(pages));
    subscriber.cancel();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 8})
  void everyPolicyComesOnceAndInOrder(int readAhead) {
    for (int total : new int[] {0, 1, 49, 50, 51, 100, 101, 40 * PER_PAGE + 7}) {
      Listing listing = new Listing(total);
      StepVerifier.create(
              listing.policies(readAhead).map(policy -> policy.id().value()).collectList())
          .assertNext(
              ids ->
                  assertThat(ids)
                      .isEqualTo(IntStream.range(0, total).mapToObj(i -> "p" + i).toList()))
          .expectComplete()
          .verify(Duration.ofSeconds(10));
      assertThat(listing.asked).isEqualTo(numbers(total / PER_PAGE + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 24, 25})
  void whoTakesNoMoreThanHalfOfAPageCostsOneCall(int taken) {
    Listing listing = new Listing(40 * PER_PAGE);
    StepVerifier.create(listing.policies(8).take(taken))
        .expectNextCount(taken)
        .expectComplete()
        .verify(Duration.ofSeconds(10));
    assertThat(listing.asked).containsExactly(1);
  }

  @Test
  void whoTakesOnePageCostsOneCall() {
    Listing listing = new Listing(40 * PER_PAGE);
    StepVerifier.create(listing.pages(8).take(1))
        .expectNextCount(1)
        .expectComplete()
        .verify(Duration.ofSeconds(10));
    assertThat(listing.asked).containsExactly(1);
  }

  @Test
  void theLastPolicyCompletesTheListingWithoutFurtherDemand() {
    Listing listing = new Listing(70);
    TestSubscriber<AllowPolicy> subscriber = TestSubscriber.builder().initialRequest(70).build();
    listing.policies(1).subscribe(subscriber);
    assertThat(subscriber.isTerminatedComplete()).isTrue();
  }

  @Test
  void eachSubscriptionStartsAnew() {
    Listing listing = new Listing(120);
    Flux<AllowPolicy> policies = listing.policies(1);
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(policies).expectNextCount(120).expectComplete().verify();
    }
    assertThat(listing.asked).containsExactly(1, 2, 3, 1, 2, 3);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "4, 4", "8, 8"})
  void callsInFlightAreAsManyAsTheReadAheadAndAtLeastOne(int readAhead, int inFlight) {
    ManualListing listing = new ManualListing(40 * PER_PAGE);
    TestSubscriber<AllowPolicy> subscriber = TestSubscriber.create();
    listing.policies(readAhead).subscribe(subscriber);
    assertThat(listing.asked).containsExactly(1);
    while (!listing.open.isEmpty()) {
      listing.answerNow(listing.open.firstKey());
    }
    assertThat(listing.mostInFlight).isEqualTo(inFlight);
    assertThat(subscriber.getReceivedOnNext()).hasSize(40 * PER_PAGE);
  }

  @Test
  void answersOutOfOrderComeOutInOrder() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ManualListing listing = new ManualListing(40 * PER_PAGE);
    TestSubscriber<AllowPolicy> subscriber = TestSubscriber.create();
    listing.policies(8).subscribe(subscriber);
    while (!listing.open.isEmpty()) {
      List<Integer> open = new ArrayList<>(listing.open.keySet());
      listing.answerNow(open.get(random.nextInt(open.size())));
    }
    assertThat(subscriber.getReceivedOnNext())
        .as("seed " + seed)
        .extracting(policy -> policy.id().value())
        .isEqualTo(IntStream.range(0, 40 * PER_PAGE).mapToObj(i -> "p" + i).toList());
    assertThat(subscriber.isTerminatedComplete()).as("seed " + seed).isTrue();
  }

  @Test
  void aSlowConsumerHoldsNoMorePagesThanTheReadAhead() {
    ManualListing listing = new ManualListing(40 * PER_PAGE);
    TestSubscriber<AllowPolicy> subscriber =
        TestSubscriber.builder().initialRequest(PER_PAGE / 2).build();
    listing.policies(4).subscribe(subscriber);
    listing.answerNow(1);
    for (int page = 2; page <= 5; page++) {
      listing.answerNow(page);
    }
    assertThat(listing.asked).isEqualTo(numbers(5));
    assertThat(listing.open).isEmpty();
    subscriber.cancel();
  }

  @Test
  void cancelStopsTheCallsInFlight() {
    ManualListing listing = new ManualListing(40 * PER_PAGE);
    TestSubscriber<AllowPolicy> subscriber = TestSubscriber.create();
    listing.policies(8).subscribe(subscriber);
    listing.answerNow(1);
    assertThat(listing.inFlight).isEqualTo(8);
    subscriber.cancel();
    assertThat(listing.inFlight).isZero();
    assertThat(listing.cancelled).isEqualTo(8);
  }

  @Test
  void pagesBeforeAFailureComeOutFirst() {
    ManualListing listing = new ManualListing(40 * PER_PAGE);
    TestSubscriber<AllowPolicy> subscriber = TestSubscriber.create();
    listing.policies(4).subscribe(subscriber);
    listing.answerNow(1);
    listing.failNow(3);
    assertThat(subscriber.isTerminated()).isFalse();
    listing.answerNow(2);
    assertThat(subscriber.getReceivedOnNext()).hasSize(2 * PER_PAGE);
    assertThat(subscriber.expectTerminalError()).hasMessage("page 3");
    assertThat(listing.inFlight).isZero();
  }

  @Test
  void aFailureBeyondTheEndIsNotAFailureOfTheListing() {
    ManualListing listing = new ManualListing(PER_PAGE + 1);
    TestSubscriber<ApiResult<Page>> subscriber = TestSubscriber.create();
    listing.pages(8, false).subscribe(subscriber);
    listing.answerNow(1);
    assertThat(listing.asked).containsExactly(1, 2);
    listing.answerNow(2);
    assertThat(subscriber.isTerminatedComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 8})
  void aTotalThatCountsTooMuchCostsNoEmptyPageAndOneThatCountsTooLittleCutsNothing(int readAhead) {
    for (Long reported : new Long[] {null, 0L, 10L, 4_000L}) {
      Listing listing = new Listing(7 * PER_PAGE + 3, reported);
      StepVerifier.create(listing.policies(readAhead, false))
          .expectNextCount(7 * PER_PAGE + 3)
          .expectComplete()
          .verify(Duration.ofSeconds(10));
      assertThat(listing.asked).isEqualTo(numbers(8));
    }
  }

  @Test
  void readAheadUnderAFilterGrowsWithThePagesThatWereThere() {
    ManualListing listing = new ManualListing(40 * PER_PAGE);
    TestSubscriber<ApiResult<Page>> subscriber = TestSubscriber.create();
    listing.pages(8, false).subscribe(subscriber);
    List<Integer> asked = new ArrayList<>();
    for (int page = 1; page <= 6; page++) {
      listing.answerNow(page);
      asked.add(listing.asked.size());
    }
    assertThat(asked).containsExactly(2, 4, 6, 8, 10, 12);
    subscriber.cancel();
  }

  @Test
  void aPageThatCameEmptyInTheMiddleIsAnErrorAndNoShortListing() {
    for (int readAhead : new int[] {0, 1, 4}) {
      Listing listing =
          new Listing(10 * PER_PAGE) {
            @Override
            ApiResult<PageBody> body(int number) {
              ApiResult<PageBody> whole = super.body(number);
              PageBody body = whole.value();
              return number != 3
                  ? whole
                  : whole.withValue(
                      new PageBody(List.of(), 0L, 3L, body.perPage(), body.totalCount()));
            }
          };
      StepVerifier.create(listing.policies(readAhead))
          .expectNextCount(2 * PER_PAGE)
          .expectErrorMatches(
              failure ->
                  failure instanceof Malformed
                      && failure.getMessage().contains("page 3 came empty"))
          .verify(Duration.ofSeconds(10));
    }
  }

  @Test
  void aTotalThatCountsTooMuchCostsOneRequestBehindAnEmptyPageAndBehindAShortOne() {
    Listing full = new Listing(PER_PAGE, 4_000L);
    StepVerifier.create(full.policies(0))
        .expectNextCount(PER_PAGE)
        .expectComplete()
        .verify(Duration.ofSeconds(10));
    assertThat(full.asked).containsExactly(1, 2, 3);
    Listing more = new Listing(PER_PAGE + 3, 4_000L);
    StepVerifier.create(more.policies(0))
        .expectNextCount(PER_PAGE + 3)
        .expectComplete()
        .verify(Duration.ofSeconds(10));
    assertThat(more.asked).containsExactly(1, 2, 3);
  }

  @Test
  void aRepeatedPageEndsInAnError() {
    Listing listing =
        new Listing(40 * PER_PAGE) {
          @Override
          ApiResult<PageBody> body(int number) {
            PageBody body = super.body(Math.min(number, 3)).value();
            return new ApiResult<>(
                new PageBody(body.policies(), null, null, null, null), 200, List.of(), null, null);
          }
        };
    StepVerifier.create(listing.policies(1))
        .expectNextCount(3 * PER_PAGE)
        .expectErrorMatches(
            failure -> failure instanceof Malformed && failure.getMessage().contains("repeats"))
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void aHundredThousandPagesDoNotOverflowTheStack() {
    int pages = 100_000;
    Flux<AllowPolicy> listing =
        ForwardTraversal.policies(
            PageCursor.first(ACCOUNT, 1, true),
            1,
            number ->
                Mono.just(
                    new ApiResult<>(
                        new PageBody(
                            number > pages ? List.of() : List.of(policy(number)),
                            null,
                            (long) number,
                            1L,
                            null),
                        200,
                        List.of(),
                        null,
                        null)),
            page -> {});
    StepVerifier.create(listing.count())
        .expectNext((long) pages)
        .expectComplete()
        .verify(Duration.ofSeconds(50));
  }

  @Test
  void randomDemandNeverAsksForMoreThanItNeedsAndTheReadAhead() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      int readAhead = random.nextInt(9);
      Listing listing = new Listing(random.nextInt(20 * PER_PAGE));
      TestSubscriber<AllowPolicy> subscriber = TestSubscriber.builder().initialRequest(0).build();
      listing.policies(readAhead).subscribe(subscriber);
      long demand = 0;
      for (long step : LongStream.generate(() -> random.nextInt(3 * PER_PAGE)).limit(8).toArray()) {
        if (step > 0) {
          subscriber.request(step);
        }
        demand += step;
        int received = subscriber.getReceivedOnNext().size();
        int needed = (received + PER_PAGE - 1) / PER_PAGE;
        String what = "seed " + seed + ", round " + round;
        assertThat(received).as(what).isEqualTo((int) Math.min(demand, listing.total));
        assertThat(listing.asked.size())
            .as(what)
            .isLessThanOrEqualTo(
                demand == 0 ? 0 : Math.max(needed, 1) + readAhead + (demand > received ? 1 : 0));
      }
      subscriber.cancel();
    }
  }
}
