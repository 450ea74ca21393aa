package dev.allowflux.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.QuotaStore.Ended;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Paused;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import dev.allowflux.testkit.BlockingGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What a process does with what the server says, in virtual time. */
@ExtendWith(BlockingGuard.class)
class StoreConversationTest {

  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final Limits LIMITS = new Limits(20, WINDOW, 2, 0);

  private static final int ASKED = 11;
  private static final int STANDBY = 14;
  private static final int REPORTS = 17;
  private static final int MEMORY = 18;

  private VirtualTimeScheduler time;
  private final ScriptedLink link = new ScriptedLink();
  private StoreConversation conversation;

  @BeforeEach
  void begin() {
    time = VirtualTimeScheduler.create();
    conversation = conversation(WhenAway.LOCAL_SHARE, 0);
  }

  @AfterEach
  void stop() {
    time.dispose();
  }

  private StoreConversation conversation(WhenAway whenAway, int processes) {
    return new StoreConversation(
        link,
        "me",
        new StoreConversation.Settings(whenAway, processes, Duration.ofMillis(250), false),
        () -> time.now(TimeUnit.NANOSECONDS),
        time);
  }

  private static Exchange wants(int interactive, int bulk, Report... reports) {
    return new Exchange(LIMITS, interactive, bulk, LEASE, List.of(reports));
  }

  /** Makes an exchange that is replied to at once. */
  private Reply ask(int interactive, int bulk, Report... reports) {
    Pending pending = start(interactive, bulk, reports);
    assertThat(pending.failure).isNull();
    assertThat(pending.reply).as("it was replied to at once").isNotNull();
    return pending.reply;
  }

  private Pending start(int interactive, int bulk, Report... reports) {
    Pending pending = new Pending();
    pending.subscription =
        conversation
            .exchange(wants(interactive, bulk, reports))
            .subscribe(reply -> pending.reply = reply, failure -> pending.failure = failure);
    return pending;
  }

  private static final class Pending {
    @Nullable Reply reply;
    @Nullable Throwable failure;
    Disposable subscription;
  }

  private void pass(Duration duration) {
    time.advanceTimeBy(duration);
  }

  private void reports(Place place, Duration age) {
    link.reply(0, 0, 0);
    ask(0, 0, new Ended(place, age));
  }

  @Test
  void nothingHappensBeforeTheSubscription() {
    conversation.exchange(wants(1, 0));
    assertThat(link.received).isEmpty();
  }

  @Test
  void aReplyHoldsThePlacesThatWereGranted() {
    link.reply(2, 1, 0);
    Reply reply = ask(2, 3);
    assertThat(reply.interactive()).hasSize(2);
    assertThat(reply.bulk()).hasSize(1);
    assertThat(reply.interactive()).doesNotContainAnyElementsOf(reply.bulk());
    assertThat(reply.askAgain()).isEqualTo(Duration.ofMillis(30));
    assertThat(reply.reason()).isEqualTo(WaitReason.QUOTA);
  }

  @Test
  void aReplyThatGrantsAllSaysNothingOfWaiting() {
    link.reply(2, 0, 0);
    Reply reply = ask(2, 0);
    assertThat(reply.askAgain()).isZero();
    assertThat(reply.reason()).isNull();
  }

  @Test
  void whatEndedIsReportedWithItsAge() {
    link.reply(1, 0, 0);
    Place place = ask(1, 0).interactive().get(0);
    pass(Duration.ofMillis(40));
    reports(place, Duration.ofMillis(15));
    assertThat(link.last().get(REPORTS)).isEqualTo("e 1 " + place.id() + " 15000 ");
  }

  @Test
  void aReportWhoseReplyIsLostIsSentAgainAndOlder() {
    link.reply(1, 0, 0);
    Place place = ask(1, 0).interactive().get(0);
    Pending lost = start(0, 0, new Ended(place, Duration.ZERO));
    pass(Duration.ofMillis(250));
    assertThat(lost.reply).isNotNull();
    pass(Duration.ofMillis(250));
    link.reply(0, 0, 0);
    ask(0, 0);
    assertThat(link.last().get(REPORTS)).isEqualTo("e 1 " + place.id() + " 500000 ");
    link.reply(0, 0, 0);
    ask(0, 0);
    assertThat(link.last().get(REPORTS)).isEmpty();
  }

  @Test
  void placesOfALostReplyAreNeverUsedAndReportedAsLost() {
    link.reply(0, 0, 0);
    ask(0, 0);
    start(3, 2);
    pass(Duration.ofMillis(250));
    pass(Duration.ofMillis(250));
    link.reply(1, 0, 0);
    Place next = ask(1, 0).interactive().get(0);
    assertThat(link.last().get(REPORTS)).isEqualTo("l 1 6 ");
    assertThat(next.id()).isEqualTo(6);
  }

  @Test
  void aReplyThatComesTooLateIsIgnored() {
    link.reply(0, 0, 0);
    ask(0, 0);
    CompletableFuture<List<Object>> late = new CompletableFuture<>();
    link.replies.add(late);
    Pending pending = start(1, 0);
    pass(Duration.ofMillis(250));
    Reply reply = pending.reply;
    late.complete(ScriptedLink.ok("g1", 1, 0, 9));
    assertThat(pending.reply).isSameAs(reply);
    assertThat(reply.interactive()).isEmpty();
  }

  @Test
  void placesThatNobodyTakesGoBack() {
    CompletableFuture<List<Object>> reply = new CompletableFuture<>();
    link.replies.add(reply);
    start(2, 0).subscription.dispose();
    reply.complete(ScriptedLink.ok("g1", 2, 0, 0));
    link.reply(0, 0, 0);
    pass(Duration.ofMillis(200));
    assertThat(link.last().get(REPORTS)).isEqualTo("u 1 1 u 1 2 ");
  }

  @Test
  void standbyIsUsedWhileTheServerIsAwayAndNoMore() {
    link.reply(1, 0, 3);
    ask(1, 0);
    link.away = true;
    assertThat(ask(2, 0).interactive()).hasSize(2);
    Reply last = ask(2, 2);
    assertThat(last.interactive().size() + last.bulk().size()).isOne();
    assertThat(ask(1, 1).interactive()).isEmpty();
    assertThat(ask(1, 1).reason()).isEqualTo(WaitReason.QUOTA);
  }

  @Test
  void whatWasSentOnStandbyIsReportedOnceTheServerIsBack() {
    link.reply(0, 0, 3);
    ask(0, 0);
    link.away = true;
    Place own = ask(1, 0).interactive().get(0);
    pass(Duration.ofSeconds(1));
    ask(0, 0, new Ended(own, Duration.ZERO));
    link.away = false;
    link.reply(0, 0, 1);
    ask(0, 0);
    assertThat(link.last().get(REPORTS))
        .isEqualTo("o 1 " + own.id() + " 3000000 e 1 " + own.id() + " 0 ");
    assertThat(link.last().get(STANDBY)).isEqualTo("2");
  }

  @Test
  void standbyIsVoidAfterAWindow() {
    link.reply(0, 0, 3);
    ask(0, 0);
    link.away = true;
    pass(WINDOW);
    assertThat(ask(3, 0).interactive()).isEmpty();
  }

  @Test
  void anEqualShareIsUsedOnceNothingCanCountThatTheServerGranted() {
    link.reply(0, 0, 0);
    ask(0, 0);
    link.away = true;
    assertThat(ask(3, 0).interactive()).isEmpty();
    pass(WINDOW.plus(LEASE).minusMillis(1));
    assertThat(ask(3, 0).interactive()).isEmpty();
    pass(Duration.ofMillis(1));
    // Two processes are registered, and each keeps one of the two places for interactive calls.
    Reply reply = ask(0, 30);
    assertThat(reply.bulk()).hasSize(9);
    assertThat(ask(30, 0).interactive()).hasSize(1);
    pass(LEASE.plus(WINDOW));
    assertThat(ask(30, 0).interactive()).hasSize(10);
  }

  @Test
  void aProcessThatNeverReachedTheServerFailsItsCallsAfterAWhile() {
    link.away = true;
    assertThat(ask(1, 0).interactive()).isEmpty();
    pass(Duration.ofSeconds(5));
    Pending pending = start(1, 0);
    assertThat(pending.failure)
        .hasMessage("Redis at test:6379, which keeps the quota, is away: the connection is lost");
  }

  @Test
  void aProcessThatKnowsItsShareTakesItOneWindowAfterItsStart() {
    conversation = conversation(WhenAway.LOCAL_SHARE, 4);
    link.away = true;
    assertThat(ask(1, 0).interactive()).isEmpty();
    pass(WINDOW.plus(LEASE));
    assertThat(ask(30, 0).interactive()).hasSize(5);
  }

  @Test
  void nothingIsSentWhileAClosedQuotaIsAwayAndCallsFailAfterASecond() {
    conversation = conversation(WhenAway.CLOSED, 4);
    link.reply(1, 0, 0);
    ask(1, 0);
    link.away = true;
    assertThat(ask(1, 0).interactive()).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(start(1, 0).failure).hasMessageContaining("is away");
    pass(WINDOW.multipliedBy(3));
    assertThat(start(1, 0).failure).hasMessageContaining("is away");
    link.away = false;
    link.reply(1, 0, 0);
    assertThat(ask(1, 0).interactive()).hasSize(1);
  }

  @Test
  void aPauseHoldsWhileTheServerIsAway() {
    link.reply(0, 0, 5);
    ask(0, 0);
    link.away = true;
    Reply reply = ask(1, 0, new Paused(Duration.ofSeconds(3)));
    assertThat(reply.interactive()).isEmpty();
    assertThat(reply.reason()).isEqualTo(WaitReason.THROTTLED);
    pass(Duration.ofSeconds(3));
    assertThat(ask(1, 0).interactive()).hasSize(1);
  }

  @Test
  void aServerThatDoesNotRespondIsLeftAloneForAMoment() {
    link.reply(0, 0, 5);
    ask(0, 0);
    start(1, 0);
    pass(Duration.ofMillis(250));
    int asked = link.received.size();
    assertThat(ask(1, 0).interactive()).hasSize(1);
    assertThat(link.received).hasSize(asked);
    pass(Duration.ofMillis(250));
    start(1, 0);
    assertThat(link.received.size()).isGreaterThan(asked);
  }

  @Test
  void aServerThatLostTheQuotaIsToldEverything() {
    link.reply(3, 1, 0);
    link.responsive = true;
    Reply first = ask(3, 1);
    pass(Duration.ofSeconds(1));
    reports(first.interactive().get(0), Duration.ZERO);
    pass(Duration.ofSeconds(1));
    link.askForAll();
    link.reply(0, 0, 0);
    ask(0, 0, new Ended(first.interactive().get(1), Duration.ZERO));
    assertThat(link.last().get(REPORTS)).isEmpty();
    assertThat(List.of(link.last().get(MEMORY).strip().split(" (?=[od])", -1)))
        .containsExactlyInAnyOrder("o 1 3 2000000", "o 2 4 2000000", "d 1 1000000", "d 1 0");
    link.reply(0, 0, 0);
    ask(0, 0);
    assertThat(link.last().get(MEMORY)).isEmpty();
  }

  @Test
  void aServerThatWasAwayForLongerThanAWindowIsToldWhatStillCounts() {
    link.reply(3, 0, 0);
    ask(3, 0);
    link.away = true;
    ask(1, 0);
    pass(WINDOW.plus(LEASE).plusMillis(1));
    assertThat(ask(1, 0).interactive()).hasSize(1);
    link.away = false;
    link.reply(0, 0, 0);
    ask(0, 0);
    assertThat(link.last().get(2)).isEqualTo("forgotten");
    assertThat(link.last().get(MEMORY)).startsWith("o 1 ");
  }

  @Test
  void aHeartbeatIsSentWhileNobodyCalls() {
    link.reply(0, 0, 0);
    ask(0, 0);
    for (int i = 0; i < 50; i++) {
      link.reply(0, 0, 0);
    }
    int before = link.received.size();
    pass(Duration.ofSeconds(2));
    assertThat(link.received).hasSize(before + 10);
    assertThat(link.last().subList(ASKED, ASKED + 2)).containsExactly("0", "0");
  }

  @Test
  void exchangesAreSentOneAtATime() {
    CompletableFuture<List<Object>> first = new CompletableFuture<>();
    link.replies.add(first);
    start(1, 0);
    Pending second = start(2, 0);
    assertThat(link.received).hasSize(1);
    link.reply(2, 0, 0);
    first.complete(ScriptedLink.ok("g1", 1, 0, 0));
    assertThat(link.received).hasSize(2);
    assertThat(second.reply).isNotNull();
  }

  @Test
  void aCloseTellsTheServerAndThenGivesTheConnectionBack() {
    link.reply(1, 0, 5);
    ask(1, 0);
    CompletableFuture<List<Object>> farewell = new CompletableFuture<>();
    link.replies.add(farewell);
    conversation.close();
    assertThat(link.last().get(STANDBY)).isEqualTo("0");
    assertThat(link.closed).isFalse();
    farewell.complete(ScriptedLink.ok("g1", 0, 0, 0));
    assertThat(link.closed).isTrue();
    assertThat(start(1, 0).failure).hasMessage("the shared quota is closed");
  }

  @Test
  void aCloseEndsTheExchangesThatWait() {
    start(1, 0);
    Pending waiting = start(1, 0);
    conversation.close();
    assertThat(waiting.failure).hasMessage("the shared quota is closed");
    pass(Duration.ofSeconds(6));
    assertThat(link.closed).isTrue();
  }

  @Test
  void aCloseWithoutAnyCallConnectsNowhere() {
    conversation.close();
    assertThat(link.received).isEmpty();
    assertThat(link.closed).isTrue();
  }

  @Test
  void anExchangeOfAnotherShapeIsRefused() {
    assertThatThrownBy(() -> StoreReply.read(List.of("NO")))
        .hasMessage("Redis gave an unexpected reply: NO");
  }
}
