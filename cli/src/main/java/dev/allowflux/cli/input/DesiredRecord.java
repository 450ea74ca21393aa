package dev.allowflux.cli.input;

import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One wanted policy in the making, from a line of a file.
 *
 * <p>What an export has beside the fields that can be written is passed over. A field that nobody
 * knows is passed over in an export only, where it may be a new one of the service's; elsewhere it
 * is a slip of the pen.
 */
final class DesiredRecord {
  private final DesiredPolicy.Builder policy = DesiredPolicy.builder();
  private final List<String> problems = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private final Set<Field> wrong = EnumSet.noneOf(Field.class);
  private boolean exported;
  private boolean hasPattern;
  private @Nullable String patternType;

  /** What a field of the API is to a wanted policy. */
  enum Field {
    PATTERN,
    PATTERN_TYPE,
    IS_REGEX,
    IS_TRUSTED_SENDER,
    IS_ACCEPTABLE_SENDER,
    IS_EXEMPT_RECIPIENT,
    VERIFY_SENDER,
    COMMENTS,
    EXPORTED,
    PASSED,
    UNKNOWN;

    static Field of(String apiName) {
      return switch (apiName) {
        case "id", "created_at" -> EXPORTED;
        case "modified_at", "last_modified", "is_recipient", "is_sender", "is_spoof" -> PASSED;
        case "pattern" -> PATTERN;
        case "pattern_type" -> PATTERN_TYPE;
        case "is_regex" -> IS_REGEX;
        case "is_trusted_sender" -> IS_TRUSTED_SENDER;
        case "is_acceptable_sender" -> IS_ACCEPTABLE_SENDER;
        case "is_exempt_recipient" -> IS_EXEMPT_RECIPIENT;
        case "verify_sender" -> VERIFY_SENDER;
        case "comments" -> COMMENTS;
        default -> UNKNOWN;
      };
    }

    boolean isFlag() {
      return switch (this) {
        case IS_REGEX,
            IS_TRUSTED_SENDER,
            IS_ACCEPTABLE_SENDER,
            IS_EXEMPT_RECIPIENT,
            VERIFY_SENDER ->
            true;
        default -> false;
      };
    }

    boolean isText() {
      return this == PATTERN || this == PATTERN_TYPE || this == COMMENTS;
    }

    String apiName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Takes note of a field that has no value to set. */
  void see(Field field, String name) {
    if (field == Field.EXPORTED) {
      exported = true;
    } else if (field == Field.UNKNOWN) {
      unknown.add(name);
    }
  }

  void flag(Field field, boolean value) {
    switch (field) {
      case IS_REGEX -> policy.isRegex(value);
      case IS_TRUSTED_SENDER -> policy.isTrustedSender(value);
      case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(value);
      case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(value);
      case VERIFY_SENDER -> policy.verifySender(value);
      default -> throw new IllegalArgumentException(field + " is no flag");
    }
  }

  void text(Field field, @Nullable String value) {
    switch (field) {
      case COMMENTS -> policy.comments(value);
      case PATTERN -> {
        hasPattern = value != null;
        if (value != null) {
          policy.pattern(value);
        }
      }
      case PATTERN_TYPE -> patternType = value;
      default -> throw new IllegalArgumentException(field + " is no text");
    }
  }

  void problem(Field field, String what) {
    wrong.add(field);
    problems.add(field.apiName() + " " + what);
  }

  /**
   * Returns the policy, or null if there is none to want: an export also has policies of a kind
   * that nobody can write.
   *
   * @param problems takes what is wrong with it
   */
  @Nullable DesiredPolicy finish(String origin, List<String> problems) {
    PatternType type = type();
    if (exported && (type == null || !hasPattern) && this.problems.isEmpty()) {
      return null;
    }
    problems.addAll(this.problems);
    if (!hasPattern && !wrong.contains(Field.PATTERN)) {
      problems.add("pattern is missing");
    }
    if (type != null) {
      policy.patternType(type);
    } else if (patternType != null) {
      problems.add("pattern_type must be EMAIL, DOMAIN or IP");
    } else if (!wrong.contains(Field.PATTERN_TYPE)) {
      problems.add("pattern_type is missing");
    }
    if (!exported) {
      unknown.forEach(name -> problems.add("unknown field " + name));
    }
    if (!problems.isEmpty()) {
      return null;
    }
    try {
      return policy.origin(origin).build();
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private @Nullable PatternType type() {
    return switch (patternType == null ? "" : patternType.toUpperCase(Locale.ROOT)) {
      case "EMAIL" -> PatternType.EMAIL;
      case "DOMAIN" -> PatternType.DOMAIN;
      case "IP" -> PatternType.IP;
      default -> null;
    };
  }
}
