package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.AccountPage;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A position in the listing of a credential's accounts (docs/api-facts.md#accounts): which page
 * comes next, and which accounts came already. It holds their ids, so that none comes twice
 * whatever the pages say; it is used by one subscriber, page after page.
 */
public final class AccountCursor {
  /** How many accounts a page is asked for, the most that the service allows. */
  public static final int PAGE_SIZE = 50;

  /** How many accounts a credential may see; a service that names more has lost count. */
  static final int MAX_ACCOUNTS = 100_000;

  private final Set<AccountId> seen = new HashSet<>();
  private int page = 1;
  private boolean ended;

  /** The least total that any page told: more may have joined since, and need not come. */
  private @Nullable Long leastTotal;

  /**
   * Returns the page to ask for.
   *
   * @return the page, from 1
   */
  public int page() {
    return page;
  }

  /**
   * Tells whether the listing is at its end.
   *
   * @return true after the last page
   */
  public boolean isEnded() {
    return ended;
  }

  /**
   * Takes the response for {@link #page()}.
   *
   * <p>A page without accounts that are new ends the listing, and so does a page shorter than
   * requested whose total confirms that nothing follows; a total alone never does. A page without
   * new accounts is no end while fewer came than every total so far counts.
   *
   * @param response the response
   * @return the accounts that did not come before
   * @throws Malformed if the page has no new accounts although the service counts more, or if there
   *     are more than 100,000
   */
  public List<Account> next(ApiResult<AccountPage> response) {
    List<Account> accounts = response.value().accounts();
    List<Account> fresh = new ArrayList<>(accounts.size());
    for (Account account : accounts) {
      if (seen.add(account.id())) {
        fresh.add(account);
      }
    }
    if (seen.size() > MAX_ACCOUNTS) {
      throw malformed(response, "the service lists more than " + MAX_ACCOUNTS + " accounts");
    }
    Long total = response.value().totalCount();
    boolean more = total == null || total > seen.size();
    if (total != null && (leastTotal == null || total < leastTotal)) {
      leastTotal = total;
    }
    if (fresh.isEmpty() && leastTotal != null && leastTotal > seen.size()) {
      throw malformed(
          response,
          "page "
              + page
              + (accounts.isEmpty() ? " is empty: " : " repeats accounts of earlier pages: ")
              + seen.size()
              + " of "
              + leastTotal
              + " accounts came");
    }
    ended = fresh.isEmpty() || (accounts.size() < PAGE_SIZE && !more);
    page++;
    return fresh;
  }

  private static Malformed malformed(ApiResult<AccountPage> response, String what) {
    return MalformedListing.because(Operation.LIST_ACCOUNTS, null, response, what);
  }
}
