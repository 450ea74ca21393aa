package dev.allowflux.sync.audit;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.PolicyKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an audit keeps of each policy, of which there may be a million. */
final class AuditedPolicies {
  static final byte TRUSTED = 1;
  static final byte ACCEPTABLE = 2;
  static final byte EXEMPT = 4;
  static final byte VERIFIED = 8;

  /** It has a last day, so it covers nothing for good. */
  static final byte ENDS = 16;

  /** The flags that let mail past detection. */
  static final byte EXPOSING = TRUSTED | ACCEPTABLE | EXEMPT;

  private final List<Entry> entries = new ArrayList<>();

  /**
   * One policy.
   *
   * @param name its id, or where it stands in a file
   * @param key its kind and normal form; null if it has none
   * @param pattern the pattern as it was given
   */
  record Entry(
      String name,
      @Nullable PolicyKey key,
      @Nullable String pattern,
      @Nullable String patternType,
      byte flags) {

    boolean has(byte flag) {
      return (flags & flag) != 0;
    }

    boolean exposes() {
      return (flags & EXPOSING) != 0;
    }

    boolean hasFlagsOf(Entry other) {
      return ((flags ^ other.flags) & ~ENDS) == 0;
    }

    /** Tells whether all mail that this policy lets in, the flags of that one let in too. */
    boolean addsNothingTo(Entry wider) {
      return (flags & EXPOSING & ~effective(wider.flags)) == 0
          && !wider.has(ENDS)
          && (!wider.has(VERIFIED) || has(VERIFIED));
    }

    /** A trusted sender is at least an acceptable one. */
    private static byte effective(byte flags) {
      return (flags & TRUSTED) != 0 ? (byte) (flags | ACCEPTABLE) : flags;
    }
  }

  /** Adds a policy and returns its number. */
  int add(AllowPolicy policy, String name) {
    PolicyKey key = PolicyKey.of(policy);
    String pattern = policy.pattern();
    boolean same = key != null && key.pattern().equals(pattern);
    byte flags =
        (byte)
            (flag(policy.isTrustedSender(), TRUSTED)
                | flag(policy.isAcceptableSender(), ACCEPTABLE)
                | flag(policy.isExemptRecipient(), EXEMPT)
                | flag(policy.verifySender(), VERIFIED)
                | flag(PolicyTag.of(policy.comments()).expires().isPresent(), ENDS));
    entries.add(
        new Entry(
            name,
            key,
            same && key != null ? key.pattern() : pattern,
            key == null ? policy.patternTypeName() : key.patternType().name(),
            flags));
    return entries.size() - 1;
  }

  private static byte flag(@Nullable Boolean value, byte flag) {
    return Boolean.TRUE.equals(value) ? flag : 0;
  }

  Entry get(int number) {
    return entries.get(number);
  }

  int size() {
    return entries.size();
  }
}
