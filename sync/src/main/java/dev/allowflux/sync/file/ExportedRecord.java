package dev.allowflux.sync.file;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.PolicyTag;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A policy of an export in the making, from a row or an object of a file. */
final class ExportedRecord {
  /** What a file of many accounts has in addition to the fields of a policy. */
  static final String ACCOUNT = "account_id";

  private final InputLog log;
  private final long line;
  private final RepeatedTimes times;
  private final AllowPolicy.Builder policy = AllowPolicy.builder();
  private PolicyTag tag = PolicyTag.none();
  private @Nullable AccountId account;
  private @Nullable String comments;
  private @Nullable String pattern;
  private boolean isRegex;
  private boolean failed;
  private boolean empty = true;

  ExportedRecord(InputLog log, long line, RepeatedTimes times) {
    this.log = log;
    this.line = line;
    this.times = times;
    policy.id(new PolicyId("line-" + line)).createdAt(Instant.EPOCH);
  }

  @SuppressWarnings("deprecation")
  void set(PolicyField field, String value) {
    empty = false;
    try {
      switch (field) {
        case ID -> policy.id(new PolicyId(value));
        case CREATED_AT -> policy.createdAt(times.read(value));
        case MODIFIED_AT -> policy.modifiedAt(times.read(value));
        case LAST_MODIFIED -> policy.lastModified(times.read(value));
        case PATTERN -> {
          pattern = value;
          policy.pattern(value);
        }
        case PATTERN_TYPE -> policy.patternTypeName(value.strip().toUpperCase(Locale.ROOT));
        case COMMENTS -> comments = value;
        case IS_REGEX -> {
          isRegex = flag(value);
          policy.isRegex(isRegex);
        }
        case IS_TRUSTED_SENDER -> policy.isTrustedSender(flag(value));
        case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(flag(value));
        case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(flag(value));
        case VERIFY_SENDER -> policy.verifySender(flag(value));
        case IS_RECIPIENT -> policy.isRecipient(flag(value));
        case IS_SENDER -> policy.isSender(flag(value));
        case IS_SPOOF -> policy.isSpoof(flag(value));
        case OWNER -> tag = tag.withOwner(value.strip());
        case EXPIRES -> tag = tag.withExpires(PolicyTag.day(value.strip()));
        case REVIEW -> tag = tag.withReview(PolicyTag.day(value.strip()));
      }
    } catch (DateTimeParseException e) {
      fail(field.apiName(), "is no time: " + value);
    } catch (IllegalArgumentException e) {
      fail(field.apiName(), String.valueOf(e.getMessage()));
    }
  }

  void setAccount(String value) {
    try {
      account = new AccountId(value.strip());
    } catch (IllegalArgumentException e) {
      fail(ACCOUNT, String.valueOf(e.getMessage()));
    }
  }

  /** Leaves a field out that nobody knows, but not the one that has the account. */
  void unknown(String name, long line, long column) {
    failed |= DesiredRecord.refuseAccount(log, name, line, column);
  }

  /** Says that the kind follows from the pattern where only one fits. */
  void inferType() {
    PatternType only = pattern == null || isRegex ? null : PatternText.typeOf(pattern);
    if (only != null) {
      policy.patternTypeName(only.name());
    }
  }

  private static Boolean flag(String value) {
    Boolean flag = FlagWords.flag(value.strip());
    if (flag == null) {
      throw new IllegalArgumentException("must be true or false, not " + value.strip());
    }
    return flag;
  }

  private void fail(String field, String what) {
    failed = true;
    log.problem(line, 0, field + " " + what);
  }

  void giveTo(ExportReader.Visitor visitor) {
    if (empty) {
      log.problem(line, 0, "is no policy: it has none of the fields of one");
    } else if (!failed) {
      policy.comments(tag.over(PolicyTag.of(comments)).in(comments));
      log.policy();
      visitor.visit(policy.build(), log.source() + ":" + line, account);
    }
  }
}
