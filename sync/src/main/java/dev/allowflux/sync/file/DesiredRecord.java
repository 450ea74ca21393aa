package dev.allowflux.sync.file;

import dev.allowflux.internal.json.FieldNames;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyField.Access;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.DesiredPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One desired policy in the making, from a row or an object of a file.
 *
 * <p>A field that nobody knows is a slip, but for an export, to which the service may have added
 * it: there it is reported and left out, unless it resembles a field that callers set.
 */
final class DesiredRecord {
  private static final Pattern ACCOUNT_ID =
      Pattern.compile("account[\\s\\u00a0_-]*id", Pattern.CASE_INSENSITIVE);

  private static final List<String> NAMES =
      Arrays.stream(PolicyField.values())
          .filter(DesiredRecord::isWritable)
          .map(PolicyField::apiName)
          .toList();

  private final InputLog log;
  private final long line;
  private final long column;
  private final DesiredPolicy.Builder policy = DesiredPolicy.builder();
  private final List<Unknown> unknown = new ArrayList<>();
  private final Set<PolicyField> wrong = EnumSet.noneOf(PolicyField.class);
  private PolicyTag tag = PolicyTag.none();
  private boolean exported;
  private boolean isRegex;
  private boolean infersType;
  private boolean failed;
  private @Nullable Text pattern;
  private @Nullable Text patternType;

  /** A text and where it stands. */
  private record Text(String value, long line, long column) {}

  private record Unknown(String name, long line, long column) {}

  /** Begins at a place of the file. */
  DesiredRecord(InputLog log, long line, long column) {
    this.log = log;
    this.line = line;
    this.column = column;
  }

  /** Takes note of a field that has no value to set. */
  void see(@Nullable PolicyField field, String name, long line, long column) {
    if (field == null) {
      unknown.add(new Unknown(name, line, column));
    } else if (field == PolicyField.ID || field == PolicyField.CREATED_AT) {
      exported = true;
    }
  }

  /** Says that the kind follows from the pattern where only one fits. */
  void inferType() {
    infersType = true;
  }

  void flag(PolicyField field, boolean value) {
    switch (field) {
      case IS_REGEX -> {
        isRegex = value;
        policy.isRegex(value);
      }
      case IS_TRUSTED_SENDER -> policy.isTrustedSender(value);
      case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(value);
      case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(value);
      case VERIFY_SENDER -> policy.verifySender(value);
      default -> throw new IllegalArgumentException(field + " is no flag");
    }
  }

  void text(PolicyField field, @Nullable String value, long line, long column) {
    Text text = value == null ? null : new Text(value, line, column);
    switch (field) {
      case COMMENTS -> policy.comments(value);
      case PATTERN -> pattern = text;
      case PATTERN_TYPE -> patternType = text;
      case OWNER, EXPIRES, REVIEW -> {
        if (value != null) {
          tag(field, value.strip(), line, column);
        }
      }
      default -> throw new IllegalArgumentException(field + " is no text");
    }
  }

  private void tag(PolicyField field, String value, long line, long column) {
    try {
      tag =
          switch (field) {
            case OWNER -> tag.withOwner(value);
            case EXPIRES -> tag.withExpires(PolicyTag.day(value));
            default -> tag.withReview(PolicyTag.day(value));
          };
    } catch (IllegalArgumentException e) {
      problem(field, line, column, "is no value: " + e.getMessage());
    }
  }

  void problem(@Nullable PolicyField field, long line, long column, String what) {
    failed = true;
    if (field != null) {
      wrong.add(field);
    }
    log.problem(line, column, field == null ? what : field.apiName() + " " + what);
  }

  /**
   * Returns the policy, or null if there is none to sync: something is wrong with it, or it is an
   * exported one of a kind that nobody can write.
   */
  @Nullable DesiredPolicy finish() {
    PatternType type = type(patternType);
    if (exported && !infersType && (type == null || pattern == null) && !failed) {
      log.skipped();
      return null;
    }
    unknown.forEach(this::judge);
    Text pattern = pattern();
    if (type == null) {
      type = typeOf(pattern);
    }
    if (failed || pattern == null || type == null) {
      return null;
    }
    String checked =
        PatternText.read(log, type, isRegex, pattern.value, pattern.line, pattern.column);
    if (checked == null) {
      return null;
    }
    try {
      DesiredPolicy made =
          policy
              .pattern(checked)
              .patternType(type)
              .tag(tag)
              .origin(log.source() + ":" + line)
              .build();
      log.policy();
      return made;
    } catch (IllegalArgumentException e) {
      problem(null, pattern.line, pattern.column, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private @Nullable Text pattern() {
    if (pattern == null && !wrong.contains(PolicyField.PATTERN)) {
      problem(null, line, column, "pattern is missing");
    }
    return pattern;
  }

  private @Nullable PatternType typeOf(@Nullable Text pattern) {
    if (patternType != null) {
      problem(
          PolicyField.PATTERN_TYPE,
          patternType.line,
          patternType.column,
          "must be EMAIL, DOMAIN or IP");
    } else if (infersType && pattern != null) {
      PatternType only = isRegex ? null : PatternText.typeOf(pattern.value);
      if (only != null) {
        log.note(
            pattern.line, pattern.column, pattern.value + " is taken for pattern_type " + only);
        return only;
      }
      problem(
          null,
          pattern.line,
          pattern.column,
          "there is no pattern_type, and the pattern does not tell it");
    } else if (!infersType && !wrong.contains(PolicyField.PATTERN_TYPE)) {
      problem(null, line, column, "pattern_type is missing");
    }
    return null;
  }

  private void judge(Unknown field) {
    failed |= judgeUnknown(log, exported, field.name, field.line, field.column);
  }

  /**
   * Refuses the field that tells the accounts of an export of many apart: they would be taken for
   * one.
   *
   * @return whether the name is that of this field
   */
  static boolean refuseAccount(InputLog log, String name, long line, long column) {
    if (!ACCOUNT_ID.matcher(name.strip()).matches()) {
      return false;
    }
    log.problemOnce(
        line,
        column,
        "account_id is of an export of many accounts, and this is to be one account's: export each"
            + " account to a file of its own, or keep the policies of one without account_id");
    return true;
  }

  /**
   * Refuses a name that nobody knows, or reports it if the service may have added it.
   *
   * @return whether it is refused
   */
  static boolean judgeUnknown(InputLog log, boolean exported, String name, long line, long column) {
    if (refuseAccount(log, name, line, column)) {
      return true;
    }
    if (!exported || FieldNames.resemblesWritable(name)) {
      log.problem(line, column, FieldNames.unknown(name, NAMES));
      return true;
    }
    log.noteOnce(line, column, "unknown field " + name + " is left out");
    return false;
  }

  static boolean isFlag(PolicyField field) {
    return isWritable(field) && field.type() == PolicyField.Type.FLAG;
  }

  static boolean isText(PolicyField field) {
    return isWritable(field) && field.type() != PolicyField.Type.FLAG;
  }

  private static boolean isWritable(PolicyField field) {
    return field.access() == Access.WRITABLE || field.access() == Access.TAG;
  }

  private static @Nullable PatternType type(@Nullable Text name) {
    return switch (name == null ? "" : name.value.toUpperCase(Locale.ROOT)) {
      case "EMAIL" -> PatternType.EMAIL;
      case "DOMAIN" -> PatternType.DOMAIN;
      case "IP" -> PatternType.IP;
      default -> null;
    };
  }
}
