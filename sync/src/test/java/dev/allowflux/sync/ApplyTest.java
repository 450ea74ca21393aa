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
import dev.allowflux.sync.FakeAccount.Fate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/**
 * What a run does about refusals, doubts and changes of others, without a wire, in virtual time.
 */
@Timeout(60)
class ApplyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeAccount account = new FakeAccount();

  @TempDir private Path directory;

  private ApplySettings.Builder settings() {
    return ApplySettings.builder(directory.resolve("journal"));
  }

  private Flux<ApplyEvent> apply(SyncPlan plan, ApplySettings.Builder settings) {
    Clock clock = Clock.fixed(FakeAccount.START.plusSeconds(3600), ZoneOffset.UTC);
    return new AllowPolicySync(account, clock, ApplyJournal.FORCED)
        .apply(plan.approve(plan.digest()), settings.build());
  }

  private ApplyReport run(SyncPlan plan, ApplySettings.Builder settings) {
    AtomicReference<ApplyReport> report = new AtomicReference<>();
    StepVerifier.withVirtualTime(
            () ->
                apply(plan, settings)
                    .doOnNext(
                        event -> {
                          if (event instanceof Finished finished) {
                            report.set(finished.report());
                          }
                        }))
        .thenAwait(Duration.ofMinutes(10))
        .thenConsumeWhile(event -> true)
        .expectComplete()
        .verify(PATIENCE);
    return report.get();
  }

  private static DesiredPolicy[] domains(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> desired("d%03d.example.org".formatted(i), PatternType.DOMAIN, "c"))
        .toArray(DesiredPolicy[]::new);
  }

  // ---------------------------------------------------------------- refusals

  @Test
  void aChangeThatTheServiceNamesIsSetAsideAndTheOthersAreMade() {
    account.refused.addAll(List.of("d003.example.org", "d007.example.org"));
    ApplyReport report = run(account.plan(domains(50)), settings());
    assertThat(account.batches).hasSize(3);
    assertThat(account.now()).hasSize(48);
    assertThat(report.progress()).isEqualTo(new ApplyReport.Progress(50, 48, 0, 2, 0, 0));
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
    assertThat(report.progress()).isEqualTo(new ApplyReport.Progress(200, 199, 0, 1, 0, 0));
    assertThat(report.open().get(0).change().key().pattern()).isEqualTo("d077.example.org");
    assertThat(account.batches).hasSizeLessThanOrEqualTo(17);
  }

  @Test
  void theCallsForFindingRefusedChangesAreCappedAndTheRestIsLeftForTheNextRun() {
    IntStream.range(0, 100).forEach(i -> account.refused.add("d%03d.example.org".formatted(i)));
    account.namesWhatItRefuses = false;
    SyncPlan plan = account.plan(domains(100));
    ApplyReport report = run(plan, settings().maxSplitCalls(10));
    assertThat(account.batches).hasSize(11);
    assertThat(report.progress().left()).isPositive();
    assertThat(report.progress().isFinished()).isFalse();
    assertThat(report.open())
        .filteredOn(open -> open.state() == State.LEFT)
        .allSatisfy(open -> assertThat(open.why()).contains("no more calls may be spent"));
    account.refused.clear();
    assertThat(run(plan, settings()).progress().left()).isZero();
  }

  @Test
  void aRefusedCredentialEndsTheRunAndTheNextOneGoesOn() {
    SyncPlan plan = account.plan(domains(10));
    account.fates.add(Fate.CREDENTIAL_REFUSED);
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

  // ---------------------------------------------------------------- doubts

  @Test
  void aBatchWithoutAnswerThatWasDoneIsAdoptedThoughReadsLag() {
    account.lag = Duration.ofSeconds(3);
    account.fates.add(Fate.LOST_DONE);
    ApplyReport report = run(account.plan(domains(20)), settings());
    assertThat(account.batches).hasSize(1);
    assertThat(report.batches()).extracting(Batch::outcome).containsExactly(Outcome.FOUND_DONE);
    assertThat(account.now()).hasSize(20);
  }

  @Test
  void aBatchWithoutAnswerThatWasNotDoneIsSentAgainOnceTheWaitIsOver() {
    account.fates.add(Fate.LOST_NOT_DONE);
    SyncPlan plan = account.plan(domains(20));
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofMillis(4990))
        .expectNextCount(1)
        .then(() -> assertThat(account.batches).hasSize(1))
        .thenAwait(Duration.ofMillis(10))
        .expectNextCount(3)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.batches).hasSize(2);
    assertThat(account.now()).hasSize(20);
  }

  @Test
  void fiveBatchesInARowThatGotNoAnswerAndWereNotDoneEndTheRun() {
    IntStream.range(0, 5).forEach(i -> account.fates.add(Fate.LOST_NOT_DONE));
    SyncPlan plan = account.plan(domains(20));
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofMinutes(1))
        .expectNextCount(5)
        .expectError(Unavailable.class)
        .verify(PATIENCE);
    assertThat(run(plan, settings()).open()).isEmpty();
    assertThat(account.now()).hasSize(20);
  }

  @Test
  void witnessesThatContradictEachOtherLeaveTheBatchOpenAndTheRestGoesOn() {
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("b.example.org", PatternType.DOMAIN, "old");
    account.add("z.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan =
        account.plan(
            desired("a.example.org", PatternType.DOMAIN, "new"),
            desired("b.example.org", PatternType.DOMAIN, "new"),
            desired("c.example.org", PatternType.DOMAIN, "new"));
    account.fates.add(Fate.LOST_NOT_DONE);
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofSeconds(1))
        .then(() -> account.comment("b.example.org", "new"))
        .thenAwait(Duration.ofSeconds(10))
        .expectNextCount(3)
        .expectNextMatches(
            event -> event.progress().equals(new ApplyReport.Progress(4, 1, 0, 0, 3, 0)))
        .expectComplete()
        .verify(PATIENCE);
    assertThat(account.patterns()).containsExactly("a.example.org", "b.example.org");

    account.comment("b.example.org", "old");
    ApplyReport report = run(plan, settings());
    assertThat(report.open()).isEmpty();
    assertThat(report.batches())
        .extracting(Batch::outcome)
        .containsExactly(Outcome.NOT_DONE, Outcome.DONE, Outcome.DONE);
    assertThat(account.patterns())
        .containsExactly("a.example.org", "b.example.org", "c.example.org");
  }

  @Test
  void aBatchThatNobodyCanTellOfStaysOpenUntilARunCan() {
    account.add("a.example.org", PatternType.DOMAIN, "old");
    account.add("z.example.org", PatternType.DOMAIN, "old");
    SyncPlan plan = account.plan(desired("a.example.org", PatternType.DOMAIN, "new"));
    account.fates.add(Fate.LOST_NOT_DONE);
    AtomicReference<ApplyReport> report = new AtomicReference<>();
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofSeconds(1))
        .then(() -> account.comment("a.example.org", "of somebody else"))
        .thenAwait(Duration.ofSeconds(10))
        .thenConsumeWhile(
            event -> true,
            event -> {
              if (event instanceof Finished finished) {
                report.set(finished.report());
              }
            })
        .expectComplete()
        .verify(PATIENCE);
    assertThat(report.get().progress()).isEqualTo(new ApplyReport.Progress(2, 1, 0, 0, 1, 0));
    assertThat(report.get().batches())
        .extracting(Batch::outcome)
        .containsExactly(Outcome.UNCLEAR, Outcome.DONE);
    assertThat(report.get().open()).extracting(Open::state).containsExactly(State.UNCLEAR);
    assertThat(account.patterns()).containsExactly("a.example.org");

    account.comment("a.example.org", "new");
    assertThat(run(plan, settings()).open()).isEmpty();
    assertThat(account.batches).hasSize(2);
  }

  @Test
  void aCancelWithinTheWaitForAWitnessEndsTheReading() {
    account.fates.add(Fate.LOST_NOT_DONE);
    SyncPlan plan = account.plan(domains(1));
    StepVerifier.withVirtualTime(() -> apply(plan, settings()))
        .thenAwait(Duration.ofSeconds(1))
        .expectNextCount(1)
        .then(() -> account.lists = 0)
        .thenCancel()
        .verify(PATIENCE);
    assertThat(account.lists).isZero();
    account.fates.add(Fate.ANSWERED);
    assertThat(run(plan, settings()).open()).isEmpty();
    assertThat(account.now()).hasSize(1);
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
    assertThat(report.progress()).isEqualTo(new ApplyReport.Progress(6, 3, 3, 0, 0, 0));
    assertThat(report.open())
        .extracting(open -> open.change().key().pattern())
        .containsExactly("c.example.org", "a.example.org", "x.example.org");
    assertThat(account.patterns())
        .containsExactly(
            "a.example.org", "b.example.org", "c.example.org", "d.example.org", "x.example.org");
    assertThat(account.lists).isEqualTo(pages == 1 ? 1 : 2);
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
    AllowPolicySync sync = new AllowPolicySync(account, late, ApplyJournal.FORCED);
    assertThatThrownBy(
            () -> sync.apply(plan.approve(plan.digest()), settings().build()).blockLast(PATIENCE))
        .isInstanceOf(ApplyRefusedException.class)
        .hasMessageContaining("too old")
        .hasMessageNotContaining("\n");
    assertThat(account.batches).isEmpty();
    assertThat(account.lists).isZero();
    assertThat(directory).isEmptyDirectory();
  }
}
