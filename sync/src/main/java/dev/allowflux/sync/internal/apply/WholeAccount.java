package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.AllowPolicyClient;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Reads a whole account as fast as a complete traversal can. */
public final class WholeAccount {
  /** A complete traversal reads as far ahead as is demanded; at full speed it holds 40 pages. */
  private static final int PAGES_DEMANDED = 64;

  /** Steps so small that the renewal of demand never ends what is read at a time. */
  private static final int PAGES_RENEWED = 8;

  private WholeAccount() {}

  /** Returns the pages, on a thread of {@link Schedulers#parallel()}. */
  public static Flux<Page> pages(AllowPolicyClient client, AccountId account) {
    return client
        .traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE)
        .limitRate(PAGES_DEMANDED, PAGES_RENEWED)
        .publishOn(Schedulers.parallel(), 1);
  }
}
