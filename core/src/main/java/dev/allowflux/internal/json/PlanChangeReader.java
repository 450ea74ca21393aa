package dev.allowflux.internal.json;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange;
import org.jspecify.annotations.Nullable;

/** Reads the changes of a plan. */
final class PlanChangeReader {
  private final StrictJson json;

  PlanChangeReader(StrictJson json) {
    this.json = json;
  }

  /** Reads a change; the parser is at its first token, and is left at its last. */
  PolicyChange change() {
    String kind = null;
    AllowPolicy before = null;
    Written after = null;
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "change" -> kind = json.text();
        case "before" -> before = before();
        case "after" -> after = after();
        default -> throw StrictJson.unknown(name);
      }
    }
    kind = StrictJson.required("change", kind);
    boolean hasBefore = !kind.equals("create");
    boolean hasAfter = !kind.equals("delete");
    if ((before != null) != hasBefore || (after != null) != hasAfter) {
      throw new IllegalArgumentException(
          "a change has before, after or both, as it deletes, creates or edits");
    }
    return switch (kind) {
      case "create" -> new PolicyChange.Create(StrictJson.required("after", after).create());
      case "edit" ->
          new PolicyChange.Edit(
              StrictJson.required("before", before), StrictJson.required("after", after).edit());
      case "delete" -> new PolicyChange.Delete(StrictJson.required("before", before));
      default -> throw new IllegalArgumentException("change " + kind + " is not known");
    };
  }

  private AllowPolicy before() {
    AllowPolicy.Builder policy = AllowPolicy.builder();
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (field(name)) {
        case ID -> policy.id(new PolicyId(json.text()));
        case CREATED_AT -> policy.createdAt(json.time());
        case MODIFIED_AT -> policy.modifiedAt(json.time());
        case PATTERN -> policy.pattern(json.text());
        case PATTERN_TYPE -> policy.patternTypeName(patternType().name());
        case IS_REGEX -> policy.isRegex(json.flag());
        case IS_TRUSTED_SENDER -> policy.isTrustedSender(json.flag());
        case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(json.flag());
        case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(json.flag());
        case VERIFY_SENDER -> policy.verifySender(json.flag());
        case COMMENTS -> policy.comments(json.text());
        default -> throw StrictJson.unknown(name);
      }
    }
    return policy.build();
  }

  /** What a change writes; whether it creates or edits may stand behind it. */
  private static final class Written {
    private @Nullable String pattern;
    private @Nullable PatternType patternType;
    private @Nullable Boolean isRegex;
    private @Nullable Boolean isTrustedSender;
    private @Nullable Boolean isAcceptableSender;
    private @Nullable Boolean isExemptRecipient;
    private @Nullable Boolean verifySender;
    private @Nullable String comments;
    private boolean clearsComments;

    NewAllowPolicy create() {
      if (clearsComments) {
        throw new IllegalArgumentException(
            PolicyField.COMMENTS.apiName() + " of a policy to create cannot be null");
      }
      return NewAllowPolicy.builder()
          .pattern(required(PolicyField.PATTERN, pattern))
          .patternType(required(PolicyField.PATTERN_TYPE, patternType))
          .patternOptions(PatternCheck.Option.MIXED_SCRIPTS)
          .isRegex(required(PolicyField.IS_REGEX, isRegex))
          .isTrustedSender(required(PolicyField.IS_TRUSTED_SENDER, isTrustedSender))
          .isAcceptableSender(required(PolicyField.IS_ACCEPTABLE_SENDER, isAcceptableSender))
          .isExemptRecipient(required(PolicyField.IS_EXEMPT_RECIPIENT, isExemptRecipient))
          .verifySender(required(PolicyField.VERIFY_SENDER, verifySender))
          .comments(comments)
          .build();
    }

    AllowPolicyEdit edit() {
      if (pattern != null || patternType != null || isRegex != null) {
        throw new IllegalArgumentException("an edit leaves the pattern as it is");
      }
      AllowPolicyEdit.Builder edit = AllowPolicyEdit.builder();
      if (isTrustedSender != null) {
        edit.isTrustedSender(isTrustedSender);
      }
      if (isAcceptableSender != null) {
        edit.isAcceptableSender(isAcceptableSender);
      }
      if (isExemptRecipient != null) {
        edit.isExemptRecipient(isExemptRecipient);
      }
      if (verifySender != null) {
        edit.verifySender(verifySender);
      }
      if (comments != null) {
        edit.comments(comments);
      } else if (clearsComments) {
        edit.clearComments();
      }
      return edit.build();
    }
  }

  private Written after() {
    Written written = new Written();
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (field(name)) {
        case PATTERN -> written.pattern = json.text();
        case PATTERN_TYPE -> written.patternType = patternType();
        case IS_REGEX -> written.isRegex = json.flag();
        case IS_TRUSTED_SENDER -> written.isTrustedSender = json.flag();
        case IS_ACCEPTABLE_SENDER -> written.isAcceptableSender = json.flag();
        case IS_EXEMPT_RECIPIENT -> written.isExemptRecipient = json.flag();
        case VERIFY_SENDER -> written.verifySender = json.flag();
        case COMMENTS -> {
          written.clearsComments = json.isNull();
          written.comments = written.clearsComments ? null : json.text();
        }
        default -> throw StrictJson.unknown(name);
      }
    }
    return written;
  }

  private PatternType patternType() {
    return switch (json.text()) {
      case "EMAIL" -> PatternType.EMAIL;
      case "DOMAIN" -> PatternType.DOMAIN;
      case "IP" -> PatternType.IP;
      default ->
          throw new IllegalArgumentException(
              PolicyField.PATTERN_TYPE.apiName() + " must be EMAIL, DOMAIN or IP");
    };
  }

  private static PolicyField field(String name) {
    PolicyField field = PolicyField.ofApiName(name);
    if (field == null) {
      throw StrictJson.unknown(name);
    }
    return field;
  }

  private static <T> T required(PolicyField field, @Nullable T value) {
    return StrictJson.required(field.apiName(), value);
  }
}
