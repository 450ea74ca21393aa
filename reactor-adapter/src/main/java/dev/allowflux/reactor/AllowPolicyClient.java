package dev.allowflux.reactor;

import dev.allowflux.model.Account;
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
 *   <li>Values come on a Reactor Netty event-loop thread; items that were read before they were
 *       demanded come on the thread that demands them. Failures come there too, on a thread of
 *       {@link reactor.core.scheduler.Schedulers#parallel()} when a time limit ran out or a wait
 *       ended, on the subscriber's thread when the call is refused before it waits, or on the
 *       thread that closes the client. No thread is ever blocked.
 *   <li>A cancel ends every wait at once: a call that waits for its permit or between two attempts
 *       sends nothing more, and a request under way has its connection closed. A write that was
 *       sent may still be carried out.
 *   <li>Each attempt takes a permit of the client's rate limiter first, in the order that {@link
 *       Priority} describes. Attempts are retried where that is safe: see {@link
 *       Retries.Builder#maxAttempts(int)}.
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
 * <p>Longer than most types here: each operation carries its whole contract.
 *
 * @since 0.1
 */
public interface AllowPolicyClient extends AutoCloseable {

  /**
   * Makes a client. No connection is opened before the first call, and nothing is checked with the
   * service.
   *
   * @param settings credential, address, limits
   * @return a new client, to be closed by the caller
   * @throws IllegalArgumentException if the trust store of the settings cannot be used
   */
  static AllowPolicyClient create(ClientSettings settings) {
    return new DefaultAllowPolicyClient(
        settings, new HttpTransport(settings.transport(), settings.credential()::writeTo));
  }

  /**
   * A view of this client whose calls have other limits. It shares everything with this client:
   * connections, quota, retry budget, observer, and the closing, which closes both. What the
   * options do not set stays as it is here.
   *
   * <pre>{@code
   * AllowPolicyClient background =
   *     client.with(CallOptions.builder().priority(Priority.BULK).build());
   * }</pre>
   *
   * @param options the other limits
   * @return a view; cheap, so it can be made for one call
   */
  AllowPolicyClient with(CallOptions options);

  /**
   * Checks that credential, permission and account work, by reading one policy of the account.
   *
   * <p>Each subscription makes one call, with the permit, retries, time limit, thread and cancel of
   * a listing's page. Gives exactly one result: also a refusal by the API is one. Fails with {@code
   * Throttled}, {@code Unavailable}, {@code Malformed} or {@link IllegalStateException} where a
   * listing does; then nothing is known.
   *
   * @param account the account
   * @return whether access works, and what to do if not; cold
   */
  Mono<AccessCheck> check(AccountId account);

  /**
   * Lists the accounts that the client's credential sees ({@code docs/api-facts.md#accounts}), with
   * or without Email Security.
   *
   * <p><b>When.</b> Nothing is sent before an account is demanded, and no page before an account
   * beyond the pages so far is. A page has up to 50 accounts, and is a call of its own with its own
   * permit, attempts and time limits; pages beyond the first are {@link Priority#BULK}.
   *
   * <p><b>Signals.</b> Each account once, in the order of the service, then completion; none if the
   * credential sees none. The listing ends on a page without accounts that did not come before, or
   * on a short one where the service counts no more. It is no snapshot: an account that is taken
   * away meanwhile can hide another one. The accounts of a page come on a Reactor Netty event-loop
   * thread, or on the thread that demands them if they were read before.
   *
   * <p><b>Cancel.</b> Ends every wait and the call under way at once: what was not sent is never
   * sent, and a request under way has its connection closed.
   *
   * <p><b>Failures.</b> After the accounts of the pages before: {@code Rejected}, {@code
   * Throttled}, {@code Unavailable} and {@link IllegalStateException} as for {@link
   * #list(AccountId, AllowPolicyFilter)}; {@code Malformed} if a page cannot be read as the API's,
   * if it is empty or repeats what came before although fewer accounts came than the service counts
   * (less than every {@code total_count} so far), or if there are more than 100,000 accounts.
   *
   * @return the accounts; cold, each subscription starts at the first page
   */
  Flux<Account> accounts();

  /**
   * Lists every allow policy of an account: {@link #list(AccountId, AllowPolicyFilter)} without a
   * filter, with the same signals, threads, cancel and failures.
   *
   * @param account the account
   * @return the policies; cold, each subscription starts at the first page
   */
  default Flux<AllowPolicy> list(AccountId account) {
    return list(account, AllowPolicyFilter.all());
  }

  /**
   * Lists the allow policies that match a filter, page after page.
   *
   * <p><b>When.</b> Nothing is sent before an item is demanded. A page is fetched when an item of
   * it is demanded; once half of the items of a page are taken, up to {@link
   * ClientSettings.Builder#readAhead(int)} pages are requested beyond it. So {@code
   * list(account).take(20)} costs one call. Each page is a call of its own with its own permit,
   * attempts and time limits, so a failure on page 7 does not repeat page 1.
   *
   * <p><b>Signals.</b> The policies in the order of the pages, then completion; never more items
   * than were demanded. The listing ends on an empty page, or on one shorter than the page size
   * that the service says it used ({@code docs/api-facts.md#listing}). The items of a page come on
   * a Reactor Netty event-loop thread, or on the thread that demands them if they were read before.
   *
   * <p><b>Not a snapshot.</b> A policy that moves to an earlier page while the listing runs can be
   * missed, and one that moves to the next page would come twice but is dropped by its id ({@code
   * docs/api-facts.md#listing}); {@link #traverse} misses none.
   *
   * <p><b>Cancel.</b> Ends every wait and every call of the listing at once: what was not sent is
   * never sent, and a request under way has its connection closed. A listing changes nothing.
   *
   * <p><b>Failures.</b> The failure of a page comes after the policies of the pages before it:
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses the credential, the account or the filter;
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *   <li>{@code Unavailable} if a page got no usable response within its attempts and time limits,
   *       or if {@link Timeouts.Builder#stream(java.time.Duration)} ran out;
   *   <li>{@code Malformed} if a page cannot be read as the API's, names another page than the
   *       requested one, or repeats the page before it or the first one;
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits.
   * </ul>
   *
   * @param account the account
   * @param filter which policies, and in what order
   * @return the policies; cold, each subscription starts at the first page
   */
  Flux<AllowPolicy> list(AccountId account, AllowPolicyFilter filter);

  /**
   * Lists the allow policies that match a filter, by page.
   *
   * <p>Nothing is sent before a page is demanded. A demand of one page fetches one page, and after
   * the first page was taken the pages that {@link ClientSettings.Builder#readAhead(int)} allows.
   * At least one page comes, in order, then completion. A page comes on a Reactor Netty event-loop
   * thread, or on the thread that demands it if it was read ahead. A cancel sends no further
   * request and closes the connection of one under way. Fails like {@link #list(AccountId,
   * AllowPolicyFilter)}, after the pages before the one that failed: {@code Rejected}, {@code
   * Throttled}, {@code Unavailable}, {@code Malformed} or {@link IllegalStateException}. It is no
   * snapshot either ({@code docs/api-facts.md#listing}).
   *
   * @param account the account
   * @param filter which policies, and in what order
   * @return the pages, each with a report of what was seen up to it; cold; the last one has {@link
   *     Page#last()} set and may be empty
   */
  default Flux<Page> pages(AccountId account, AllowPolicyFilter filter) {
    return pagesWithResponse(account, filter).map(ApiResult::value);
  }

  /**
   * Lists the allow policies that match a filter, by page, with what came beside each page.
   * Signals, threads, cancel and failures are those of {@link #pages}.
   *
   * @param account the account
   * @param filter which policies, and in what order
   * @return the pages with messages, status, cf-ray and rate-limit state; without notes; cold
   */
  Flux<ApiResult<Page>> pagesWithResponse(AccountId account, AllowPolicyFilter filter);

  /**
   * Traverses the policies that match a filter, page by page, each page with a report of what was
   * seen up to it; the report of the last page is that of the whole.
   *
   * <p>{@link Traversal#FAST} is the listing of {@link #pages}, which can miss a policy. {@link
   * Traversal#COMPLETE} reads the whole account, filters here, and misses nothing that is there all
   * the time ({@code docs/api-facts.md#listing}); its policies come newest first.
   *
   * <p><b>When.</b> Nothing is sent before a page is demanded. One page, or up to {@link
   * ClientSettings.Builder#readAhead(int)} pages if that is more, are in flight at once. Those of a
   * complete traversal are held until it is certain that they miss nothing; no page is requested
   * beyond what is demanded and the read-ahead. Each request is a call of its own with its own
   * permit, attempts and time limits. Some responses only tell where to look, so one page may take
   * several calls.
   *
   * <p><b>Signals.</b> One or more pages, then completion; an account without policies gives one
   * page without policies. A page comes on a Reactor Netty event-loop thread, or on the thread that
   * demands it if it was read ahead.
   *
   * <p><b>Cancel.</b> Ends every wait and every call at once: what was not sent is never sent, and
   * a request under way has its connection closed. Whoever keeps the position of the last page can
   * go on with {@link #traverseFrom}.
   *
   * <p><b>Failures.</b> After the pages before the failure:
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses the credential, the account or the filter;
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *   <li>{@code Unavailable} if a request got no usable response within its attempts and time
   *       limits, or if {@link Timeouts.Builder#stream(java.time.Duration)} ran out;
   *   <li>{@code Malformed} for what fails a listing; a complete traversal also if a page is not in
   *       the order of creation, if more than {@link TraversalPosition#MAX_TIED} policies were
   *       created at one instant and do not fit on a page, or if the list changes faster than it
   *       can be read;
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits.
   * </ul>
   *
   * @param account the account
   * @param filter which policies; for a complete traversal without search term, order and direction
   * @param traversal how to read them
   * @return the pages; cold, each subscription starts anew. Those of a complete traversal have a
   *     {@link Page#position()}
   * @throws IllegalArgumentException at once if the filter does not allow a complete traversal
   */
  Flux<Page> traverse(AccountId account, AllowPolicyFilter filter, Traversal traversal);

  /**
   * Continues a complete traversal: after any pause and any changes, nothing that was there all the
   * time since the beginning is missed, and nothing comes that came before the position ({@code
   * docs/api-facts.md#listing}).
   *
   * <p>The position is found again in a number of calls that grows with the logarithm of what was
   * deleted or added meanwhile. Demand, signals, threads, cancel and failures are those of {@link
   * #traverse} with {@link Traversal#COMPLETE}: nothing is sent before a page is demanded, one or
   * more pages come, and a cancel sends nothing more. A position at the end makes no call and gives
   * one page without policies on the subscriber's thread.
   *
   * @param account the account that was traversed before
   * @param filter the filter that was used before
   * @param position the position of the last page that was kept
   * @return the pages behind the position, and their reports of the whole; cold
   * @throws IllegalArgumentException at once if the filter does not allow a complete traversal
   */
  Flux<Page> traverseFrom(AccountId account, AllowPolicyFilter filter, TraversalPosition position);

  /**
   * Gets one policy.
   *
   * <p>Each subscription makes one call, retried like every read ({@link
   * Retries.Builder#maxAttempts(int)}). Gives exactly one policy, on a Reactor Netty event-loop
   * thread, and never completes empty. A cancel while it waits sends nothing; a cancel after the
   * request was written closes the connection. Nothing is changed in either case.
   *
   * <p>Fails with
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses; the reason is {@code NOT_FOUND} after a 404, which
   *       proves that there is no such policy only if {@link
   *       dev.allowflux.error.EmailSecurityException.Rejected#provesAbsence()} says so ({@code
   *       docs/api-facts.md#not-found});
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *   <li>{@code Unavailable} if no usable response came within the attempts and time limits;
   *   <li>{@code Malformed} if the response cannot be read as the API's, or is of another policy
   *       ({@code docs/api-facts.md#results});
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits.
   * </ul>
   *
   * @param account the account
   * @param id the policy
   * @return the policy; cold
   */
  default Mono<AllowPolicy> get(AccountId account, PolicyId id) {
    return getWithResponse(account, id).map(ApiResult::value);
  }

  /**
   * Gets one policy, with what came beside it. Signals, thread, cancel and failures are those of
   * {@link #get}.
   *
   * @param account the account
   * @param id the policy
   * @return the policy with messages, status, cf-ray and rate-limit state; cold
   */
  Mono<ApiResult<AllowPolicy>> getWithResponse(AccountId account, PolicyId id);

  /**
   * Creates a policy.
   *
   * <p>The body is written once, here; each subscription sends it in a call of its own, so two
   * subscriptions create two policies. The request is retried only after a 429, or when provably
   * nothing was sent: the API has no idempotency key, and a blind retry may create the policy twice
   * ({@code docs/api-facts.md#retrying}). Gives exactly one policy, on a Reactor Netty event-loop
   * thread. Where the response has another spelling of a value that was sent, or leaves a field
   * out, {@link #createWithResponse} says so in its {@linkplain ApiResult#notes() notes}.
   *
   * <p>A cancel while it waits sends nothing; after the request was written it closes the
   * connection, and the policy may be created all the same.
   *
   * <p>Fails with
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses ({@code docs/api-facts.md#create}): nothing was
   *       created;
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *       nothing was created;
   *   <li>{@code Unavailable} if the last attempt could not be sent: nothing was created;
   *   <li>{@code OutcomeUnknown} if the request was sent and got no response, a 408, a 5xx other
   *       than 501 and 505, or one that cannot be read or has other values than were sent ({@code
   *       docs/api-facts.md#results}). With {@link
   *       ClientSettings.Builder#resolveUnknownCreates(boolean)} the policies with exactly this
   *       pattern are listed first, in calls with time limits of their own, and one that matches is
   *       given instead; a failure of that listing is suppressed in this one;
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits, and no attempt is unconfirmed.
   * </ul>
   *
   * @param account the account
   * @param policy what to create
   * @return the policy as created; cold
   */
  default Mono<AllowPolicy> create(AccountId account, NewAllowPolicy policy) {
    return createWithResponse(account, policy).map(ApiResult::value);
  }

  /**
   * Creates a policy, and gives it with what came beside it. Signals, thread, retries, cancel and
   * failures are those of {@link #create(AccountId, NewAllowPolicy)}.
   *
   * @param account the account
   * @param policy what to create
   * @return the policy with messages, status, cf-ray, rate-limit state and notes, for a policy that
   *     was found by reading back those of the page it was found on; cold
   */
  Mono<ApiResult<AllowPolicy>> createWithResponse(AccountId account, NewAllowPolicy policy);

  /**
   * Edits a policy: changes the fields that were set in {@code edit} and no others ({@code
   * docs/api-facts.md#edit}).
   *
   * <p>Each subscription makes one call. Fixed values can be sent again without harm, so it is
   * retried like a read ({@code docs/api-facts.md#retrying}), but not after a well-formed response
   * that lacks or contradicts what it must hold. Gives exactly one policy, on a Reactor Netty
   * event-loop thread. Where the response has another spelling of a value that was sent, or leaves
   * a field out, {@link #editWithResponse} says so in its {@linkplain ApiResult#notes() notes}.
   *
   * <p>A cancel while it waits sends nothing more; after the request was written it closes the
   * connection, and the policy may be changed all the same.
   *
   * <p>Fails with
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses; the reason is {@code NOT_FOUND} after a 404;
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *   <li>{@code Unavailable} if the last attempt could not be sent and none before it is
   *       unconfirmed;
   *   <li>{@code OutcomeUnknown} if an attempt was sent and got no response, a 408, a 5xx other
   *       than 501 and 505, or one that cannot be read or is not of this edit ({@code
   *       docs/api-facts.md#results}), and no later attempt succeeded, whatever that one met;
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits, and no attempt is unconfirmed.
   * </ul>
   *
   * <p>All but {@code OutcomeUnknown} mean that this call changed nothing.
   *
   * @param account the account
   * @param id the policy
   * @param edit the change
   * @return the policy as changed; cold
   */
  default Mono<AllowPolicy> edit(AccountId account, PolicyId id, AllowPolicyEdit edit) {
    return editWithResponse(account, id, edit).map(ApiResult::value);
  }

  /**
   * Edits a policy, and gives it with what came beside it. Signals, thread, retries, cancel and
   * failures are those of {@link #edit}.
   *
   * @param account the account
   * @param id the policy
   * @param edit the change
   * @return the policy with messages, status, cf-ray, rate-limit state and notes; cold
   */
  Mono<ApiResult<AllowPolicy>> editWithResponse(
      AccountId account, PolicyId id, AllowPolicyEdit edit);

  /**
   * Deletes a policy.
   *
   * <p>Each subscription makes one call. Deleting twice leaves what deleting once leaves, so it is
   * retried like a read ({@code docs/api-facts.md#retrying}), but not after a well-formed response
   * that lacks or contradicts what it must hold. A 404 that follows an unconfirmed attempt of this
   * call counts as done, if it is the service's own envelope with an error that is not about
   * routing ({@code docs/api-facts.md#not-found}). Completes empty once the policy is deleted, on a
   * Reactor Netty event-loop thread.
   *
   * <p>A cancel while it waits sends nothing more; after the request was written it closes the
   * connection, and the policy may be deleted all the same.
   *
   * <p>Fails with
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses; the reason is {@code NOT_FOUND} after a 404 that
   *       follows no unconfirmed attempt;
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *   <li>{@code Unavailable} if the last attempt could not be sent and none before it is
   *       unconfirmed;
   *   <li>{@code OutcomeUnknown} if an attempt was sent and got no response, a 408, a 5xx other
   *       than 501 and 505, or one that cannot be read or names another policy ({@code
   *       docs/api-facts.md#results}), and no later attempt confirmed the deletion, whatever that
   *       one met;
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits, and no attempt is unconfirmed.
   * </ul>
   *
   * <p>All but {@code OutcomeUnknown} mean that this call deleted nothing.
   *
   * @param account the account
   * @param id the policy
   * @return completes empty once the policy is deleted; cold
   */
  default Mono<Void> delete(AccountId account, PolicyId id) {
    return deleteWithResponse(account, id).then();
  }

  /**
   * Deletes a policy, and gives its id with what came beside it. Exactly one result comes; thread,
   * retries, cancel and failures are those of {@link #delete}.
   *
   * @param account the account
   * @param id the policy
   * @return the id of the deleted policy with messages, status, cf-ray and rate-limit state; the
   *     status is 404 where a 404 confirmed the deletion; cold
   */
  Mono<ApiResult<PolicyId>> deleteWithResponse(AccountId account, PolicyId id);

  /**
   * Carries out deletes, edits, replacements and creates in this order, all or none ({@code
   * docs/api-facts.md#batch}).
   *
   * <p>The body is written once, here; each subscription sends it in a call of its own. Like a
   * create, a batch is retried only after a 429, or when provably nothing was sent ({@code
   * docs/api-facts.md#retrying}). Gives exactly one result, on a Reactor Netty event-loop thread,
   * with one element for each change. Where the response has another spelling of a value that was
   * sent, or leaves a field out, {@link #batchWithResponse} says so in its {@linkplain
   * ApiResult#notes() notes}.
   *
   * <p>A cancel while it waits sends nothing; after the request was written it closes the
   * connection, and the batch may be carried out all the same.
   *
   * <p>Fails with
   *
   * <ul>
   *   <li>{@code Rejected} if the API refuses the batch;
   *   <li>{@code Throttled} if too many calls wait for the rate limit, if the wait would pass
   *       {@link Timeouts.Builder#operation(java.time.Duration)}, or if the last attempt met a 429;
   *       nothing was changed;
   *   <li>{@code Unavailable} if the last attempt could not be sent: nothing was changed;
   *   <li>{@code OutcomeUnknown} if the request was sent and got no response, a 408, a 5xx other
   *       than 501 and 505, or one that cannot be read or does not have the results of these
   *       changes ({@code docs/api-facts.md#results});
   *   <li>{@link IllegalStateException} if the client is closed before subscription or while the
   *       call waits, and no attempt is unconfirmed.
   * </ul>
   *
   * @param account the account
   * @param batch the changes
   * @return what the service returned for each kind of change; cold
   */
  default Mono<BatchResult> batch(AccountId account, AllowPolicyBatch batch) {
    return batchWithResponse(account, batch).map(ApiResult::value);
  }

  /**
   * Carries out a batch, and gives its result with what came beside it. Signals, thread, retries,
   * cancel and failures are those of {@link #batch}.
   *
   * @param account the account
   * @param batch the changes
   * @return the result with messages, status, cf-ray, rate-limit state and notes; cold
   */
  Mono<ApiResult<BatchResult>> batchWithResponse(AccountId account, AllowPolicyBatch batch);

  /**
   * Closes the client, and completes when that is done.
   *
   * <p>Nothing happens before subscription. From then on new calls, and at once the calls that wait
   * for a permit or between two attempts, fail with {@link IllegalStateException} (or {@code
   * OutcomeUnknown} if they are writes with an unconfirmed attempt); idle connections are closed,
   * and requests under way may finish within {@link
   * Timeouts.Builder#closeGrace(java.time.Duration)}. Only what the client made is closed; event
   * loops and a rate limiter that others use are left alone.
   *
   * <p>The completion may come on any thread, the subscriber's own included. A cancel does not
   * reopen the client.
   *
   * @return completes empty when the last connection is closed, or when the grace period is over
   */
  Mono<Void> closeGracefully();

  /**
   * Completes when the client begins to close, for work that waits between calls.
   *
   * @return completes empty, on the thread that closes the client or at once if it is closed; never
   *     completes for a client of another kind that does not say so; cold, and many may subscribe
   */
  default Mono<Void> onClose() {
    return Mono.never();
  }

  /**
   * Closes the client without waiting: starts what {@link #closeGracefully()} does and returns at
   * once, whatever the thread. New and waiting calls fail from now on; requests under way may
   * finish within {@link Timeouts.Builder#closeGrace(java.time.Duration)}. Calling it again does
   * nothing.
   */
  @Override
  void close();
}
