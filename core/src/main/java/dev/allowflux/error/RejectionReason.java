package dev.allowflux.error;

/**
 * Why the API refused a call (docs/api-facts.md#error-codes).
 *
 * @since 0.1
 */
public enum RejectionReason {
  /** The credential is missing, malformed, wrong or expired. */
  CREDENTIAL("credential refused"),

  /** The credential may not do this, or not for this account. */
  PERMISSION("permission denied"),

  /** The account does not subscribe to Email Security. */
  NOT_SUBSCRIBED("not in the account's subscription"),

  /** There is no such policy, account or route. */
  NOT_FOUND("not found"),

  /** The change conflicts with the state of the account. */
  CONFLICT("conflict"),

  /** The API does not accept the content or form of the request. */
  INVALID_REQUEST("invalid request"),

  /** The response points elsewhere; the credential was not sent there. */
  REDIRECTED("redirected, which is not followed"),

  /** Any other refusal. */
  OTHER("refused");

  private final String words;

  RejectionReason(String words) {
    this.words = words;
  }

  /** Returns the words that messages use. */
  String words() {
    return words;
  }
}
