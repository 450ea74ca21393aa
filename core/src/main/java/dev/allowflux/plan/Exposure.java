package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.NewAllowPolicy;
import org.jspecify.annotations.Nullable;

/** What a policy lets past detection; an unset flag counts as off. */
record Exposure(boolean trusted, boolean acceptable, boolean exempt, boolean verified) {
  static final Exposure NONE = new Exposure(false, false, false, true);

  static Exposure of(NewAllowPolicy policy) {
    return new Exposure(
        policy.isTrustedSender(),
        policy.isAcceptableSender(),
        policy.isExemptRecipient(),
        policy.verifySender());
  }

  static Exposure of(AllowPolicy policy) {
    return new Exposure(
        isOn(policy.isTrustedSender()),
        isOn(policy.isAcceptableSender()),
        isOn(policy.isExemptRecipient()),
        isOn(policy.verifySender()));
  }

  private static boolean isOn(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }

  /** Tells whether mail of some senders gets past detection that did not before. */
  boolean widensSenders(Exposure before) {
    return (trusted && !before.trusted)
        || (acceptable && !before.acceptable)
        || ((trusted || acceptable) && losesVerification(before));
  }

  /** Tells whether mail gets past all detection that did not before. */
  boolean bypasses(Exposure before) {
    return (trusted && !before.trusted) || (exempt && !before.exempt);
  }

  /** Tells whether any mail gets past detection that did not before. */
  boolean isWiderThan(Exposure before) {
    return widensSenders(before)
        || (exempt && !before.exempt)
        || (exempt && losesVerification(before));
  }

  boolean exemptsUnverified(Exposure before) {
    return exempt && !verified && (!before.exempt || before.verified);
  }

  boolean trustsUnverified(Exposure before) {
    return trusted && !verified && (!before.trusted || before.verified);
  }

  private boolean losesVerification(Exposure before) {
    return !verified && before.verified;
  }
}
