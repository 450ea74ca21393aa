package dev.allowflux.sync.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.model.AccountId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class AccountRunsTest {
  private final Map<String, Sinks.One<String>> running = new ConcurrentHashMap<>();
  private final List<String> begun = new ArrayList<>();

  private static AccountEntry entry(String account, String credential) {
    return new AccountEntry(new AccountId(account), "", "env:" + credential);
  }

  /** The work of each account goes on until the test ends it. */
  private Mono<String> work(AccountEntry entry) {
    String account = entry.account().value();
    begun.add(account);
    Sinks.One<String> end = Sinks.one();
    running.put(account, end);
    return end.asMono().doOnCancel(() -> running.remove(account));
  }

  private void end(String account) {
    running.remove(account).tryEmitValue(account + " done").orThrow();
  }

  private void fail(String account) {
    running.remove(account).tryEmitError(new IllegalStateException(account)).orThrow();
  }

  @Test
  void credentialsAreServedSideBySideAndAccountsOfOneAFewAtATime() {
    List<AccountEntry> accounts =
        List.of(entry("a1", "A"), entry("a2", "A"), entry("a3", "A"), entry("b1", "B"));
    List<String> ended = new ArrayList<>();

    Disposable run =
        AccountRuns.run(accounts, 2, this::work)
            .subscribe(outcome -> ended.add(outcome.entry().account().value()));
    assertThat(begun).containsExactly("a1", "a2", "b1");
    end("b1");
    assertThat(begun).hasSize(3);
    end("a2");
    assertThat(begun).containsExactly("a1", "a2", "b1", "a3");
    end("a3");
    end("a1");

    assertThat(ended).containsExactly("b1", "a2", "a3", "a1");
    assertThat(run.isDisposed()).isTrue();
  }

  @Test
  void aLimitOfCredentialsLetsThoseBehindItWait() {
    List<AccountEntry> accounts = List.of(entry("a1", "A"), entry("b1", "B"), entry("b2", "B"));

    AccountRuns.run(accounts, 4, 1, this::work).subscribe();
    assertThat(begun).containsExactly("a1");
    end("a1");

    assertThat(begun).containsExactly("a1", "b1", "b2");
  }

  @Test
  void aFailedAccountStopsNoOtherAndIsTriedOnceMoreAtTheEnd() {
    List<AccountEntry> accounts =
        List.of(entry("a1", "A"), entry("a2", "A"), entry("a3", "A"), entry("a4", "A"));
    Map<String, AccountOutcome<String>> outcomes = new TreeMap<>();

    AccountRuns.run(accounts, 1, this::work)
        .subscribe(outcome -> outcomes.put(outcome.entry().account().value(), outcome));
    fail("a1");
    fail("a2");
    end("a3");
    assertThat(outcomes).containsOnlyKeys("a3");
    end("a4");
    assertThat(begun).containsExactly("a1", "a2", "a3", "a4", "a1");
    end("a1");
    fail("a2");

    assertThat(begun).containsExactly("a1", "a2", "a3", "a4", "a1", "a2");
    assertThat(outcomes).hasSize(4);
    assertThat(outcomes.get("a1")).isEqualTo(new AccountOutcome.Done<>(accounts.get(0), "a1 done"));
    assertThat(outcomes.get("a2"))
        .isInstanceOfSatisfying(
            AccountOutcome.Failed.class, failed -> assertThat(failed.failure()).hasMessage("a2"));
  }

  @Test
  void nothingBeginsWithoutSubscriptionAndACancelEndsWhatIsUnderWay() {
    List<AccountEntry> accounts = List.of(entry("a1", "A"), entry("a2", "A"), entry("b1", "B"));
    var run = AccountRuns.run(accounts, 1, this::work);
    assertThat(begun).isEmpty();

    Disposable subscription = run.subscribe();
    assertThat(running).containsOnlyKeys("a1", "b1");
    subscription.dispose();

    assertThat(running).isEmpty();
    assertThat(begun).containsExactly("a1", "b1");
  }

  @Test
  void everySubscriptionIsARunOfItsOwn() {
    Map<AccountId, Integer> times = new HashMap<>();
    Function<AccountEntry, Mono<Integer>> work =
        entry -> Mono.fromSupplier(() -> times.merge(entry.account(), 1, Integer::sum));
    var run = AccountRuns.run(List.of(entry("a1", "A")), 1, work);

    StepVerifier.create(run.concatWith(run))
        .expectNextMatches(o -> o instanceof AccountOutcome.Done<Integer> d && d.value() == 1)
        .expectNextMatches(o -> o instanceof AccountOutcome.Done<Integer> d && d.value() == 2)
        .verifyComplete();
  }

  @Test
  void workThatThrowsOrGivesNothingIsAFailureOfItsAccountAlone() {
    List<AccountEntry> accounts = List.of(entry("a1", "A"), entry("a2", "A"), entry("a3", "A"));

    List<AccountOutcome<String>> outcomes =
        AccountRuns.run(
                accounts,
                1,
                entry -> {
                  if (entry.account().value().equals("a1")) {
                    throw new IllegalArgumentException("thrown");
                  }
                  return entry.account().value().equals("a2") ? Mono.empty() : Mono.just("done");
                })
            .collectList()
            .block();

    assertThat(outcomes)
        .extracting(outcome -> outcome instanceof AccountOutcome.Done)
        .containsExactly(true, false, false);
  }

  @Test
  void manyAccountsHaveOneOutcomeEach() {
    List<AccountEntry> accounts =
        IntStream.range(0, 10_000).mapToObj(i -> entry("a" + i, "C" + i % 20)).toList();

    StepVerifier.create(
            AccountRuns.run(accounts, 4, entry -> Mono.just(entry.account().value()))
                .map(outcome -> outcome.entry().account())
                .distinct())
        .expectNextCount(10_000)
        .verifyComplete();
  }

  @Test
  void noAccountsAreNoWork() {
    StepVerifier.create(AccountRuns.run(List.of(), 1, this::work)).verifyComplete();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AccountRuns.run(List.of(), 65, this::work));
  }
}
