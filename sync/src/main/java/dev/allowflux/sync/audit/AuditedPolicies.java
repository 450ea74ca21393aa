package dev.allowflux.sync.audit;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.PolicyKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an audit keeps of each policy, of which there may be a million. It is kept in columns, since
 * an object for each policy would take more room than what it says.
 */
final class AuditedPolicies {
  private static final byte REGEX = 4;
  private static final PatternType[] TYPES = {
    PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP
  };

  private final PolicyNames names = new PolicyNames();
  private final KeyTable byKey = new KeyTable(this::isKey);
  private byte[] flags = new byte[16];

  /** A number for the type of the pattern and whether it is an expression; 0 if it has no key. */
  private byte[] kinds = new byte[16];

  private @Nullable String[] typeNames = new String[16];
  private @Nullable String[] patterns = new String[16];

  /** The patterns in their normal forms, mostly the same objects. */
  private @Nullable String[] normalForms = new String[16];

  private int size;

  /** Adds a policy and returns its number. */
  int add(AllowPolicy policy, String name, @Nullable PolicyKey key, PolicyFlags policyFlags) {
    if (size == flags.length) {
      grow(size + size / 2);
    }
    flags[size] = policyFlags.bits();
    patterns[size] = policy.pattern();
    if (key == null) {
      typeNames[size] = policy.patternTypeName();
    } else {
      kinds[size] = kind(key.patternType(), key.isRegex());
      typeNames[size] = key.patternType().name();
      normalForms[size] = key.pattern().equals(policy.pattern()) ? policy.pattern() : key.pattern();
    }
    names.add(name);
    return size++;
  }

  private void grow(int length) {
    flags = Arrays.copyOf(flags, length);
    kinds = Arrays.copyOf(kinds, length);
    typeNames = Arrays.copyOf(typeNames, length);
    patterns = Arrays.copyOf(patterns, length);
    normalForms = Arrays.copyOf(normalForms, length);
  }

  private static byte kind(PatternType type, boolean isRegex) {
    int kind =
        switch (type) {
          case EMAIL -> 1;
          case DOMAIN -> 2;
          case IP -> 3;
          case UNKNOWN, UNRECOGNIZED -> throw new IllegalArgumentException(type + " has no key");
        };
    return (byte) (isRegex ? kind | REGEX : kind);
  }

  private boolean isKey(int number, byte kind, String normalForm) {
    return kinds[number] == kind && normalForm.equals(normalForms[number]);
  }

  /** Returns the policy that was the first with the key of this one, if it was another one. */
  int firstAlike(int number) {
    return byKey.putIfAbsent(kinds[number], requireNonNull(normalForms[number]), number);
  }

  /** Returns the first policy of a type whose pattern is no expression. */
  int find(PatternType type, String normalForm) {
    return byKey.find(kind(type, false), normalForm);
  }

  /** Returns the normal form of a pattern of a type that is no expression; null for others. */
  @Nullable String normalForm(int number, PatternType type) {
    return kinds[number] == kind(type, false) ? normalForms[number] : null;
  }

  /** Returns the kind and normal form of a policy that has them. */
  PolicyKey key(int number) {
    int kind = kinds[number];
    return new PolicyKey(
        TYPES[(kind & ~REGEX) - 1], (kind & REGEX) != 0, requireNonNull(normalForms[number]));
  }

  /** Returns its id, or where it stands in a file. */
  String name(int number) {
    return names.get(number);
  }

  PolicyFlags flags(int number) {
    return new PolicyFlags(flags[number]);
  }

  /** Returns the pattern as it was given. */
  @Nullable String pattern(int number) {
    return patterns[number];
  }

  @Nullable String typeName(int number) {
    return typeNames[number];
  }

  int size() {
    return size;
  }
}
