package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.TraversalReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in a listing: which page comes next, and what is known of those before
 * (docs/api-facts.md#listing).
 *
 * <p>A cursor is plain data. Answers may be asked for ahead, but are to be given to the cursors in
 * the order of the pages.
 */
public final class PageCursor {
  private final AccountId account;
  private final int perPage;
  private final boolean totalIsExact;
  private final int page;
  private final @Nullable Long saidPerPage;
  private final List<String> firstIds;
  private final Set<String> previousIds;
  private final int previousSize;

  /** The page before was empty, but the service counts more policies than came. */
  private final boolean endInDoubt;

  private final ForwardReport report;

  private PageCursor(
      AccountId account,
      int perPage,
      boolean totalIsExact,
      int page,
      @Nullable Long saidPerPage,
      List<String> firstIds,
      Set<String> previousIds,
      int previousSize,
      boolean endInDoubt,
      ForwardReport report) {
    this.account = account;
    this.perPage = perPage;
    this.totalIsExact = totalIsExact;
    this.page = page;
    this.saidPerPage = saidPerPage;
    this.firstIds = firstIds;
    this.previousIds = previousIds;
    this.previousSize = previousSize;
    this.endInDoubt = endInDoubt;
    this.report = report;
  }

  /**
   * Returns the beginning of a listing.
   *
   * @param account whose policies are listed
   * @param perPage how many policies a page is asked for
   * @param totalIsExact whether the total that the service reports counts just what is listed,
   *     which it does without a filter
   * @return the cursor of page 1
   */
  public static PageCursor first(AccountId account, int perPage, boolean totalIsExact) {
    return new PageCursor(
        account,
        perPage,
        totalIsExact,
        1,
        null,
        List.of(),
        Set.of(),
        0,
        false,
        ForwardReport.first(totalIsExact));
  }

  /**
   * Returns the page to ask for.
   *
   * @return the page, from 1
   */
  public int page() {
    return page;
  }

  /**
   * Returns how many policies the page is to be asked for.
   *
   * @return what the first cursor was given
   */
  public int perPage() {
    return perPage;
  }

  /**
   * Tells whether the total that the service reports counts just what is listed.
   *
   * @return what the first cursor was given
   */
  public boolean totalIsExact() {
    return totalIsExact;
  }

  /**
   * Takes the answer for this page.
   *
   * <p>An empty page ends the listing, and so does one that is shorter than the service says its
   * pages are; a total never does. But behind an empty page that contradicts an exact total one
   * more is asked for: if that one has policies, the empty one lost its own. Policies of the page
   * just before are left out.
   *
   * @param answer the answer for {@link #page()}
   * @return the page, and where the listing goes on
   * @throws Malformed if the answer is of another page, repeats the page just before or the first
   *     one, shows that the page before lost its policies, or changes the size of the pages on the
   *     way, which would leave policies out
   */
  public Step next(ApiResult<PageBody> answer) {
    PageBody body = answer.value();
    List<AllowPolicy> policies = body.policies();
    Long number = body.page();
    if (number != null && number != page) {
      throw malformed(answer, "page " + number + " came for page " + page);
    }
    Long said = sizeOf(body);
    if (said != null && saidPerPage != null && !said.equals(saidPerPage)) {
      throw malformed(
          answer, "page " + page + " is of " + said + " policies, earlier ones of " + saidPerPage);
    }
    List<String> ids = policies.stream().map(policy -> policy.id().value()).toList();
    List<AllowPolicy> fresh = withoutPrevious(policies);
    if (!ids.isEmpty() && fresh.isEmpty() && ids.size() == previousSize) {
      throw malformed(answer, "page " + page + " repeats page " + (page - 1));
    }
    if (!ids.isEmpty() && page > 2 && ids.equals(firstIds)) {
      throw malformed(answer, "page " + page + " repeats page 1");
    }
    if (endInDoubt && !ids.isEmpty()) {
      throw malformed(
          answer, "page " + (page - 1) + " came empty, but page " + page + " has policies");
    }
    long fullPage = said == null ? 1 : Math.min(said, perPage);
    int size = said == null ? perPage : (int) Math.min(said, Integer.MAX_VALUE);
    boolean end = policies.size() < fullPage;
    boolean doubt = ids.isEmpty() && !endInDoubt && countsMore(body, (page - 1L) * size);
    boolean last = end && !doubt;
    int repeated = policies.size() - fresh.size();
    TraversalReport seen = report.next(fresh.size(), repeated, body.totalCount(), last);
    Page read =
        Page.builder(fresh, seen)
            .number(page)
            .perPage(size)
            .totalCount(body.totalCount())
            .duplicates(repeated)
            .last(last)
            .build();
    return new Step(read, last ? null : after(ids, said, doubt, seen));
  }

  private boolean countsMore(PageBody body, long seen) {
    Long total = body.totalCount();
    return totalIsExact && total != null && total > seen;
  }

  private PageCursor after(
      List<String> ids, @Nullable Long said, boolean doubt, TraversalReport seen) {
    return new PageCursor(
        account,
        perPage,
        totalIsExact,
        page + 1,
        said == null ? saidPerPage : said,
        page == 1 ? ids : firstIds,
        new HashSet<>(ids),
        ids.size(),
        doubt,
        report.after(seen));
  }

  private List<AllowPolicy> withoutPrevious(List<AllowPolicy> policies) {
    if (previousIds.isEmpty()) {
      return policies;
    }
    List<AllowPolicy> fresh = new ArrayList<>(policies.size());
    for (AllowPolicy policy : policies) {
      if (!previousIds.contains(policy.id().value())) {
        fresh.add(policy);
      }
    }
    return fresh.size() == policies.size() ? policies : fresh;
  }

  private static @Nullable Long sizeOf(PageBody body) {
    Long said = body.perPage();
    return said == null || said < 1 ? null : said;
  }

  private Malformed malformed(ApiResult<PageBody> answer, String what) {
    return MalformedListing.because(account, answer, what);
  }

  /**
   * A page and where the listing goes on.
   *
   * @param page the page
   * @param next the cursor of the page after it, or {@code null} if the listing ends here
   */
  public record Step(Page page, @Nullable PageCursor next) {}
}
