package dev.allowflux.reactor;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.RateLimit;
import dev.allowflux.model.Traversal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * An observer of calls, for metrics, traces, progress and logs. Every method does nothing unless
 * overridden. Longer than most, since each event carries its whole contract.
 *
 * <p>The events of one call come one at a time and in this order: {@link #started}, then for each
 * attempt its waits, {@link #sending}, {@link #attempted}, {@link #quota} and perhaps {@link
 * #retrying}, and at last {@link #ended}. Each is reported once, and nothing comes after the end.
 * An end comes for every call that started, also for one that is cancelled, runs out of time or
 * meets a client that is closed. All events of a call have the same {@link Call}, which two calls
 * never share, so it can be the key of what an observer knows about a call.
 *
 * <p>Methods are called on the thread that the call is on, mostly an event loop: they must return
 * quickly and never block. What they throw is logged, the first time of an observer as a warning,
 * and otherwise ignored. No argument holds a credential.
 *
 * <pre>{@code
 * ClientSettings settings =
 *     ClientSettings.builder(credential).events(progress.andThen(metrics)).build();
 * }</pre>
 *
 * @since 0.1
 */
public interface CallEvents {

  /**
   * An observer that does nothing. A client with this one spends nothing on events.
   *
   * @return always the same
   */
  static CallEvents none() {
    return GuardedEvents.NONE;
  }

  /**
   * One observer that notifies several, in their order. What one of them throws does not keep the
   * event from the others.
   *
   * @param observers the observers; copied
   * @return the composite
   */
  static CallEvents composite(Collection<? extends CallEvents> observers) {
    return GuardedEvents.of(observers);
  }

  /**
   * This observer and then another one. What one of them throws does not keep the event from the
   * other.
   *
   * @param other notified second
   * @return the composite
   */
  default CallEvents andThen(CallEvents other) {
    return composite(List.of(this, other));
  }

  /**
   * Tells whether the observer takes part in calls that start now. It is asked at most once, at the
   * start of each call; the events of a call for which no observer of the client takes part are not
   * reported, and cost nothing. Where one of several takes part, all are notified. Pages are
   * reported always.
   *
   * @return by default true
   */
  default boolean isActive() {
    return true;
  }

  /**
   * The call that an event belongs to. Two are equal only if they are the same object: an observer
   * can keep what it knows about a call in a map by this key, from {@link #started} to {@link
   * #ended}.
   *
   * @since 0.1
   */
  final class Call {

    private final Operation operation;
    private final @Nullable AccountId account;
    private final @Nullable PolicyId policy;
    private final ContextView context;

    /**
     * Makes a call, for tests of an observer.
     *
     * @param operation what is called
     * @param account the account, or null if the operation addresses none
     * @param policy the policy that the call is about, or null if there is none
     * @param context the Reactor context of the call's subscriber
     */
    public Call(
        Operation operation,
        @Nullable AccountId account,
        @Nullable PolicyId policy,
        ContextView context) {
      this.operation = requireNonNull(operation, "operation");
      this.account = account;
      this.policy = policy;
      this.context = requireNonNull(context, "context");
    }

    /**
     * Returns what is called.
     *
     * @return the operation
     */
    public Operation operation() {
      return operation;
    }

    /**
     * Returns the account.
     *
     * @return the account, or null for {@link Operation#LIST_ACCOUNTS}, which addresses none
     */
    public @Nullable AccountId account() {
      return account;
    }

    /**
     * Returns the policy that the call is about.
     *
     * @return the policy of a get, an edit or a delete; null for the other operations
     */
    public @Nullable PolicyId policy() {
      return policy;
    }

    /**
     * Returns the Reactor context of the call's subscriber.
     *
     * @return the context
     */
    public ContextView context() {
      return context;
    }

    /** Names the operation, the account and the policy. */
    @Override
    public String toString() {
      return operation.label()
          + (account == null ? "" : " in account " + account)
          + (policy == null ? "" : ", policy " + policy);
    }
  }

  /**
   * Why a call waits before it is sent.
   *
   * @since 0.1
   */
  enum WaitReason {
    /** The quota of this process is used up, or its burst for this second. */
    QUOTA,
    /** The service reports that no calls are left in its window. */
    SERVER_QUOTA,
    /** The service responded with 429, and the pause after it runs. */
    THROTTLED
  }

  /**
   * How a call ended.
   *
   * @since 0.1
   */
  enum Outcome {
    /** With its result. */
    SUCCESS,
    /** The API refused it. */
    REJECTED,
    /** The rate limit did not let it through in time, or the last attempt met a 429. */
    THROTTLED,
    /** No usable response came, and nothing was changed. */
    UNAVAILABLE,
    /** A write was sent, and nothing tells whether it was carried out. */
    OUTCOME_UNKNOWN,
    /** The response breaks the API's contract. */
    MALFORMED,
    /** Its subscriber cancelled it. */
    CANCELLED,
    /** The client was closed. */
    CLOSED,
    /** With any other error, such as one of a rate limiter that is the user's own. */
    ERROR
  }

  /**
   * How an attempt ended. Without a status and without a failure it was cancelled, by the
   * subscriber or by the time limit of its call.
   *
   * @since 0.1
   */
  interface AttemptEnd {

    /**
     * Returns which attempt it was.
     *
     * @return the number, counted from 1
     */
    int number();

    /**
     * Returns how long it took.
     *
     * @return the time since the attempt first got its permit
     */
    Duration elapsed();

    /**
     * Returns the HTTP status.
     *
     * @return the status, or null if no response came
     */
    @Nullable Integer status();

    /**
     * Returns the id that Cloudflare's support asks for.
     *
     * @return the id, or null if no response had one
     */
    @Nullable String cfRay();

    /**
     * Returns why the attempt failed.
     *
     * @return the failure, or null after success and after a cancel
     */
    @Nullable EmailSecurityException failure();
  }

  /**
   * How a call ended, and where its time went.
   *
   * @since 0.1
   */
  interface CallEnd {

    /**
     * Returns how the call ended.
     *
     * @return the outcome
     */
    Outcome outcome();

    /**
     * Returns how many attempts were made.
     *
     * @return the number; 0 if none was sent
     */
    int attempts();

    /**
     * Returns how long the call took.
     *
     * @return the time since it started
     */
    Duration elapsed();

    /**
     * Returns how long the call really waited for its permits.
     *
     * @return the time by reason, without the reasons that it did not wait for; unmodifiable
     */
    Map<WaitReason, Duration> waits();

    /**
     * Returns how long the call really waited between its attempts.
     *
     * @return the time in all
     */
    Duration backoff();

    /**
     * Returns what the subscriber sees.
     *
     * @return the failure, or null after success and after a cancel
     */
    @Nullable Throwable failure();
  }

  /**
   * A page of a listing that was delivered.
   *
   * @since 0.1
   */
  interface PageDelivery {

    /**
     * Returns the account that is listed.
     *
     * @return the account
     */
    AccountId account();

    /**
     * Returns how the account is read.
     *
     * @return the traversal
     */
    Traversal traversal();

    /**
     * Returns how many policies the page has.
     *
     * @return the number
     */
    int policies();

    /**
     * Returns whether the listing ends with it.
     *
     * @return true for the last page
     */
    boolean last();

    /**
     * Returns the Reactor context of the listing's subscriber.
     *
     * @return the context
     */
    ContextView context();
  }

  /**
   * What the quota allows at a moment.
   *
   * @since 0.1
   */
  interface QuotaState {

    /**
     * Returns how many more calls the quota allows now.
     *
     * @return the number; the largest integer if there is no limit
     */
    int available();

    /**
     * Returns how many calls wait for a permit.
     *
     * @return the number
     */
    int waiting();

    /**
     * Returns how long the next call waits.
     *
     * @return the least time; zero if it does not wait, or nobody knows
     */
    Duration nextIn();

    /**
     * Returns what the next call waits for.
     *
     * @return the reason, or null if it does not wait
     */
    @Nullable WaitReason reason();

    /**
     * Returns what the service says of its own count.
     *
     * @return its count, or null if it did not say
     */
    @Nullable RateLimit server();
  }

  /**
   * A call starts: it has a subscriber. Each page of a listing is a call of its own.
   *
   * @param call the call
   */
  default void started(Call call) {}

  /**
   * A call starts to wait for its permit, or waits on for another reason.
   *
   * @param call the call
   * @param reason what it waits for
   * @param expected how long the wait will be, at least; never negative
   */
  default void waiting(Call call, WaitReason reason, Duration expected) {}

  /**
   * An attempt has got its permit and is about to be sent. Headers can be added to it, for this
   * attempt alone and before this method returns.
   *
   * @param call the call
   * @param request the request
   */
  default void sending(Call call, OutgoingRequest request) {}

  /**
   * An attempt has ended: with a response, with a failure, or because it was cancelled.
   *
   * @param call the call
   * @param end how it ended
   */
  default void attempted(Call call, AttemptEnd end) {}

  /**
   * What the quota allows after a response: its rate-limit headers and a 429 are taken into
   * account.
   *
   * @param call the call that got the response
   * @param state the state of the quota, which other calls and clients may share
   */
  default void quota(Call call, QuotaState state) {}

  /**
   * A failed attempt will be retried; not reported where the wait is too long and the call fails.
   *
   * @param call the call
   * @param attempt the attempt that failed, counted from 1
   * @param backoff the wait before the next one asks for its permit; never negative
   * @param failure why it failed
   */
  default void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {}

  /**
   * A call has ended: just before its subscriber gets the result or the failure, or because it was
   * cancelled.
   *
   * @param call the call
   * @param end how it ended
   */
  default void ended(Call call, CallEnd end) {}

  /**
   * A page of a listing or a traversal is delivered to its subscriber. What was read ahead and
   * never taken is not reported here.
   *
   * @param page the page
   */
  default void page(PageDelivery page) {}
}
