package dev.allowflux.reactor;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.sync.AccountRead;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What is counted while an account is read for a plan. */
final class AccountReading {
  private final Instant startedAt;
  private long seen;
  private long pages;
  private boolean steady = true;
  private @Nullable Long total;

  AccountReading(Instant startedAt) {
    this.startedAt = startedAt;
  }

  static Flux<Page> pages(AllowPolicyClient client, AccountId account) {
    return client.pages(account, AllowPolicyFilter.all());
  }

  void add(Page page) {
    pages++;
    seen += page.policies().size();
    steady &= total == null || total.equals(page.totalCount());
    total = page.totalCount();
  }

  AccountRead read() {
    return new AccountRead(
        startedAt, "fast", steady && total != null && total == seen, seen, 0, pages);
  }
}
