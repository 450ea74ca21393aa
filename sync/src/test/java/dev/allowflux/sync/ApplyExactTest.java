package dev.allowflux.sync;

import static dev.allowflux.sync.FakeAccount.desired;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyEvent.Finished;
import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.ApplyReport.State;
import dev.allowflux.sync.FakeAccount.Behaviour;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** How long a run looks, what it may delete, and how many calls that may take, in virtual time. */
@Timeout(240)
class ApplyExactTest extends ApplyFixture {
  // ---------------------------------------------------------------- settle time

  @Test
  void withoutASettleTimeACreateThatIsNotThereIsMissingAndSentAgainByTheNextRun() {
    SyncPlan plan = account.plan(domains(20));
    account.behaviours.add(Behaviour.ANSWERED_NOT_DONE);
    ApplyReport report = run(plan, settings().settleTime(Duration.ZERO));
    assertThat(report.progress().toString()).isEqualTo("0 of 20 done, missing 20");
    assertThat(report.isSettled()).isTrue();

    assertThat(run(plan, settings().settleTime(Duration.ZERO)).isDone()).isTrue();
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void batchesThatAreDoneInPartNeverEndTheRun() {
    IntStream.range(0, 7).forEach(i -> account.behaviours.add(Behaviour.LOST_HALF_DONE));
    ApplyReport report = run(account.plan(domains(128)), settings());
    assertThat(report.isDone()).isTrue();
    assertThat(report.batches())
        .extracting(Batch::outcome)
        .startsWith(Outcome.PARTLY_DONE, Outcome.PARTLY_DONE, Outcome.PARTLY_DONE)
        .hasSize(8);
    assertThat(account.patterns()).hasSize(128).doesNotHaveDuplicates();
  }

  @Test
  void whatARefusedBatchHasDoneIsNotSentAgainThoughReadsLag() {
    account.lag = Duration.ofSeconds(5);
    account.behaviours.add(Behaviour.REFUSED_HALF_DONE);
    ApplyReport report = run(account.plan(domains(20)), settings());
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
    assertThat(report.isDone()).isTrue();
  }

  /** Each copy is carried out after its settle time, and the run has ended by then. */
  @Test
  void batchesThatAreAllCarriedOutTooLateAreFoundAndMadeOneByTheSettling() {
    SyncPlan plan = account.plan(domains(20));
    IntStream.range(0, 5)
        .forEach(i -> account.behaviours.add(Behaviour.LOST_DONE_AFTER_TWO_MINUTES));
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings().settleTime(Duration.ofSeconds(10))))
        .thenAwait(Duration.ofHours(2))
        .thenConsumeWhile(event -> true)
        .expectError(Unavailable.class)
        .verify(PATIENCE);
    assertThat(account.patterns()).hasSize(100);

    AtomicReference<ApplyReport> report = new AtomicReference<>();
    account.startRun();
    StepVerifier.withVirtualTime(
            () -> new AllowPolicySync(account, account.clock()).settle(plan, settings().build()))
        .thenAwait(Duration.ofHours(2))
        .thenConsumeWhile(
            event -> {
              if (event instanceof Finished finished) {
                report.set(finished.report());
              }
              return true;
            })
        .expectComplete()
        .verify(PATIENCE);

    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
    assertThat(report.get().isDone()).isTrue();
    assertThat(report.get().removedCopies()).isEqualTo(80);
    assertThat(account.batches).as("five creates, one delete").hasSize(6);
  }

  // ---------------------------------------------------------------- contradictions

  @Test
  void aBatchThatIsContradictedTwiceEndsTheRunAsUnknown() {
    SyncPlan plan = account.plan(domains(20));
    IntStream.range(0, 5).forEach(i -> account.behaviours.add(Behaviour.CONTRADICTED));
    account.startRun();

    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofHours(2))
        .thenConsumeWhile(event -> true)
        .expectError(OutcomeUnknown.class)
        .verify(PATIENCE);

    assertThat(account.batches).hasSize(2);
  }

  // ---------------------------------------------------------------- something in between

  @Test
  void aPageOfAProxySplitsNoBatchAndEndsTheRunIfItComesAgain() {
    SyncPlan plan = account.plan(domains(200));
    IntStream.range(0, 300).forEach(i -> account.behaviours.add(Behaviour.PAGE_OF_A_PROXY));
    account.startRun();

    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofHours(2))
        .thenConsumeWhile(event -> true)
        .expectError(Rejected.class)
        .verify(PATIENCE);

    assertThat(account.batches).hasSize(2);
  }

  @Test
  void aPageOfAProxyThatComesOnceCostsOneMoreBatch() {
    account.behaviours.add(Behaviour.PAGE_OF_A_PROXY);
    assertThat(run(account.plan(domains(200)), settings()).isDone()).isTrue();
    assertThat(account.batches).hasSize(2);
  }

  // ---------------------------------------------------------------- the client is closed

  @Test
  void theWaitForALostBatchEndsWithTheClient() {
    SyncPlan plan = account.plan(domains(20));
    account.behaviours.add(Behaviour.LOST_NOT_DONE);
    account.startRun();

    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(account::close)
        .thenAwait(Duration.ofMillis(1))
        .expectError(IllegalStateException.class)
        .verify(PATIENCE);

    assertThat(account.batches).hasSize(1);
  }

  // ---------------------------------------------------------------- the first look

  @ParameterizedTest
  @CsvSource({"60, true", "-1, true", "5, false"})
  void aReadingThatIsOldOrOfTheFutureOrIncompleteDoesNotStandForTheFirstLook(
      long secondsAfterIt, boolean complete) {
    account.completes = complete;
    SyncPlan plan = account.plan(domains(20));
    account.lists = 0;
    Clock clock = Clock.fixed(FakeAccount.START.plusSeconds(secondsAfterIt), ZoneOffset.UTC);
    ApplySettings settings = settings().trustsFreshReading(true).build();
    StepVerifier.create(
            new AllowPolicySync(account, clock).apply(plan.approve(plan.digest()), settings), 1)
        .expectNextCount(1)
        .thenCancel()
        .verify(PATIENCE);
    assertThat(account.lists).isPositive();
  }

  // ---------------------------------------------------------------- copies

  @Test
  void aCopyOfTheRunGoesAndTheOlderOneOfSomebodyElseStays() {
    SyncPlan plan = account.plan(domains(1));
    account.startRun();
    AtomicReference<ApplyReport> report = new AtomicReference<>();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.add("d000.example.org", PatternType.DOMAIN, "c"))
        .thenRequest(2)
        .thenAwait(Duration.ofMinutes(2))
        .expectNextCount(1)
        .assertNext(event -> report.set(((Finished) event).report()))
        .expectComplete()
        .verify(PATIENCE);
    assertThat(report.get().removedCopies()).isEqualTo(1);
    assertThat(report.get().isDone()).isTrue();
    assertThat(account.now().keySet()).extracting(id -> id.value()).containsExactly("id-1");
  }

  @Test
  void aCopyWithOtherCommentsIsReportedAndStays() {
    SyncPlan plan = account.plan(domains(1));
    account.startRun();
    AtomicReference<ApplyReport> report = new AtomicReference<>();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.add("d000.example.org", PatternType.DOMAIN, "of somebody else"))
        .thenRequest(2)
        .thenAwait(Duration.ofMinutes(2))
        .expectNextCount(1)
        .assertNext(event -> report.set(((Finished) event).report()))
        .expectComplete()
        .verify(PATIENCE);
    assertThat(report.get().removedCopies()).isZero();
    assertThat(report.get().duplicates()).hasSize(1);
    assertThat(report.get().isDone()).isFalse();
    assertThat(account.now()).hasSize(2);
  }

  /** A lost batch may have made a policy; one that does not show every field may be another. */
  @Test
  void aCopyThatDoesNotShowEveryFieldIsReportedAndStays() {
    SyncPlan plan = account.plan(domains(1));
    account.behaviours.add(Behaviour.LOST_NOT_DONE);
    account.startRun();
    AtomicReference<ApplyReport> report = new AtomicReference<>();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .thenRequest(2)
        .thenAwait(Duration.ofMinutes(3))
        .expectNextCount(2)
        .then(() -> account.addWithoutFlags("d000.example.org", "c"))
        .thenRequest(1)
        .thenAwait(Duration.ofMinutes(3))
        .assertNext(event -> report.set(((Finished) event).report()))
        .expectComplete()
        .verify(PATIENCE);
    assertThat(report.get().removedCopies()).isZero();
    assertThat(report.get().duplicates()).hasSize(1);
    assertThat(account.now()).hasSize(2);
  }

  @Test
  void withoutExtraCallsNoCopyIsDeletedAndAllAreReported() {
    SyncPlan plan = account.plan(domains(1));
    account.startRun();
    AtomicReference<ApplyReport> report = new AtomicReference<>();
    StepVerifier.withVirtualTime(() -> apply(plan, settings().maxExtraCalls(1)), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.add("d000.example.org", PatternType.DOMAIN, "c"))
        .thenRequest(2)
        .thenAwait(Duration.ofMinutes(2))
        .expectNextCount(1)
        .assertNext(event -> report.set(((Finished) event).report()))
        .expectComplete()
        .verify(PATIENCE);
    assertThat(report.get().duplicates()).hasSize(1);
    assertThat(account.now()).hasSize(2);
  }

  // ---------------------------------------------------------------- calls

  /** A list that never holds still proves nothing about what it does not show. */
  @Test
  void aBusyAccountCostsNoMoreThanTheExtraCalls() {
    account.pages = 1;
    for (int i = 0; i < 100; i++) {
      account.add("old%03d.example.org".formatted(i), PatternType.DOMAIN, "c");
    }
    SyncPlan plan = account.plan();
    account.completes = false;
    account.behaviours.add(Behaviour.LOST_NOT_DONE);
    ApplyReport report = run(plan, settings().maxExtraCalls(50));
    // The first look takes what it needs: a traversal and one read for each policy.
    assertThat(account.gets + account.lists).isLessThanOrEqualTo(101 + 50 + 1);
    assertThat(report.progress().unconfirmed()).isEqualTo(100);
    assertThat(report.open()).extracting(open -> open.state()).containsOnly(State.UNCONFIRMED);
    assertThat(account.batches).hasSize(1);
  }

  // ---------------------------------------------------------------- spellings

  @ParameterizedTest
  @ValueSource(strings = {"Bücher.Example", "bücher.example", "xn--bcher-kva.example"})
  void aPolicyThatWasStoredInAnotherSpellingIsFoundOneByOne(String stored) {
    account.pages = 100;
    SyncPlan plan = account.plan(desired("Bücher.Example", PatternType.DOMAIN, "c"));
    account.add(stored, PatternType.DOMAIN, "c");
    assertThat(run(plan, settings()).isDone()).isTrue();
    assertThat(account.batches).isEmpty();
  }
}
