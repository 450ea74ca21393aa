package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A page as a part of the list: the policies at the positions from {@code from} on, as they were at
 * one moment, sorted by creation.
 *
 * @param policies the policies, oldest first
 * @param from the position of the first one, counted from 0
 * @param size how many policies a page of this size holds at most
 * @param reportedSize the page size that the service reported, 0 if it reported none
 * @param total how many policies the service counted, {@code null} if it did not report that
 * @param response where the page came from
 */
record PageWindow(
    List<AllowPolicy> policies,
    long from,
    int size,
    long reportedSize,
    @Nullable Long total,
    ApiResult<PageBody> response) {

  /**
   * Checks a response and takes it as a part of the list.
   *
   * @throws Malformed if the response is of another page, longer than it says pages are, not in the
   *     order of creation, or names a policy twice
   */
  static PageWindow of(
      AccountId account, PageRequest request, PageSizeFinder sizes, ApiResult<PageBody> response) {
    PageBody body = response.value();
    List<AllowPolicy> policies = body.policies();
    int page = request.page();
    Long number = body.page();
    if (number != null && number != page) {
      throw MalformedListing.because(
          account, response, "page " + number + " came for page " + page);
    }
    Instant before = Instant.MIN;
    Set<PolicyId> ids = new HashSet<>(policies.size() * 2);
    for (AllowPolicy policy : policies) {
      if (!ids.add(policy.id())) {
        throw MalformedListing.because(account, response, "page " + page + " names a policy twice");
      }
      if (policy.createdAt().isBefore(before)) {
        throw MalformedListing.because(
            account, response, "page " + page + " is not in the order of creation");
      }
      before = policy.createdAt();
    }
    int size = sizes.sizeOf(body, request.perPage());
    if (policies.size() > size) {
      throw MalformedListing.because(
          account,
          response,
          "page " + page + " has " + CountText.policies(policies.size()) + ", not " + size);
    }
    sizes.learn(body, request.perPage(), size);
    Long reported = body.perPage();
    return new PageWindow(
        policies,
        (page - 1L) * size,
        size,
        reported == null ? 0 : reported,
        body.totalCount(),
        response);
  }

  /** The first position behind the page. */
  long end() {
    return from + policies.size();
  }

  boolean isEmpty() {
    return policies.isEmpty();
  }

  boolean isFull() {
    return policies.size() >= size;
  }

  boolean hasSamePoliciesAs(@Nullable PageWindow other) {
    return other != null && from == other.from && policies.equals(other.policies);
  }

  Instant created(int index) {
    return policies.get(index).createdAt();
  }

  Instant oldest() {
    return created(0);
  }

  Instant newest() {
    return created(policies.size() - 1);
  }
}
