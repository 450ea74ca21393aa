package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a policy that exists compares with the one that was requested: the one equality of a request
 * and its result, for create, edit and batch, of a client or of a plan
 * (docs/api-facts.md#normal-forms).
 *
 * <p>Only what was requested is compared. A service may store another spelling of the same value (a
 * domain in lower case, without its trailing dot or as an A-label, the local part of an e-mail
 * address in another case, a network with its host bits cleared, comments without surrounding white
 * space), and all fields of a response but {@code id} and {@code created_at} are optional; both are
 * notes and no contradiction. Every other difference is a contradiction.
 *
 * @since 0.1
 */
public final class PolicyMatch {
  private final List<String> contradictions = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private PolicyMatch() {}

  /**
   * Compares with a policy to create, or to put in the place of another.
   *
   * @param requested the requested policy, compared in every field
   * @param found the policy that exists
   * @return the comparison
   */
  public static PolicyMatch of(NewAllowPolicy requested, AllowPolicy found) {
    PolicyMatch match = new PolicyMatch();
    match.pattern(requested.pattern(), requested.patternType(), requested.isRegex(), found);
    match.value(PolicyField.PATTERN_TYPE, requested.patternType(), found.patternType());
    match.value(PolicyField.IS_REGEX, requested.isRegex(), found.isRegex());
    match.value(
        PolicyField.IS_TRUSTED_SENDER, requested.isTrustedSender(), found.isTrustedSender());
    match.value(
        PolicyField.IS_ACCEPTABLE_SENDER,
        requested.isAcceptableSender(),
        found.isAcceptableSender());
    match.value(
        PolicyField.IS_EXEMPT_RECIPIENT, requested.isExemptRecipient(), found.isExemptRecipient());
    match.value(PolicyField.VERIFY_SENDER, requested.verifySender(), found.verifySender());
    match.comments(requested.comments(), found.comments());
    return match;
  }

  /**
   * Compares with an edit.
   *
   * @param requested the edit, compared in the fields that it changes
   * @param found the policy that exists
   * @return the comparison
   */
  public static PolicyMatch of(AllowPolicyEdit requested, AllowPolicy found) {
    PolicyMatch match = new PolicyMatch();
    if (requested.pattern() != null) {
      PatternType type = requested.patternType();
      Boolean regex = requested.isRegex();
      match.pattern(
          requested.pattern(),
          type == null ? found.patternType() : type,
          Boolean.TRUE.equals(regex == null ? found.isRegex() : regex),
          found);
    }
    match.value(PolicyField.PATTERN_TYPE, requested.patternType(), found.patternType());
    match.value(PolicyField.IS_REGEX, requested.isRegex(), found.isRegex());
    match.value(
        PolicyField.IS_TRUSTED_SENDER, requested.isTrustedSender(), found.isTrustedSender());
    match.value(
        PolicyField.IS_ACCEPTABLE_SENDER,
        requested.isAcceptableSender(),
        found.isAcceptableSender());
    match.value(
        PolicyField.IS_EXEMPT_RECIPIENT, requested.isExemptRecipient(), found.isExemptRecipient());
    match.value(PolicyField.VERIFY_SENDER, requested.verifySender(), found.verifySender());
    if (requested.comments() != null || requested.clearsComments()) {
      match.comments(requested.comments(), found.comments());
    }
    return match;
  }

  /**
   * Tells whether the policy that exists is the requested one.
   *
   * @return true if nothing contradicts; there may be notes
   */
  public boolean isSame() {
    return contradictions.isEmpty();
  }

  /**
   * Tells whether the policy that exists is the requested one in every field and to the letter.
   *
   * @return true if there is neither a contradiction nor a note
   */
  public boolean isExact() {
    return contradictions.isEmpty() && notes.isEmpty();
  }

  /**
   * Returns the differences that are no contradiction.
   *
   * @return a few words each; they hold values as they came, so make them safe before showing them
   */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * Returns the contradictions.
   *
   * @return a few words each; they hold values as they came, so make them safe before showing them
   */
  public List<String> contradictions() {
    return List.copyOf(contradictions);
  }

  private void pattern(
      String requested, @Nullable PatternType type, boolean regex, AllowPolicy found) {
    String stored = found.pattern();
    if (stored == null) {
      notes.add(absent(PolicyField.PATTERN));
    } else if (!requested.equals(stored)) {
      boolean respelt = !regex && normal(type, requested).equals(normal(type, stored));
      (respelt ? notes : contradictions).add(difference(PolicyField.PATTERN, requested, stored));
    }
  }

  private static String normal(@Nullable PatternType type, String pattern) {
    if (type == null || type == PatternType.UNKNOWN || type == PatternType.UNRECOGNIZED) {
      return pattern;
    }
    return new PolicyKey(type, false, pattern).inAnyCase().pattern();
  }

  private void value(PolicyField field, @Nullable Object requested, @Nullable Object stored) {
    if (requested == null || requested.equals(stored)) {
      return;
    }
    if (stored == null) {
      notes.add(absent(field));
    } else {
      contradictions.add(difference(field, requested, stored));
    }
  }

  private void comments(@Nullable String requested, @Nullable String stored) {
    String desired = requested == null ? "" : requested;
    String there = stored == null ? "" : stored;
    if (desired.equals(there)) {
      return;
    }
    if (stored == null && !desired.isBlank()) {
      notes.add(absent(PolicyField.COMMENTS));
    } else if (PolicySnapshot.sameComments(requested, stored)) {
      notes.add(PolicyField.COMMENTS.apiName() + " were stored without surrounding white space");
    } else {
      contradictions.add(difference(PolicyField.COMMENTS, desired, there));
    }
  }

  private static String absent(PolicyField field) {
    return field.apiName() + " is absent";
  }

  private static String difference(PolicyField field, Object requested, Object stored) {
    return field.apiName() + " is \"" + stored + "\" instead of \"" + requested + "\"";
  }

  /** Returns the contradictions and notes. */
  @Override
  public String toString() {
    return "PolicyMatch[contradictions=" + contradictions + ", notes=" + notes + "]";
  }
}
