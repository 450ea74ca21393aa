package dev.allowflux.model;

import dev.allowflux.internal.pattern.Advice;
import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.internal.text.SafeText;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the API takes in a field, checked before anything is sent. Every refusal is one line. */
final class FieldRules {
  private static final int MAX_TEXT = 1024;

  private FieldRules() {}

  /** Empty, dot and dot-dot segments would address another route once the path is normalised. */
  static void checkPathSegment(String name, String value) {
    if (value.isEmpty() || value.equals(".") || value.equals("..")) {
      throw new IllegalArgumentException(name + " must not be empty, \".\" or \"..\"");
    }
    checkWellFormed(name, value);
  }

  static void checkLength(String name, String value, int min, int max) {
    int length = value.codePointCount(0, value.length());
    if (length < min || length > max) {
      throw new IllegalArgumentException(lengthMessage(name, min, max, length));
    }
  }

  static String lengthMessage(String name, int min, int max, int length) {
    return name + " must have " + min + " to " + max + " characters, not " + length;
  }

  /** An unpaired surrogate has no UTF-8 form: it could only be sent as something else. */
  static void checkWellFormed(String name, String value) {
    int index = CodePoints.unpairedSurrogate(value);
    if (index >= 0) {
      throw new IllegalArgumentException(name + " has an unpaired surrogate at index " + index);
    }
  }

  static String checkPattern(String pattern) {
    return checkText(PolicyField.PATTERN, pattern, 1);
  }

  static String checkComments(String comments) {
    return checkText(PolicyField.COMMENTS, comments, 0);
  }

  private static String checkText(PolicyField field, String text, int min) {
    checkLength(field.apiName(), text, min, MAX_TEXT);
    checkWellFormed(field.apiName(), text);
    return text;
  }

  static PatternType checkWritable(PatternType type) {
    return switch (type) {
      case EMAIL, DOMAIN, IP -> type;
      case UNKNOWN, UNRECOGNIZED ->
          throw new IllegalArgumentException(
              PolicyField.PATTERN_TYPE.apiName()
                  + " must be EMAIL, DOMAIN or IP in a write, not "
                  + type);
    };
  }

  /** Refuses what is no pattern of its kind, and what would first have to be corrected. */
  static void checkGrammar(
      PatternType type, boolean isRegex, String pattern, Set<PatternCheck.Option> options) {
    String message = message(new PatternGrammar(type, options).check(pattern, isRegex));
    if (message != null) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * Checks the pattern of an edit, of which kind and flag may stay as they are and are then not
   * known: it must be a pattern in one of the ways that are left.
   */
  static void checkEdit(
      @Nullable PatternType type,
      @Nullable Boolean isRegex,
      String pattern,
      Set<PatternCheck.Option> options) {
    boolean mayBeRegex = isRegex == null && Advice.looksLikeExpression(pattern);
    if (mayBeRegex
        && message(new PatternGrammar(PatternType.EMAIL, options).check(pattern, true)) == null) {
      return;
    }
    PatternType fitting = type != null ? type : PatternGrammar.typeOf(pattern);
    checkGrammar(
        fitting != null ? fitting : PatternGrammar.likeliestType(pattern),
        Boolean.TRUE.equals(isRegex),
        pattern,
        options);
  }

  private static @Nullable String message(PatternCheck check) {
    if (check instanceof PatternCheck.Corrected corrected) {
      return PolicyField.PATTERN.apiName()
          + " has "
          + corrected.what()
          + "; write "
          + SafeText.marked(corrected.pattern());
    }
    return check instanceof PatternCheck.Refused refused ? refused.reason() : null;
  }
}
