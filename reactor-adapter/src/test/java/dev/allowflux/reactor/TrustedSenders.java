package dev.allowflux.reactor;

import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;

/** Policies that a test creates: trusted senders that are verified. */
public final class TrustedSenders {
  private TrustedSenders() {}

  public static NewAllowPolicy.Builder of(String pattern, PatternType type) {
    return NewAllowPolicy.builder()
        .pattern(pattern)
        .patternType(type)
        .isRegex(false)
        .isTrustedSender(true)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true);
  }
}
