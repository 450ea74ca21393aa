package dev.allowflux.sync.accounts;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Does one piece of work in each of many accounts. Credentials are served side by side, since each
 * has a quota of its own, and within a credential some accounts at a time, whose calls its client
 * lets through in turn. A failure of one account never stops another: what failed is tried once
 * more when the other accounts of its credential are done.
 *
 * <p>Give each credential one client, so that its accounts share one quota; the quotas of a process
 * keep to its {@linkplain dev.allowflux.reactor.CallRate#ofProcess() call rate} together.
 *
 * <p>Stateless; safe for use by many threads.
 *
 * @since 0.1
 */
public final class AccountRuns {
  private AccountRuns() {}

  /**
   * Does the work. Nothing happens before subscription, and each subscription does it anew. There
   * is one outcome for each account, as they end; the flux itself fails only if {@code work} throws
   * a fatal error other than {@link OutOfMemoryError}, which is the cause of the account's failure.
   * Reactor signals no such error that is thrown within the work's own operators. A cancel cancels
   * the work that is under way and begins no more of it. Outcomes come on the threads of the work.
   *
   * @param accounts the accounts; those of one credential are begun in this order
   * @param together how many accounts of one credential are worked on at a time, 1 to 64
   * @param work the work in an account, subscribed to once, and once more if it failed; one that
   *     gives no value counts as a failure
   * @param <T> what the work gives
   * @return the outcomes; cold
   * @throws IllegalArgumentException if {@code together} is out of range
   */
  public static <T> Flux<AccountOutcome<T>> run(
      Collection<AccountEntry> accounts,
      int together,
      Function<? super AccountEntry, ? extends Mono<T>> work) {
    return run(accounts, together, Integer.MAX_VALUE, work);
  }

  /** Does the work with at most so many credentials side by side. */
  static <T> Flux<AccountOutcome<T>> run(
      Collection<AccountEntry> accounts,
      int together,
      int credentials,
      Function<? super AccountEntry, ? extends Mono<T>> work) {
    requireNonNull(work, "work");
    if (together < 1 || together > 64) {
      throw new IllegalArgumentException("together must be 1 to 64, not " + together);
    }
    Map<String, List<AccountEntry>> groups = new LinkedHashMap<>();
    for (AccountEntry entry : accounts) {
      groups
          .computeIfAbsent(
              Objects.requireNonNullElse(entry.credential(), ""), k -> new ArrayList<>())
          .add(entry);
    }
    if (groups.isEmpty()) {
      return Flux.empty();
    }
    return Flux.fromIterable(groups.values())
        .flatMap(
            group -> ofCredential(group, together, work), Math.min(groups.size(), credentials), 1);
  }

  private static <T> Flux<AccountOutcome<T>> ofCredential(
      List<AccountEntry> group,
      int together,
      Function<? super AccountEntry, ? extends Mono<T>> work) {
    return Flux.defer(
        () -> {
          Queue<AccountEntry> failed = new ConcurrentLinkedQueue<>();
          Flux<AccountOutcome<T>> first =
              Flux.fromIterable(group)
                  .flatMap(entry -> once(entry, work), together, 1)
                  .doOnNext(
                      outcome -> {
                        if (outcome instanceof AccountOutcome.Failed) {
                          failed.add(outcome.entry());
                        }
                      })
                  .filter(AccountOutcome.Done.class::isInstance);
          Flux<AccountOutcome<T>> again =
              Flux.defer(
                  () ->
                      Flux.fromIterable(List.copyOf(failed))
                          .flatMap(entry -> once(entry, work), together, 1));
          return first.concatWith(again);
        });
  }

  private static <T> Mono<AccountOutcome<T>> once(
      AccountEntry entry, Function<? super AccountEntry, ? extends Mono<T>> work) {
    return Mono.defer(
            () -> {
              try {
                return work.apply(entry);
              } catch (OutOfMemoryError e) {
                return Mono.error(new IllegalStateException("out of memory", e));
              }
            })
        .<AccountOutcome<T>>map(value -> new AccountOutcome.Done<>(entry, value))
        .switchIfEmpty(
            Mono.fromSupplier(
                () ->
                    new AccountOutcome.Failed<>(
                        entry, new IllegalStateException("the work gave no value"))))
        .onErrorResume(
            failure ->
                Exceptions.isFatal(failure)
                    ? Mono.error(failure)
                    : Mono.just(new AccountOutcome.Failed<>(entry, failure)));
  }
}
