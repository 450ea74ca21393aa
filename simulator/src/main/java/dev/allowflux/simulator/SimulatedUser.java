package dev.allowflux.simulator;

import dev.allowflux.simulator.internal.api.Quota;
import dev.allowflux.simulator.internal.api.User;
import dev.allowflux.simulator.internal.exchange.RequestLog;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One user of an {@link ApiSimulator}, with a quota for all of its credentials and accounts. All
 * methods may be called from any thread; none waits.
 *
 * @since 0.1
 */
public final class SimulatedUser {
  private final User user;
  private final RequestLog log;

  SimulatedUser(User user, RequestLog log) {
    this.user = user;
    this.log = log;
  }

  /**
   * Returns the API token of the user that may read and write.
   *
   * @return the token
   */
  public String token() {
    return user.credentials().token();
  }

  /**
   * Returns the accounts that the user may read and write, those that are withdrawn for now too.
   *
   * @return their ids
   */
  public Set<String> accountIds() {
    return user.accountIds();
  }

  /**
   * Returns the last requests with a credential of this user, in the order of their arrival; of
   * those that {@link ApiSimulator#requests()} returns.
   *
   * @return a copy
   */
  public List<RecordedRequest> requests() {
    return log.exchanges().stream()
        .filter(exchange -> token().equals(exchange.userToken()))
        .map(RecordedRequest::new)
        .toList();
  }

  /**
   * Returns how many calls are left of the user's quota at this time.
   *
   * @return the number of calls, 0 while the user is blocked, {@link Long#MAX_VALUE} without a rate
   *     limit
   */
  public long quotaLeft() {
    Quota quota = user.quota();
    return quota == null ? Long.MAX_VALUE : quota.peek().left();
  }

  /**
   * Takes calls from the quota as if another client of the same user had made them; does nothing
   * without a rate limit.
   *
   * @param calls how many, at least 0; one more than is left blocks the user, as a call would
   * @throws IllegalArgumentException if {@code calls} is negative
   */
  public void spend(int calls) {
    spend(user.quota(), calls);
  }

  /**
   * Revokes the user's credentials, or gives them back: while they are revoked every call with one
   * of them is refused as one with a wrong credential is. A reset gives them back.
   *
   * @param revoked whether they are revoked from now on
   */
  public void revoked(boolean revoked) {
    user.revoked().set(revoked);
  }

  /**
   * Takes an account from the user, or gives it back: meanwhile it is not listed, and every call
   * for it is refused with status 403. A reset gives it back.
   *
   * @param accountId one of {@link #accountIds()}
   * @param withdrawn whether the user may not use it from now on
   * @throws IllegalArgumentException if it is no account of the user
   */
  public void withdrawn(String accountId, boolean withdrawn) {
    if (!user.accountIds().contains(accountId)) {
      throw new IllegalArgumentException(accountId + " is no account of this user");
    }
    if (withdrawn) {
      user.withdrawn().add(accountId);
    } else {
      user.withdrawn().remove(accountId);
    }
  }

  static void spend(@Nullable Quota quota, int calls) {
    if (calls < 0) {
      throw new IllegalArgumentException("calls must not be negative, but is " + calls);
    }
    for (int i = 0; quota != null && i < calls; i++) {
      quota.take();
    }
  }

  /** Names the accounts and no token. */
  @Override
  public String toString() {
    return "SimulatedUser" + user.accountIds();
  }
}
