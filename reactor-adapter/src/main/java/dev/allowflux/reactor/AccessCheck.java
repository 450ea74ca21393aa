package dev.allowflux.reactor;

import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * What {@link AllowPolicyClient#check(AccountId)} found: whether the credential can read the allow
 * policies of an account.
 *
 * @param account the account
 * @param refusal how the API refused, or null if access works
 * @since 0.1
 */
public record AccessCheck(AccountId account, @Nullable Rejected refusal) {

  /**
   * Tells whether credential, permission and account work.
   *
   * @return true if the policies of the account can be read; whether they can be written too, only
   *     a write tells
   */
  public boolean works() {
    return refusal == null;
  }

  /**
   * Returns what does not work.
   *
   * @return {@code CREDENTIAL}, {@code PERMISSION}, {@code NOT_SUBSCRIBED}, {@code NOT_FOUND} for
   *     the account, or another reason; null if access works
   */
  public @Nullable RejectionReason reason() {
    return refusal == null ? null : refusal.reason();
  }

  /**
   * Says in one sentence what was found and what to do.
   *
   * @return for people; without a credential
   */
  public String advice() {
    RejectionReason reason = reason();
    if (reason == null) {
      return "the allow policies of account " + account + " can be read";
    }
    return switch (reason) {
      case CREDENTIAL -> "the credential is refused: check the token, or make a new one";
      case PERMISSION ->
          "the credential may not read account "
              + account
              + ": give it the permission Cloud Email Security Read for this account";
      case NOT_SUBSCRIBED -> "account " + account + " does not subscribe to Email Security";
      case NOT_FOUND -> "there is no account " + account + ": check its id and the base URL";
      default ->
          "account "
              + account
              + " cannot be read: "
              + (refusal == null ? "" : refusal.getMessage());
    };
  }
}
