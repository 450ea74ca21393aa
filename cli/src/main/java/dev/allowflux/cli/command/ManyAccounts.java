package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountOutcome;
import dev.allowflux.sync.accounts.AccountRuns;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import reactor.core.Exceptions;
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
  private final Map<AccountEntry, Throwable> failures = new HashMap<>();
  private int ended;

  ManyAccounts(AbstractCommand command, List<AccountEntry> accounts) {
    this.command = command;
    this.invocation = command.invocation();
    this.accounts = accounts;
  }

  /** What is done in one account. */
  interface Work {
    /** Does it when subscribed to, and gives what there is to say about the account. */
    Mono<String> in(AllowPolicyClient client, AccountEntry entry);
  }

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
    int width = accounts.stream().mapToInt(e -> e.account().value().length()).max().orElse(0);
    try {
      for (AccountOutcome<String> outcome :
          AccountRuns.run(
                  accounts,
                  TOGETHER,
                  entry ->
                      Mono.defer(() -> work.in(sessions.client(entry, settings), entry))
                          .subscribeOn(Schedulers.boundedElastic()))
              // Whoever waits for an outcome must not keep an event loop waiting for a lock.
              .publishOn(Schedulers.boundedElastic(), 1)
              .toIterable(1)) {
        report(outcome, width, output);
      }
    } finally {
      clear();
    }
    return reportFailures();
  }

  private void report(AccountOutcome<String> outcome, int width, Output output) throws IOException {
    AccountEntry entry = outcome.entry();
    ended++;
    clear();
    if (outcome instanceof AccountOutcome.Done<String> done) {
      String id = entry.account().value();
      String name = entry.name().isEmpty() ? "" : "  " + SafeText.line(entry.name());
      output.println(id + " ".repeat(width - id.length()) + "  " + done.value() + name);
    } else if (outcome instanceof AccountOutcome.Failed<String> failed) {
      failures.put(entry, failed.failure());
    }
    ProcessIo io = command.io();
    if (io.errIsTerminal()) {
      io.err()
          .print(ended + " of " + accounts.size() + " accounts, " + failures.size() + " failed");
      io.err().flush();
    }
  }

  private void clear() {
    if (command.io().errIsTerminal()) {
      command.io().err().print("\r\033[K");
      command.io().err().flush();
    }
  }

  private ExitCode reportFailures() {
    invocation.say(
        String.format(
            Locale.ROOT,
            "%,d accounts: %,d done, %,d failed",
            accounts.size(),
            ended - failures.size(),
            failures.size()));
    ExitCode first = ExitCode.DONE;
    int shown = 0;
    for (AccountEntry entry : accounts) {
      Throwable thrown = failures.get(entry);
      if (thrown == null) {
        continue;
      }
      Exception failure =
          Exceptions.unwrap(thrown) instanceof Exception e ? e : new IllegalStateException(thrown);
      if (first == ExitCode.DONE) {
        first = FailureReport.exitCode(failure);
      }
      if (shown++ < MOST_SHOWN) {
        String credential = entry.credential() == null ? "" : " by " + entry.credential();
        invocation.say(
            "account " + entry + credential + ": " + FailureReport.line(failure, Instant.now()));
      }
    }
    if (shown > MOST_SHOWN) {
      invocation.say("and " + (shown - MOST_SHOWN) + " more accounts that failed");
    }
    return first;
  }
}
