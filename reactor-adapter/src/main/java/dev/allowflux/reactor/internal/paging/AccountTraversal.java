package dev.allowflux.reactor.internal.paging;

import dev.allowflux.internal.json.AccountPage;
import dev.allowflux.internal.paging.AccountCursor;
import dev.allowflux.model.Account;
import dev.allowflux.model.ApiResult;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/** The accounts of a credential, page after page; a page is fetched when an account is demanded. */
public final class AccountTraversal {

  private AccountTraversal() {}

  /**
   * The accounts, each once.
   *
   * @param fetch the call for a page, by its number
   */
  public static Flux<Account> accounts(IntFunction<Mono<ApiResult<AccountPage>>> fetch) {
    return Flux.defer(
        () -> {
          AccountCursor cursor = new AccountCursor();
          return Flux.<Integer>generate(sink -> nextPage(cursor, sink))
              .concatMap(
                  page -> fetch.apply(page).flatMapMany(found -> items(cursor.next(found), cursor)),
                  0);
        });
  }

  private static void nextPage(AccountCursor cursor, SynchronousSink<Integer> sink) {
    if (cursor.isEnded()) {
      sink.complete();
    } else {
      sink.next(cursor.page());
    }
  }

  /** The end of a page that is not the last is looked for only when more is demanded. */
  private static Flux<Account> items(List<Account> accounts, AccountCursor cursor) {
    return cursor.isEnded()
        ? Flux.fromIterable(accounts)
        : Flux.generate(accounts::iterator, AccountTraversal::nextItem);
  }

  private static Iterator<Account> nextItem(Iterator<Account> left, SynchronousSink<Account> sink) {
    if (left.hasNext()) {
      sink.next(left.next());
    } else {
      sink.complete();
    }
    return left;
  }
}
