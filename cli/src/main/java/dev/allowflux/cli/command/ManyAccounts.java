package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountOutcome;
import dev.allowflux.sync.accounts.AccountRuns;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One command in each account of a list: a line for each, and the failures at the end. */
final class ManyAccounts {
  /** Accounts of one credential at a time: enough to use a quota while pages are on their way. */
  static final int TOGETHER = 4;

  private static final int MOST_SHOWN = 100;

  private final AbstractCommand command;
  private final Invocation invocation;
  private final List<AccountEntry> accounts;
  private final boolean all;
  private final int width;
  private final Map<AccountEntry, Failure> failures = new HashMap<>();
  private final Map<AccountEntry, Rejected> leftOut = new ConcurrentHashMap<>();
  private boolean silent;
  private int withoutPlan;

  /**
   * Prepares the run of a command.
   *
   * @param all whether these are all accounts that a credential sees: nobody has chosen them, so
   *     one without Email Security is no failure
   */
  ManyAccounts(AbstractCommand command, List<AccountEntry> accounts, boolean all) {
    this.command = command;
    this.invocation = command.invocation();
    this.accounts = accounts;
    this.all = all;
    width = accounts.stream().mapToInt(e -> e.account().value().length()).max().orElse(0);
  }

  /** Writes no line for an account: standard output is for something else. */
  ManyAccounts silently() {
    silent = true;
    return this;
  }

  /** Counts accounts that are none of this run's since they were not planned. */
  ManyAccounts withoutPlan(int count) {
    withoutPlan = count;
    return this;
  }

  /** What is done in one account. */
  interface Work {
    /** Does it when subscribed to, and gives what there is to say about the account. */
    Mono<String> in(AllowPolicyClient client, AccountEntry entry);
  }

  /** Takes what the work in an account gave. */
  interface Done<T> {
    void of(AccountEntry entry, T value) throws IOException;
  }

  /** Why an account is not done, in lines, and the exit code for it. */
  private record Failure(ExitCode exit, List<String> lines) {}

  /** Does the work in each account; returns the exit code of the first one that failed. */
  ExitCode run(ConnectionOptions connection, Consumer<ClientSettings.Builder> settings, Work work)
      throws IOException {
    try (AccountSessions sessions = connection.openAll(command.parser(), invocation, accounts)) {
      return run(sessions, settings, work);
    }
  }

  ExitCode run(AccountSessions sessions, Consumer<ClientSettings.Builder> settings, Work work)
      throws IOException {
    Output output = Output.standard(command.io());
    collect(
        AccountRuns.run(
            accounts,
            TOGETHER,
            entry ->
                Mono.defer(() -> work.in(sessions.client(entry, settings), entry))
                    .onErrorResume(Rejected.class, refusal -> refused(entry, refusal))
                    .subscribeOn(Schedulers.boundedElastic())),
        accounts.size(),
        (entry, line) -> {
          if (!silent) {
            println(output, entry, line);
          } else if (leftOut.containsKey(entry)) {
            invocation.say("account " + entry + ": " + line);
          }
        });
    return reportFailures();
  }

  /** Prints a line on an account, with its id in front and its name behind. */
  void println(Output output, AccountEntry entry, String line) throws IOException {
    String id = entry.account().value();
    String name = entry.name().isEmpty() ? "" : "  " + SafeText.line(entry.name());
    output.println(id + " ".repeat(width - id.length()) + "  " + line + name);
  }

  /**
   * Waits for the outcomes of a piece of work, shows how far it is, and remembers what failed. The
   * work that is under way is cancelled if this fails, before anybody closes its clients.
   *
   * @param count how many outcomes there will be
   */
  <T> void collect(Flux<AccountOutcome<T>> outcomes, int count, Done<T> whenDone)
      throws IOException {
    collect(outcomes, count, false, whenDone);
  }

  /**
   * As {@code collect}, for work that only reads: an account without Email Security is left out.
   */
  <T> void collectLeavingOut(Flux<AccountOutcome<T>> outcomes, int count, Done<T> whenDone)
      throws IOException {
    collect(outcomes, count, true, whenDone);
  }

  private <T> void collect(
      Flux<AccountOutcome<T>> outcomes, int count, boolean leavesOut, Done<T> whenDone)
      throws IOException {
    int ended = 0;
    int failed = 0;
    // Whoever waits for an outcome must not keep an event loop waiting for a lock.
    try (Stream<AccountOutcome<T>> stream =
        outcomes.publishOn(Schedulers.boundedElastic(), 1).toStream(1)) {
      for (AccountOutcome<T> outcome : (Iterable<AccountOutcome<T>>) stream::iterator) {
        ended++;
        clear();
        if (outcome instanceof AccountOutcome.Done<T> done) {
          whenDone.of(done.entry(), done.value());
        } else if (outcome instanceof AccountOutcome.Failed<T> failure) {
          if (leavesOut
              && failure.failure() instanceof Rejected refusal
              && isLeftOut(failure.entry(), refusal)) {
            invocation.say("account " + failure.entry() + ": " + leftOut(refusal));
          } else {
            failed++;
            fail(failure.entry(), failure.failure());
          }
        }
        ProcessIo io = command.io();
        if (io.errIsTerminal()) {
          io.err().print(ended + " of " + CountText.accounts(count) + ", " + failed + " failed");
          io.err().flush();
        }
      }
    } finally {
      clear();
    }
  }

  /** Takes the refusal of an account that has no Email Security for what there is to say of it. */
  private Mono<String> refused(AccountEntry entry, Rejected refusal) {
    return isLeftOut(entry, refusal) ? Mono.just(leftOut(refusal)) : Mono.error(refusal);
  }

  private boolean isLeftOut(AccountEntry entry, Rejected refusal) {
    if (all
        && (refusal.reason() == RejectionReason.NOT_SUBSCRIBED
            || refusal.reason() == RejectionReason.NOT_FOUND)) {
      leftOut.put(entry, refusal);
      return true;
    }
    return false;
  }

  private static String leftOut(Rejected refusal) {
    return "left out, without Email Security (" + refusal.details().status() + ")";
  }

  private void fail(AccountEntry entry, Throwable thrown) {
    Exception failure =
        Exceptions.unwrap(thrown) instanceof Exception e ? e : new IllegalStateException(thrown);
    String credential = entry.credential() == null ? "" : " by " + entry.credential();
    List<String> lines = new ArrayList<>();
    lines.add("account " + entry + credential + ": " + FailureReport.line(failure, Instant.now()));
    lines.addAll(FailureReport.details(failure));
    failures.put(entry, new Failure(FailureReport.exitCode(failure), lines));
  }

  /** Remembers an account whose work ended otherwise than it should. */
  void fail(AccountEntry entry, ExitCode exit, String why) {
    failures.put(entry, new Failure(exit, List.of("account " + entry + ": " + why)));
  }

  boolean isFailed(AccountEntry entry) {
    return failures.containsKey(entry);
  }

  private void clear() {
    if (command.io().errIsTerminal()) {
      command.io().err().print("\r\033[K");
      command.io().err().flush();
    }
  }

  /** Names the accounts that failed; returns the exit code of the first one. */
  ExitCode reportFailures() {
    invocation.say(
        String.format(
            Locale.ROOT,
            "%s: %,d done%s, %,d failed%s",
            CountText.accounts(accounts.size()),
            accounts.size() - failures.size() - leftOut.size(),
            leftOut.isEmpty() ? "" : String.format(Locale.ROOT, ", %,d left out", leftOut.size()),
            failures.size(),
            withoutPlan == 0
                ? ""
                : String.format(Locale.ROOT, "; %,d without a plan", withoutPlan)));
    ExitCode first = ExitCode.DONE;
    if (!leftOut.isEmpty() && leftOut.size() == accounts.size()) {
      Rejected refusal = leftOut.values().iterator().next();
      invocation.say(
          "no account has Email Security: " + FailureReport.line(refusal, Instant.now()));
      first = FailureReport.exitCode(refusal);
    }
    int shown = 0;
    for (AccountEntry entry : accounts) {
      Failure failure = failures.get(entry);
      if (failure == null) {
        continue;
      }
      if (first == ExitCode.DONE) {
        first = failure.exit();
      }
      if (shown++ < MOST_SHOWN) {
        invocation.say(failure.lines().get(0));
        failure.lines().stream().skip(1).forEach(invocation.io().err()::println);
      }
    }
    if (shown > MOST_SHOWN) {
      invocation.say(
          "and "
              + CountText.of(shown - MOST_SHOWN, "more account", "more accounts")
              + " that failed");
    }
    return first;
  }
}
