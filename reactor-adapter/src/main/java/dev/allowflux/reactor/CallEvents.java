package dev.allowflux.reactor;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * An observer of calls, for metrics, progress and logs. Every method does nothing unless
 * overridden.
 *
 * <p>Methods are called on the thread that the call is on, mostly an event loop: they must return
 * quickly and never block. What they throw is logged once and otherwise ignored. No argument holds
 * a credential.
 *
 * @since 0.1
 */
public interface CallEvents {

  /**
   * The call that an event belongs to.
   *
   * @param operation what is called
   * @param account the account
   * @param context the Reactor context of the call's subscriber
   * @since 0.1
   */
  record Call(Operation operation, AccountId account, ContextView context) {}

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
   * A call starts to wait for its permit, or waits again for another reason.
   *
   * @param call the call
   * @param reason what it waits for
   * @param expected how long the wait will be, at least; never negative
   */
  default void waiting(Call call, WaitReason reason, Duration expected) {}

  /**
   * An attempt has ended: with a response, with a failure, or because it was cancelled. Reported
   * once for each attempt.
   *
   * @param call the call
   * @param attempt counted from 1
   * @param elapsed since the attempt got its permit
   * @param status the HTTP status, or null if no response came
   * @param failure why the attempt failed, or null after success and after a cancel
   */
  default void attempted(
      Call call,
      int attempt,
      Duration elapsed,
      @Nullable Integer status,
      @Nullable EmailSecurityException failure) {}

  /**
   * A failed attempt will be retried; not reported where the wait is too long and the call fails.
   *
   * @param call the call
   * @param attempt the attempt that failed, counted from 1
   * @param backoff the wait before the next one asks for its permit; never negative
   * @param failure why it failed
   */
  default void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {}
}
