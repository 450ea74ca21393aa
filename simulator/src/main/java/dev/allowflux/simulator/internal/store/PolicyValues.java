package dev.allowflux.simulator.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * The values of a policy that a caller writes.
 *
 * @param traits as {@link StoredPolicy#traits()}
 */
public record PolicyValues(String pattern, int traits, @Nullable String comments) {

  public static PolicyValues of(StoredPolicy policy) {
    return new PolicyValues(policy.pattern(), policy.traits(), policy.comments());
  }

  public String type() {
    return StoredPolicy.types().get(traits & StoredPolicy.TYPE_MASK);
  }

  public boolean isRegex() {
    return (traits & StoredPolicy.REGEX) != 0;
  }

  StoredPolicy toPolicy(int number, String id, String createdAt, String modifiedAt) {
    return StoredPolicy.of(number, id, createdAt, modifiedAt, pattern, traits, comments, false);
  }
}
