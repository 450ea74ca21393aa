package dev.allowflux.sync.audit;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyTag;
import org.jspecify.annotations.Nullable;

/**
 * What an audit compares of policies besides their patterns.
 *
 * @param bits the flags that are set
 */
record PolicyFlags(byte bits) {
  static final byte TRUSTED = 1;
  static final byte ACCEPTABLE = 2;
  static final byte EXEMPT = 4;
  static final byte VERIFIED = 8;

  /** It has a last day, so it covers nothing for good. */
  static final byte ENDS = 16;

  /** The flags that let mail past detection. */
  private static final byte EXPOSING = TRUSTED | ACCEPTABLE | EXEMPT;

  static PolicyFlags of(AllowPolicy policy, PolicyTag tag) {
    return new PolicyFlags(
        (byte)
            (bit(policy.isTrustedSender(), TRUSTED)
                | bit(policy.isAcceptableSender(), ACCEPTABLE)
                | bit(policy.isExemptRecipient(), EXEMPT)
                | bit(policy.verifySender(), VERIFIED)
                | bit(tag.expires().isPresent(), ENDS)));
  }

  private static byte bit(@Nullable Boolean value, byte flag) {
    return Boolean.TRUE.equals(value) ? flag : 0;
  }

  boolean has(byte flag) {
    return (bits & flag) != 0;
  }

  boolean expose() {
    return (bits & EXPOSING) != 0;
  }

  /** Tells whether the flags are the same, whether a policy ends or not. */
  boolean areSameAs(PolicyFlags other) {
    return ((bits ^ other.bits) & ~ENDS) == 0;
  }

  /** Tells whether all mail that a policy with these flags lets in, those flags let in too. */
  boolean addNothingTo(PolicyFlags wider) {
    return (bits & EXPOSING & ~wider.effective()) == 0
        && !wider.has(ENDS)
        && (!wider.has(VERIFIED) || has(VERIFIED));
  }

  /** A trusted sender is at least an acceptable one. */
  private int effective() {
    return has(TRUSTED) ? bits | ACCEPTABLE : bits;
  }
}
