package dev.allowflux.model;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.internal.text.SafeText;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

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
      throw new IllegalArgumentException(
          name + " must have " + min + " to " + max + " characters, not " + length);
    }
  }

  /** An unpaired surrogate has no UTF-8 form: it could only be sent as something else. */
  static void checkWellFormed(String name, String value) {
    int index = CodePoints.unpairedSurrogate(value);
    if (index >= 0) {
      throw new IllegalArgumentException(name + " has an unpaired surrogate at index " + index);
    }
  }

  static String checkPattern(String pattern) {
    checkLength("pattern", pattern, 1, MAX_TEXT);
    checkWellFormed("pattern", pattern);
    return pattern;
  }

  static String checkComments(String comments) {
    checkLength("comments", comments, 0, MAX_TEXT);
    checkWellFormed("comments", comments);
    return comments;
  }

  static PatternType checkWritable(PatternType type) {
    return switch (type) {
      case EMAIL, DOMAIN, IP -> type;
      case UNKNOWN, UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "pattern_type must be EMAIL, DOMAIN or IP in a write, not " + type);
    };
  }

  /** The service runs Java regular expressions, so the JDK's compiler is the right judge. */
  static void checkRegex(String pattern) {
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      String position = e.getIndex() < 0 ? "" : " at index " + e.getIndex();
      throw new IllegalArgumentException(
          "pattern must be a valid Java regular expression when is_regex is true: "
              + SafeText.line(e.getDescription(), 200)
              + position,
          e);
    }
  }
}
