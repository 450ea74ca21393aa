package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.text.CountText;
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
  private final boolean totalIsExact;
  private final int page;
  private final PageLengths lengths;
  private final List<String> firstIds;
  private final Set<String> previousIds;
  private final ForwardReport report;

  private PageCursor(
      AccountId account,
      boolean totalIsExact,
      int page,
      PageLengths lengths,
      List<String> firstIds,
      Set<String> previousIds,
      ForwardReport report) {
    this.account = account;
    this.totalIsExact = totalIsExact;
    this.page = page;
    this.lengths = lengths;
    this.firstIds = firstIds;
    this.previousIds = previousIds;
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
        totalIsExact,
        1,
        PageLengths.of(perPage),
        List.of(),
        Set.of(),
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
    return lengths.requested();
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
   * pages are; a total never does. But behind a page that ends the listing although an exact total
   * counts more policies, one more is asked for. If that one has policies, either the service
   * serves fewer policies a page than it says, which all pages must then bear out, or the page
   * before has lost some. Policies of the page just before are left out.
   *
   * @param answer the answer for {@link #page()}
   * @return the page, and where the listing goes on
   * @throws Malformed if the answer is of another page, names a policy twice, repeats the page just
   *     before or the first one, shows that the page before lost policies, or changes the size of
   *     the pages on the way, which would leave policies out
   */
  public Step next(ApiResult<PageBody> answer) {
    PageBody body = answer.value();
    List<AllowPolicy> policies = body.policies();
    checkNumbers(answer);
    List<String> ids = policies.stream().map(policy -> policy.id().value()).toList();
    Set<String> distinct = new HashSet<>(ids);
    if (distinct.size() < ids.size()) {
      throw malformed(answer, "page " + page + " names a policy twice");
    }
    List<AllowPolicy> fresh = withoutPrevious(policies);
    if (!ids.isEmpty() && fresh.isEmpty() && ids.size() == previousIds.size()) {
      throw malformed(answer, "page " + page + " repeats page " + (page - 1));
    }
    if (!ids.isEmpty() && page > 2 && ids.equals(firstIds)) {
      throw malformed(answer, "page " + page + " repeats page 1");
    }
    PageLengths known = settle(answer);
    boolean isShort = ids.size() < known.full(body);
    Long total = totalIsExact ? body.totalCount() : null;
    boolean contradicted = total != null && total > known.reached() + ids.size();
    boolean doubt = isShort && contradicted && !known.isDoubted();
    ForwardReport.End end = end(isShort && !doubt, total, contradicted, ids.isEmpty());
    int repeated = policies.size() - fresh.size();
    TraversalReport seen = report.next(fresh.size(), repeated, body.totalCount(), end);
    boolean last = end != ForwardReport.End.NOT_YET;
    Page read =
        Page.builder(fresh, seen)
            .number(page)
            .perPage(known.size(body))
            .totalCount(body.totalCount())
            .duplicates(repeated)
            .last(last)
            .build();
    return new Step(read, last ? null : after(ids, distinct, known.after(body, doubt), seen));
  }

  private void checkNumbers(ApiResult<PageBody> answer) {
    Long number = answer.value().page();
    if (number != null && number != page) {
      throw malformed(answer, "page " + number + " came for page " + page);
    }
    Long said = PageLengths.said(answer.value());
    if (said != null && lengths.said() != null && !said.equals(lengths.said())) {
      throw malformed(
          answer,
          "page "
              + page
              + " is of "
              + CountText.policies(said)
              + ", earlier ones of "
              + lengths.said());
    }
  }

  /** Finds out what the page behind a doubted one says of it. */
  private PageLengths settle(ApiResult<PageBody> answer) {
    int length = answer.value().policies().size();
    if (lengths.observed() > 0 && length > lengths.observed()) {
      throw malformed(
          answer,
          "page "
              + page
              + " has "
              + CountText.policies(length)
              + ", earlier ones "
              + lengths.observed());
    }
    if (!lengths.isDoubted() || length == 0) {
      return lengths;
    }
    if (!lengths.isExplainedBy(page, length)) {
      throw malformed(
          answer,
          "page "
              + (page - 1)
              + (lengths.doubted() == 0
                  ? " came empty"
                  : " came short with " + CountText.policies(lengths.doubted()))
              + ", but page "
              + page
              + " has policies");
    }
    return lengths.believed();
  }

  private static ForwardReport.End end(
      boolean end, @Nullable Long exactTotal, boolean contradicted, boolean empty) {
    if (!end) {
      return ForwardReport.End.NOT_YET;
    }
    boolean verified = exactTotal == null ? empty : !contradicted;
    return verified ? ForwardReport.End.VERIFIED : ForwardReport.End.ASSUMED;
  }

  private PageCursor after(
      List<String> ids, Set<String> distinct, PageLengths known, TraversalReport seen) {
    return new PageCursor(
        account,
        totalIsExact,
        page + 1,
        known,
        page == 1 ? ids : firstIds,
        distinct,
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
