package dev.allowflux.reactor;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversedPage;
import dev.allowflux.reactor.internal.transport.HttpTransport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The allow policy operations of Cloudflare Email Security.
 *
 * <p>Make one client per credential and share it: it is safe for use by many threads, serves any
 * number of accounts, and owns the connections that its calls reuse. It speaks HTTP/1.1. Close it
 * when it is no longer needed.
 *
 * <p><b>Common to every operation.</b>
 *
 * <ul>
 *   <li>Nothing is sent before subscription, and each subscription makes its own call.
 *   <li>Arguments must not be null: a null is refused at once with a {@link NullPointerException}.
 *   <li>Values come on a Reactor Netty event-loop thread. Failures come there too, or on a thread
 *       of {@link reactor.core.scheduler.Schedulers#parallel()} when a time limit ran out or a wait
 *       ended. No thread is ever blocked.
 *   <li>A cancel ends every wait at once: a call that waits for its permit or between two attempts
 *       sends nothing more, and a request under way has its connection closed. A write that was
 *       sent may still be carried out.
 *   <li>Each attempt takes a permit of the client's rate limiter first, in order of arrival.
 *       Attempts are retried where that is safe: see {@link
 *       ClientSettings.Builder#maxAttempts(int)}.
 *   <li>The subscriber's Reactor context is visible to {@link CallEvents} and to the hooks of an
 *       {@code HttpClient} customiser.
 * </ul>
 *
 * <p><b>Failures.</b> Every failure is an {@link dev.allowflux.error.EmailSecurityException}, and
 * its kind tells what the caller can do:
 *
 * <ul>
 *   <li>{@code Rejected}: the API refused the request; the same request will be refused again.
 *   <li>{@code Throttled}: the rate limit does not let the call through within the operation's time
 *       limit, or every attempt met a 429; {@code retryAfter()} names the wait when it is known.
 *   <li>{@code Unavailable}: no usable response, and this call changed nothing.
 *   <li>{@code OutcomeUnknown}: a write was sent and its outcome is not known; look before you
 *       retry.
 *   <li>{@code Malformed}: the response to a read breaks the API's contract, or is not the response
 *       to this request.
 * </ul>
 *
 * <p>A result counts only as far as it says what was requested: one of another policy, or with
 * another value than the one that was sent, is no success. Another spelling of the same value and
 * an absent field are success with a note ({@link ApiResult#notes()}).
 *
 * <p>The exception is a call made after {@link #close()}, or one that waits then: it fails with
 * {@link IllegalStateException}, but for a write with an unconfirmed attempt, which fails with
 * {@code OutcomeUnknown}.
 *
 * @since 0.1
 */
public interface AllowPolicyClient extends AutoCloseable {

  /**
   * Makes a client. No connection is opened before the first call.
   *
   * @param settings credential, address, limits
   * @return a new client
   */
  static AllowPolicyClient create(ClientSettings settings) {
    return new DefaultAllowPolicyClient(
        settings, new HttpTransport(settings.transport(), settings.credential()::writeTo));
  }

  /**
   * Lists every allow policy of an account: {@link #list(AccountId, AllowPolicyFilter)} without a
   * filter.
   *
   * @param account the account
   * @return the policies
   */
  default Flux<AllowPolicy> list(AccountId account) {
    return list(account, AllowPolicyFilter.all());
  }

  /**
   * Lists the allow policies that match a filter, page after page.
   *
   * <p>A page is fetched when an item of it is demanded, and up to {@link
   * ClientSettings.Builder#readAhead(int)} pages are requested beyond the page whose items are
   * being taken. Order is kept. Each page is a call of its own with its own attempts and time
   * limits, so a failure on page 7 does not repeat page 1.
   *
   * <p>Page numbers are not a snapshot ({@code docs/api-facts.md#listing}): a policy that moves to
   * an earlier page while the listing runs can be missed, and one that moves to the next page would
   * come twice but is dropped by its id; {@link #traverse} misses none. The listing ends on an
   * empty page, or on one shorter than the page size that the server says it used; a server that
   * repeats a page fails the listing with {@code Malformed}.
   *
   * @param account the account
   * @param filter which policies, and in what order
   * @return the policies; cold, each subscription starts at the first page
   */
  Flux<AllowPolicy> list(AccountId account, AllowPolicyFilter filter);

  /**
   * The same listing by page. A demand of one page fetches one page, and the pages that {@link
   * ClientSettings.Builder#readAhead(int)} allows once it was taken.
   *
   * @param account the account
   * @param filter which policies, and in what order
   * @return the pages; the last one has {@link Page#last()} set and may be empty
   */
  default Flux<Page> pages(AccountId account, AllowPolicyFilter filter) {
    return pagesWithResponse(account, filter).map(ApiResult::value);
  }

  /**
   * The same as {@link #pages}, with what came beside each page.
   *
   * @param account the account
   * @param filter which policies, and in what order
   * @return the pages with messages, status, cf-ray and rate-limit state
   */
  Flux<ApiResult<Page>> pagesWithResponse(AccountId account, AllowPolicyFilter filter);

  /**
   * Lists the policies that match a filter, page by page, each page with a report of what was seen
   * up to it; the report of the last page is that of the whole. An account without policies gives
   * one page without policies.
   *
   * <p>{@link Traversal#FAST} is the listing of {@link #pages}. {@link Traversal#COMPLETE} reads
   * the whole account, filters here, and misses nothing that is there all the time ({@code
   * docs/api-facts.md#listing}); its policies come newest first. Up to {@link
   * ClientSettings.Builder#readAhead(int)} pages are in flight at once, and are held until it is
   * certain that they miss nothing; no page is requested beyond what is demanded and the
   * read-ahead. Each page is a call of its own with its own attempts and time limits. Some
   * responses only tell where to look, so one page may take several calls.
   *
   * <p>A complete traversal fails with {@code Malformed}, beyond what fails a listing, if a page is
   * not in the order of creation, if more than {@link TraversalPosition#MAX_TIED} policies were
   * created at one instant and do not fit on a page, or if the list changes faster than it can be
   * read.
   *
   * @param account the account
   * @param filter which policies; for a complete traversal without search term, order and direction
   * @param traversal how to read them
   * @return the pages; cold, each subscription starts anew
   * @throws IllegalArgumentException at once if the filter does not allow a complete traversal
   */
  Flux<TraversedPage> traverse(AccountId account, AllowPolicyFilter filter, Traversal traversal);

  /**
   * Goes on with a complete traversal: after any pause and any changes, nothing that was there all
   * the time since the beginning is missed, and nothing comes that came before the position. The
   * place is found again in a number of calls that grows with the logarithm of what was deleted or
   * added meanwhile.
   *
   * @param account the account that was traversed before
   * @param filter the filter that was used before
   * @param position the position of the last page that was kept
   * @return the pages behind the position, and their reports of the whole; one page without
   *     policies if the position is the end
   * @throws IllegalArgumentException at once if the filter does not allow a complete traversal
   */
  Flux<TraversedPage> traverseFrom(
      AccountId account, AllowPolicyFilter filter, TraversalPosition position);

  /**
   * Gets one policy.
   *
   * @param account the account
   * @param id the policy
   * @return the policy; fails with {@code Rejected} (reason {@code NOT_FOUND}) if there is none
   */
  default Mono<AllowPolicy> get(AccountId account, PolicyId id) {
    return getWithResponse(account, id).map(ApiResult::value);
  }

  /**
   * The same as {@link #get}, with what came beside the value.
   *
   * @param account the account
   * @param id the policy
   * @return the policy with messages, status, cf-ray and rate-limit state
   */
  Mono<ApiResult<AllowPolicy>> getWithResponse(AccountId account, PolicyId id);

  /**
   * Creates a policy. The request is retried only after a 429, or when provably nothing was sent:
   * the API has no idempotency key, and a blind retry creates the policy twice ({@code
   * docs/api-facts.md#retrying}).
   *
   * @param account the account
   * @param policy what to create
   * @return the policy as created; fails with {@code OutcomeUnknown} if the request was sent and no
   *     usable response came, unless {@link ClientSettings.Builder#resolveUnknownCreates(boolean)}
   *     is on and the policy is found
   */
  default Mono<AllowPolicy> create(AccountId account, NewAllowPolicy policy) {
    return createWithResponse(account, policy).map(ApiResult::value);
  }

  /**
   * The same as {@link #create}, with what came beside the value.
   *
   * @param account the account
   * @param policy what to create
   * @return the policy with messages, status, cf-ray and rate-limit state
   */
  Mono<ApiResult<AllowPolicy>> createWithResponse(AccountId account, NewAllowPolicy policy);

  /**
   * Changes the fields that were set in {@code edit} and no others. Fixed values can be sent again
   * without harm, so the request is retried like a read.
   *
   * @param account the account
   * @param id the policy
   * @param edit the change
   * @return the policy as changed; fails with {@code OutcomeUnknown} if the last attempts were sent
   *     and got no usable response
   */
  default Mono<AllowPolicy> edit(AccountId account, PolicyId id, AllowPolicyEdit edit) {
    return editWithResponse(account, id, edit).map(ApiResult::value);
  }

  /**
   * The same as {@link #edit}, with what came beside the value.
   *
   * @param account the account
   * @param id the policy
   * @param edit the change
   * @return the policy with messages, status, cf-ray and rate-limit state
   */
  Mono<ApiResult<AllowPolicy>> editWithResponse(
      AccountId account, PolicyId id, AllowPolicyEdit edit);

  /**
   * Deletes a policy. A 404 that follows an unconfirmed attempt of this call counts as done, if it
   * is the service's own envelope with an error that is not about routing ({@code
   * docs/api-facts.md#not-found}).
   *
   * @param account the account
   * @param id the policy
   * @return completes empty once the policy is deleted; fails with {@code Rejected} (reason {@code
   *     NOT_FOUND}) if there is none, {@code OutcomeUnknown} if the attempts were sent and not
   *     answered
   */
  default Mono<Void> delete(AccountId account, PolicyId id) {
    return deleteWithResponse(account, id).then();
  }

  /**
   * The same as {@link #delete}, with what came beside the id.
   *
   * @param account the account
   * @param id the policy
   * @return the id that went, with messages, status, cf-ray and rate-limit state
   */
  Mono<ApiResult<PolicyId>> deleteWithResponse(AccountId account, PolicyId id);

  /**
   * Carries out deletes, edits, replacements and creates in this order, all or none ({@code
   * docs/api-facts.md#batch}). Like a create, a batch is retried only after a 429, or when provably
   * nothing was sent.
   *
   * @param account the account
   * @param batch the changes
   * @return what the service returned for each kind; fails with {@code OutcomeUnknown} if the
   *     request was sent and no usable response came
   */
  default Mono<BatchResult> batch(AccountId account, AllowPolicyBatch batch) {
    return batchWithResponse(account, batch).map(ApiResult::value);
  }

  /**
   * The same as {@link #batch}, with what came beside the value.
   *
   * @param account the account
   * @param batch the changes
   * @return the result with messages, status, cf-ray and rate-limit state
   */
  Mono<ApiResult<BatchResult>> batchWithResponse(AccountId account, AllowPolicyBatch batch);

  /**
   * Closes the client: from subscription on, new calls, and at once the calls that wait for a
   * permit or between two attempts, fail with {@link IllegalStateException}, idle connections are
   * closed, and requests under way may finish within {@link
   * ClientSettings.Builder#closeGrace(java.time.Duration)}. Only what the client made is closed;
   * event loops and a rate limiter that others use are left alone.
   *
   * @return completes when the last connection is closed, or when the grace period is over; a
   *     cancel does not reopen the client
   */
  Mono<Void> closeGracefully();

  /**
   * Starts {@link #closeGracefully()} and returns at once, whatever the thread. Calling it again
   * does nothing.
   */
  @Override
  void close();
}
