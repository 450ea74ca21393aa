package dev.allowflux.sync;

import static dev.allowflux.sync.FakeAccount.desired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyEvent.Finished;
import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Open;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.ApplyReport.State;
import dev.allowflux.sync.FakeAccount.Behaviour;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/**
 * What a run does about refused and lost batches, and about changes of others, without a wire, in
 * virtual time.
 */
@Timeout(240)
class ApplyTest extends ApplyFixture {
  // ---------------------------------------------------------------- refused batches

  @Test
  void aChangeThatTheServiceNamesIsSetAsideAndTheOthersAreMade() {
    account.refused.addAll(List.of("d003.example.org", "d007.example.org"));
    ApplyReport report = run(account.plan(domains(50)), settings());
    assertThat(account.batches).hasSize(3);
    assertThat(account.now()).hasSize(48);
    assertThat(progress(report)).isEqualTo("48 of 50 done, refused 2");
    assertThat(report.open()).extracting(Open::state).containsExactly(State.REFUSED, State.REFUSED);
    assertThat(report.open().get(0).change().key().pattern()).isEqualTo("d003.example.org");
    assertThat(report.open().get(0).why()).contains("10001 no", "/posts/3/pattern");
    assertThat(report.batches()).extracting(Batch::cfRay).containsExactly("ray-1", "ray-2", "ray");
  }

  @Test
  void aChangeThatTheServiceDoesNotNameIsFoundByHalving() {
    account.refused.add("d077.example.org");
    account.namesWhatItRefuses = false;
    ApplyReport report = run(account.plan(domains(200)), settings());
    assertThat(account.now()).hasSize(199);
    assertThat(progress(report)).isEqualTo("199 of 200 done, refused 1");
    assertThat(report.open().get(0).change().key().pattern()).isEqualTo("d077.example.org");
    assertThat(account.batches).hasSizeLessThanOrEqualTo(17);
  }

  @Test
  void theExtraCallsOfARunAreLimitedAndTheRestIsLeftForTheNextRun() {
    IntStream.range(0, 100).forEach(i -> account.refused.add("d%03d.example.org".formatted(i)));
    account.namesWhatItRefuses = false;
    SyncPlan plan = account.plan(domains(100));
    ApplyReport report = run(plan, settings().maxExtraCalls(20));
    assertThat(account.batches).hasSizeLessThanOrEqualTo(21);
    assertThat(report.progress().left()).isPositive();
    assertThat(report.progress().isFinished()).isFalse();
    assertThat(report.open())
        .filteredOn(open -> open.state() == State.LEFT)
        .isNotEmpty()
        .allSatisfy(open -> assertThat(open.why()).startsWith("refused"));
    account.refused.clear();
    assertThat(run(plan, settings()).progress().left()).isZero();
  }

  @Test
  void aRefusedCredentialEndsTheRunAndTheNextOneGoesOn() {
    SyncPlan plan = account.plan(domains(10));
    account.behaviours.add(Behaviour.CREDENTIAL_REFUSED);
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofMinutes(1))
        .expectNextCount(1)
        .expectError(Rejected.class)
        .verify(PATIENCE);
    ApplyReport report = run(plan, settings());
    assertThat(report.batches())
        .extracting(Batch::outcome)
        .containsExactly(Outcome.NOT_DONE, Outcome.DONE);
    assertThat(account.now()).hasSize(10);
  }

  @Test
  void whatARefusedBatchHasDoneAllTheSameIsNotMadeTwice() {
    account.behaviours.add(Behaviour.REFUSED_HALF_DONE);
    ApplyReport report = run(account.plan(domains(20)), settings());
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
    assertThat(account.batches.get(1).creates()).hasSize(10);
    assertThat(report.isDone()).isTrue();
  }

  @Test
  void aPolicyThatSomebodyElseHasDeletedIsNoReasonToRefuseTheOthers() {
    account.add("x.example.org", PatternType.DOMAIN, "old");
    account.add("y.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan = account.plan(desired("a.example.org", PatternType.DOMAIN, "new"));
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 2)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(2)
        .then(() -> account.remove("x.example.org"))
        .thenRequest(Long.MAX_VALUE)
        .thenAwait(Duration.ofMinutes(5))
        .thenConsumeWhile(event -> !(event instanceof Finished))
        .expectNextMatches(event -> ((Finished) event).report().isDone())
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.patterns()).containsExactly("a.example.org");
  }

  // ---------------------------------------------------------------- lost batches

  @Test
  void aLostBatchThatWasDoneCountsAsDoneThoughReadsLag() {
    account.lag = Duration.ofSeconds(3);
    account.behaviours.add(Behaviour.LOST_DONE);
    ApplyReport report = run(account.plan(domains(20)), settings());
    assertThat(account.batches).hasSize(1);
    assertThat(report.batches()).extracting(Batch::outcome).containsExactly(Outcome.FOUND_DONE);
    assertThat(report.isDone()).isTrue();
    assertThat(account.now()).hasSize(20);
  }

  @Test
  void aBatchThatTheServiceNeedsFortySecondsForIsMadeOnce() {
    account.behaviours.add(Behaviour.LOST_DONE_AFTER_40_SECONDS);
    ApplyReport report = run(account.plan(domains(20)), settings());
    assertThat(account.batches).hasSize(1);
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
    assertThat(report.isDone()).isTrue();
  }

  @Test
  void aLostBatchThatWasNotDoneIsSentAgainOnceTheSettleTimeIsOver() {
    account.behaviours.add(Behaviour.LOST_NOT_DONE);
    SyncPlan plan = account.plan(domains(20));
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofMillis(59_900))
        .expectNextCount(1)
        .then(() -> assertThat(account.batches).hasSize(1))
        .then(() -> assertThat(account.lists).isLessThanOrEqualTo(6))
        .thenAwait(Duration.ofMillis(200))
        .expectNextCount(3)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.batches).hasSize(2);
    assertThat(account.now()).hasSize(20);
  }

  @Test
  void ofALostBatchThatWasDoneInPartOnlyTheRestIsSentAgain() {
    account.behaviours.add(Behaviour.LOST_HALF_DONE);
    ApplyReport report = run(account.plan(domains(20)), settings());
    assertThat(account.batches.get(1).creates()).hasSize(10);
    assertThat(report.batches())
        .extracting(Batch::outcome)
        .containsExactly(Outcome.PARTLY_DONE, Outcome.DONE);
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
    assertThat(report.isDone()).isTrue();
  }

  @Test
  void aLostBatchThatIsCarriedOutEvenLaterLeavesNothingTwice() {
    account.behaviours.add(Behaviour.LOST_DONE_AFTER_TWO_MINUTES);
    SyncPlan plan = account.plan(domains(20));
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .thenRequest(2)
        .thenAwait(Duration.ofMinutes(3))
        .expectNextCount(2)
        .then(() -> assertThat(account.patterns()).hasSize(40))
        .thenRequest(1)
        .expectNextMatches(
            event ->
                ((Finished) event).report().isDone()
                    && ((Finished) event).report().removedCopies() == 20)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void fiveBatchesInARowThatWereLostAndNotDoneEndTheRun() {
    IntStream.range(0, 5).forEach(i -> account.behaviours.add(Behaviour.LOST_NOT_DONE));
    SyncPlan plan = account.plan(domains(20));
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofMinutes(6))
        .expectNextCount(5)
        .expectError(Unavailable.class)
        .verify(PATIENCE);
    assertThat(run(plan, settings()).open()).isEmpty();
    assertThat(account.now()).hasSize(20);
  }

  @Test
  void anEditThatSomebodyElseHasOvertakenIsSkippedAndTheRestGoesOn() {
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("z.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan = account.plan(desired("a.example.org", PatternType.DOMAIN, "new"));
    account.behaviours.add(Behaviour.LOST_NOT_DONE);
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofSeconds(1))
        .then(() -> account.comment("a.example.org", "of somebody else"))
        .thenAwait(Duration.ofMinutes(5))
        .thenConsumeWhile(event -> !(event instanceof Finished))
        .expectNextMatches(event -> event.progress().toString().equals("1 of 2 done, skipped 1"))
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.patterns()).containsExactly("a.example.org");
  }

  @Test
  void aLostBatchThatCannotBeLookedUpStaysUnconfirmedUntilARunCan() {
    SyncPlan plan = account.plan(domains(20));
    account.behaviours.add(Behaviour.LOST_DONE);
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.isDown = true)
        .thenRequest(Long.MAX_VALUE)
        .thenAwait(Duration.ofMinutes(5))
        .expectNextMatches(
            event -> event.progress().toString().equals("0 of 20 done, unconfirmed 20"))
        .expectNextMatches(
            event ->
                event.progress().unconfirmed() == 20
                    && !((Finished) event).report().isSettled()
                    && !((Finished) event).report().isDone())
        .expectComplete()
        .verify(PATIENCE);

    account.isDown = false;
    ApplyReport report = run(plan, settings());
    assertThat(report.isDone()).isTrue();
    assertThat(account.batches).hasSize(1);
  }

  @Test
  void aRunWithoutExtraCallsLeavesALostBatchUnconfirmedAndSaysSo() {
    account.behaviours.add(Behaviour.LOST_DONE);
    ApplyReport report = run(account.plan(domains(20)), settings().maxExtraCalls(0));
    assertThat(progress(report)).isEqualTo("0 of 20 done, unconfirmed 20");
    assertThat(report.open().get(0).why()).contains("no more calls may be made to look it up");
    assertThat(account.batches).hasSize(1);
  }

  @Test
  void aCancelWithinTheSettleTimeEndsTheReading() {
    account.behaviours.add(Behaviour.LOST_NOT_DONE);
    SyncPlan plan = account.plan(domains(1));
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.lists = 0)
        .thenCancel()
        .verify(PATIENCE);
    assertThat(account.lists).isZero();
    assertThat(run(plan, settings()).open()).isEmpty();
    assertThat(account.now()).hasSize(1);
  }

  @Test
  void settlingFindsOutAboutALostBatchAndSendsNothing() {
    SyncPlan plan = account.plan(domains(20));
    account.behaviours.add(Behaviour.LOST_DONE);
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings().batchSize(10)), 1)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.isDown = true)
        .thenRequest(1)
        .thenAwait(Duration.ofMinutes(2))
        .expectNextCount(1)
        .thenCancel()
        .verify(PATIENCE);
    account.isDown = false;
    account.startRun();
    StepVerifier.withVirtualTime(
            () -> new AllowPolicySync(account, account.clock()).settle(plan, settings().build()))
        .thenAwait(Duration.ofMinutes(5))
        .expectNextCount(1)
        .expectNextMatches(
            event ->
                event.progress().toString().equals("10 of 20 done, left 10")
                    && ((Finished) event).report().isSettled())
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.batches).hasSize(1);
  }

  // ---------------------------------------------------------------- done means seen

  @Test
  void whatIsReportedAsDoneAndIsNotThereIsMissingAndTheNextRunSendsIt() {
    account.behaviours.add(Behaviour.ANSWERED_NOT_DONE);
    SyncPlan plan = account.plan(domains(20));
    ApplyReport report = run(plan, settings());
    assertThat(progress(report)).isEqualTo("0 of 20 done, missing 20");
    assertThat(report.isDone()).isFalse();
    assertThat(report.open().get(0).why()).contains("is not to be seen in the account");

    assertThat(run(plan, settings()).isDone()).isTrue();
    assertThat(account.patterns()).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void aPolicyThatSomebodyElseHasChangedAfterItWasMadeIsReported() {
    account.add("a.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan =
        account.plan(
            desired("a.example.org", PatternType.DOMAIN, "new"),
            desired("b.example.org", PatternType.DOMAIN, "new"));
    account.behaviours.add(Behaviour.ANSWERED_WITHOUT_RESULTS);
    account.startRun();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()), 2)
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(2)
        .then(() -> account.comment("a.example.org", "of somebody else"))
        .then(() -> account.comment("b.example.org", "of somebody else"))
        .thenRequest(1)
        .thenAwait(Duration.ofMinutes(5))
        .expectNextMatches(event -> event.progress().toString().equals("0 of 2 done, changed 2"))
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void editsAndDeletesThatTheResponseLeavesOutAreRead() {
    account.pages = 100;
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("z.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan = account.plan(desired("a.example.org", PatternType.DOMAIN, "new"));
    account.behaviours.add(Behaviour.ANSWERED_WITHOUT_RESULTS);
    account.behaviours.add(Behaviour.ANSWERED_WITHOUT_RESULTS);
    assertThat(run(plan, settings()).isDone()).isTrue();
    assertThat(account.gets).as("two before and two after").isEqualTo(4);
  }

  @Test
  void editsAndDeletesThatTheResponseShowsCostNoCall() {
    account.pages = 100;
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("z.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan = account.plan(desired("a.example.org", PatternType.DOMAIN, "new"));
    assertThat(run(plan, settings()).isDone()).isTrue();
    assertThat(account.gets).as("two before").isEqualTo(2);
    assertThat(account.lists).isZero();
  }

  @Test
  void whatTheServiceMakesTwiceIsReportedAndNotDeleted() {
    account.behaviours.add(Behaviour.ANSWERED_DONE_TWICE);
    ApplyReport report = run(account.plan(domains(3)), settings());
    assertThat(progress(report)).isEqualTo("3 of 3 done");
    assertThat(report.duplicates()).hasSize(3).allMatch(twice -> twice.ids().size() == 2);
    assertThat(report.isDone()).isFalse();
    assertThat(account.now()).hasSize(6);
    assertThat(account.batches).hasSize(1);
  }

  @Test
  void onePlanThatTwoMachinesApplyAtOnceEndsWithEachPolicyOnce() {
    List<ApplyReport> reports =
        reports(
            account.plan(domains(400)),
            ApplySettings.builder(directory.resolve("one")),
            ApplySettings.builder(directory.resolve("other")));
    assertThat(account.patterns()).hasSize(400).doesNotHaveDuplicates();
    assertThat(reports).hasSize(2).allMatch(report -> report.progress().done() == 400);
    assertThat(reports).anyMatch(ApplyReport::isDone);
  }

  @ParameterizedTest
  @EnumSource(
      value = Behaviour.class,
      names = {"LOST_DONE", "LOST_HALF_DONE", "LOST_NOT_DONE", "REFUSED_HALF_DONE"})
  void twoMachinesOfWhichOneIsUnluckyEndWithEachPolicyOnce(Behaviour behaviour) {
    account.behaviours.add(behaviour);
    List<ApplyReport> reports =
        reports(
            account.plan(domains(40)),
            ApplySettings.builder(directory.resolve("one")),
            ApplySettings.builder(directory.resolve("other")));
    assertThat(account.patterns()).hasSize(40).doesNotHaveDuplicates();
    assertThat(reports).anyMatch(ApplyReport::isDone);
  }

  @Test
  void aServiceThatStoresItsOwnSpellingIsLeftAloneByTheNextSync() {
    account.normalises = true;
    DesiredPolicy[] desired = {
      desired("Supplier.Example.ORG", PatternType.DOMAIN, " with blanks "),
      desired("jo@Partner.Example.ORG", PatternType.EMAIL, "c")
    };
    account.behaviours.add(Behaviour.LOST_DONE);
    ApplyReport report = run(account.plan(desired), settings());
    assertThat(report.isDone()).isTrue();
    assertThat(account.batches).hasSize(1);
    assertThat(account.plan(desired).counts().creates()).isZero();
  }

  @Test
  void aPlanThatWasSeenToBeDoneIsNotLookedAtAgain() {
    SyncPlan plan = account.plan(domains(20));
    assertThat(run(plan, settings()).isDone()).isTrue();
    account.lists = 0;
    ApplyReport again = run(plan, settings());
    assertThat(again.isDone()).isTrue();
    assertThat(account.lists + account.gets).isZero();
    assertThat(again.run()).isNotEmpty();
  }

  @Test
  void aFreshReadingStandsForTheFirstLookOnlyIfThatIsAskedFor() {
    SyncPlan plan = account.plan(domains(20));
    Clock soon = Clock.fixed(FakeAccount.START.plusSeconds(59), ZoneOffset.UTC);
    AllowPolicySync sync = new AllowPolicySync(account, soon);
    ApplySettings settings = settings().trustsFreshReading(true).build();
    StepVerifier.create(sync.apply(plan.approve(plan.digest()), settings), 1)
        .expectNextCount(1)
        .thenCancel()
        .verify(PATIENCE);
    assertThat(account.lists).isZero();
  }

  // ---------------------------------------------------------------- changes of others

  private SyncPlan mixed() {
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("b.example.org", PatternType.DOMAIN, "old");
    account.add("x.example.org", PatternType.DOMAIN, "old");
    account.add("y.example.org", PatternType.DOMAIN, "old");
    return account.plan(
        desired("a.example.org", PatternType.DOMAIN, "new"),
        desired("b.example.org", PatternType.DOMAIN, "new"),
        desired("c.example.org", PatternType.DOMAIN, "new"),
        desired("d.example.org", PatternType.DOMAIN, "new"));
  }

  private void othersChange() {
    account.comment("a.example.org", "of somebody else");
    account.comment("x.example.org", "of somebody else");
    account.add("c.example.org", PatternType.DOMAIN, "of somebody else");
    account.remove("y.example.org");
  }

  /** One by one where that is fewer calls than the pages of the account. */
  @ParameterizedTest
  @ValueSource(longs = {1, 100})
  void whatOthersHaveChangedIsSkippedAndReported(long pages) {
    account.pages = pages;
    SyncPlan plan = mixed();
    othersChange();
    ApplyReport report = run(plan, settings());
    assertThat(progress(report)).isEqualTo("3 of 6 done, skipped 3");
    assertThat(report.open())
        .extracting(open -> open.change().key().pattern())
        .containsExactly("c.example.org", "a.example.org", "x.example.org");
    assertThat(account.patterns())
        .containsExactly(
            "a.example.org", "b.example.org", "c.example.org", "d.example.org", "x.example.org");
    assertThat(account.lists).as("with the last look").isEqualTo(pages == 1 ? 2 : 4);
    assertThat(account.gets).isEqualTo(pages == 1 ? 0 : 4);
  }

  @Test
  void whatATraversalMissedIsLookedAtOneByOneBeforeItCountsAsGone() {
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("x.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan = account.plan(desired("a.example.org", PatternType.DOMAIN, "new"));
    account.completes = false;
    assertThat(run(plan, settings()).open()).isEmpty();
    assertThat(account.gets).isEqualTo(2);
    assertThat(account.patterns()).containsExactly("a.example.org");
  }

  @Test
  void onRequestNothingIsAppliedIfOthersHaveChangedAnything() {
    SyncPlan plan = mixed();
    othersChange();
    StepVerifier.withVirtualTime(() -> apply(plan, settings().stopsOnChange(true)))
        .thenAwait(Duration.ofMinutes(1))
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(ApplyRefusedException.class)
                    .hasMessageContaining("3 changes"))
        .verify(PATIENCE);
    assertThat(account.batches).isEmpty();
  }

  // ---------------------------------------------------------------- order

  @Test
  void createsAndEditsComeBeforeDeletesAndNoBatchIsTooLarge() {
    for (int i = 0; i < 30; i++) {
      account.add("old%02d.example.org".formatted(i), PatternType.DOMAIN, "c");
    }
    run(account.plan(domains(45)), settings().batchSize(20));
    assertThat(account.batches)
        .extracting(batch -> batch.creates().size() + "+" + batch.deletes().size())
        .containsExactly("20+0", "20+0", "5+0", "0+20", "0+10");
  }

  @Test
  void aPatternThatBecomesAnotherKindIsDeletedAndCreatedInOneBatch() {
    account.add("a.example.org", PatternType.EMAIL, "c");
    account.add("b.example.org", PatternType.EMAIL, "c");
    run(
        account.plan(
            desired("a.example.org", PatternType.DOMAIN, "c"),
            desired("c.example.org", PatternType.DOMAIN, "c")),
        settings().batchSize(1));
    assertThat(account.batches).hasSize(3);
    AllowPolicyBatch swap = account.batches.get(0);
    assertThat(swap.creates()).extracting(NewAllowPolicy::pattern).containsExactly("a.example.org");
    assertThat(swap.deletes()).hasSize(1);
    assertThat(account.patterns()).containsExactly("a.example.org", "c.example.org");
  }

  // ---------------------------------------------------------------- what is refused at once

  @Test
  void aPlanThatIsTooOldIsRefusedInOneLineAndNothingIsTouched() {
    SyncPlan plan = account.plan(domains(1));
    Clock late =
        Clock.fixed(FakeAccount.START.plus(Duration.ofHours(24)).plusSeconds(1), ZoneOffset.UTC);
    AllowPolicySync sync = new AllowPolicySync(account, late);
    assertThatThrownBy(
            () -> sync.apply(plan.approve(plan.digest()), settings().build()).blockLast(PATIENCE))
        .isInstanceOf(ApplyRefusedException.class)
        .hasMessageContaining("too old")
        .hasMessageNotContaining("\n");
    assertThat(account.batches).isEmpty();
    assertThat(account.lists).isZero();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theAgeThatAPlanMayHaveIsThatOfTheSettings() {
    SyncPlan plan = account.plan(domains(1));
    Clock late = Clock.fixed(FakeAccount.START.plus(Duration.ofHours(30)), ZoneOffset.UTC);
    AllowPolicySync sync = new AllowPolicySync(account, late);
    ApplySettings strict = settings().maxAge(Duration.ofHours(29)).build();
    assertThatThrownBy(() -> sync.apply(plan.approve(plan.digest()), strict).blockLast(PATIENCE))
        .isInstanceOf(ApplyRefusedException.class)
        .hasMessageContaining("30 h 0 min ago, the limit is 29 h 0 min");
    ApplySettings lenient = settings().maxAge(Duration.ZERO).build();
    sync.apply(plan.approve(plan.digest()), lenient).take(1).blockLast(PATIENCE);
    assertThat(account.lists).isPositive();
  }
}
