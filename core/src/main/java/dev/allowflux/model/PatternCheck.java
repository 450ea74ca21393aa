package dev.allowflux.model;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a text is a pattern of its kind (docs/api-facts.md#patterns).
 *
 * <p>The builders of {@link NewAllowPolicy} and {@link AllowPolicyEdit} take {@link Valid} patterns
 * alone. A program that reads patterns from people calls {@link #of} first, uses the pattern of a
 * {@link Corrected} result and reports what was corrected.
 *
 * <ul>
 *   <li>EMAIL: a local part of at most 64 bytes, as words with dots between them or in quotes, and
 *       a domain name.
 *   <li>DOMAIN: labels of letters, digits and hyphens, of other letters as domain registries take
 *       them, or in their encoded form ({@code xn--}); no wildcard.
 *   <li>IP: an IPv4 or IPv6 address, or a network with the length of its prefix; none that is
 *       private, loopback, link-local, unspecified or broadcast, which the service refuses.
 *   <li>A regular expression of any kind: compiles in Java, and has no character that nobody can
 *       see. The rest of the grammar does not apply to it.
 * </ul>
 *
 * <p>No kind of pattern has control, format, private-use or unassigned characters, other white
 * space than a single space within quotes, or, but for regular expressions, letters of several
 * scripts in one word beyond the level "highly restrictive" of Unicode Technical Standard 39. Which
 * characters are assigned is decided by the Unicode version of the running JDK.
 *
 * @since 0.1
 */
public sealed interface PatternCheck {

  /**
   * Checks a text.
   *
   * @param patternType EMAIL, DOMAIN or IP
   * @param isRegex whether the text is meant as a regular expression
   * @param text any text
   * @param options what to accept beyond the grammar
   * @return the result; never fails because of the text
   * @throws IllegalArgumentException if {@code patternType} is UNKNOWN or UNRECOGNIZED
   */
  static PatternCheck of(PatternType patternType, boolean isRegex, String text, Option... options) {
    FieldRules.checkWritable(patternType);
    Set<Option> accepted = options.length == 0 ? Set.of() : EnumSet.of(options[0], options);
    return new PatternGrammar(patternType, accepted).check(text, isRegex);
  }

  /**
   * Returns the kind of pattern that a text is when it is no regular expression.
   *
   * @param text any text
   * @return the only kind of which the text is a pattern, be it after a correction, or {@code null}
   *     if it is of none
   */
  static @Nullable PatternType typeOf(String text) {
    return PatternGrammar.typeOf(text);
  }

  /**
   * What a check accepts beyond the grammar.
   *
   * @since 0.1
   */
  enum Option {
    /** Letters of several scripts in one word, by which one name can be made to look as another. */
    MIXED_SCRIPTS
  }

  /**
   * The text is a pattern as it is.
   *
   * @param pattern the text
   * @since 0.1
   */
  record Valid(String pattern) implements PatternCheck {}

  /**
   * The text certainly means a pattern that is written in another way.
   *
   * @param pattern the pattern that is meant, valid
   * @param what what the text has and the pattern has not, as a noun: "white space around it"
   * @since 0.1
   */
  record Corrected(String pattern, String what) implements PatternCheck {}

  /**
   * The text is no pattern.
   *
   * @param reason one line for people, with the character, its column and what to write instead as
   *     far as they are known; begins with "pattern"
   * @param column where the character is that is wrong, in code points from 1; 0 if it is not about
   *     one character
   * @param codePoint the character that is wrong; -1 if it is not about one
   * @since 0.1
   */
  record Refused(String reason, int column, int codePoint) implements PatternCheck {}
}
