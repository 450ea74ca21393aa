package dev.allowflux.internal.json;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the document of a plan as a stream, strictly: what is not known is no plan.
 *
 * <p>Each method that reads a value finds the parser at the value's first token and leaves it at
 * its last.
 */
public final class PlanReader {
  private static final int MAX_WARNINGS = 1000;

  /** The texts of a policy have 1024 characters at most, a line of warnings a few thousand. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxNumberLength(20)
                  .maxNameLength(64)
                  .maxStringLength(1 << 20)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  private final JsonParser json;
  private @Nullable Integer version;
  private @Nullable String digest;
  private @Nullable String signature;
  private @Nullable AccountId account;
  private @Nullable String mode;
  private @Nullable String owner;
  private @Nullable AccountRead read;
  private SyncPlan.@Nullable Counts counts;
  private @Nullable List<String> warnings;
  private @Nullable List<PolicyChange> changes;

  private PlanReader(JsonParser json) {
    this.json = json;
  }

  /**
   * Reads the document that {@link SyncPlan#write} writes.
   *
   * @param in has the document and nothing behind it; not closed
   * @return the plan, whose digest is that of the document
   * @throws IllegalArgumentException if it is no plan, a plan of another version, or one that was
   *     edited after it was made; in one line that says what is wrong
   * @throws IOException if it cannot be read
   */
  public static SyncPlan read(InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
      try {
        json.nextToken();
        PlanReader reader = new PlanReader(json);
        reader.document();
        if (json.nextToken() != null) {
          throw new IllegalArgumentException("text behind its end");
        }
        return reader.plan();
      } catch (JacksonIOException e) {
        throw e.getCause();
      } catch (JacksonException e) {
        throw refusal(e.getOriginalMessage() + place(json), e);
      } catch (IllegalArgumentException e) {
        throw refusal(e.getMessage() + (json.currentToken() == null ? "" : place(json)), e);
      }
    }
  }

  private static String place(JsonParser json) {
    String pointer = json.streamReadContext().pathAsPointer().toString();
    TokenStreamLocation place = json.currentTokenLocation();
    return (pointer.isEmpty() ? "" : " at " + pointer) + " (line " + place.getLineNr() + ")";
  }

  private static IllegalArgumentException refusal(String message, Exception cause) {
    return new IllegalArgumentException(
        SafeText.line("no plan that can be used: " + message), cause);
  }

  private void document() {
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "version" -> version = version();
        case "digest" -> digest = text();
        case "signature" -> signature = text();
        case "account" -> account = new AccountId(text());
        case "mode" -> mode = text();
        case "owner" -> owner = text();
        case "read" -> read = accountRead();
        case "counts" -> counts = counts();
        case "warnings" -> warnings = warnings();
        case "changes" -> changes = changes();
        default -> throw unknown(name);
      }
    }
  }

  private SyncPlan plan() {
    required("version", version);
    String said = required("digest", digest);
    SyncPlan.Counts counted = required("counts", counts);
    SyncPlan plan =
        SyncPlan.builder(required("account", account), mode(), required("read", read))
            .unchanged(counted.unchanged())
            .warnings(required("warnings", warnings))
            .changes(required("changes", changes))
            .signature(signature)
            .build();
    if (!plan.counts().equals(counted)) {
      throw new IllegalArgumentException(
          "it was edited after it was made: it counts " + counted + " and has " + plan.counts());
    }
    if (!plan.digest().equals(said)) {
      throw new IllegalArgumentException(
          "it was edited after it was made: its digest is given as "
              + said
              + ", its content has digest "
              + plan.digest());
    }
    return plan;
  }

  private int version() {
    int number = (int) Math.min(number(), Integer.MAX_VALUE);
    if (number != SyncPlan.VERSION) {
      throw new IllegalArgumentException(
          "version " + number + " of plans is not known, only " + SyncPlan.VERSION);
    }
    return number;
  }

  private SyncMode mode() {
    String name = required("mode", mode);
    if (name.equals("owned")) {
      return new SyncMode.Owned(required("owner", owner));
    }
    if (owner != null) {
      throw new IllegalArgumentException("mode " + name + " has no owner");
    }
    return switch (name) {
      case "upsert" -> new SyncMode.Upsert();
      case "all" -> new SyncMode.All();
      default -> throw new IllegalArgumentException("mode " + name + " is not known");
    };
  }

  private AccountRead accountRead() {
    Instant startedAt = null;
    Instant endedAt = null;
    Instant newest = null;
    String traversal = null;
    Boolean complete = null;
    Long seen = null;
    Long duplicates = null;
    Long pages = null;
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "started_at" -> startedAt = time();
        case "ended_at" -> endedAt = time();
        case "newest" -> newest = time();
        case "traversal" -> traversal = text();
        case "complete" -> complete = flag();
        case "seen" -> seen = number();
        case "duplicates" -> duplicates = number();
        case "pages" -> pages = number();
        default -> throw unknown(name);
      }
    }
    return new AccountRead(
        required("started_at", startedAt),
        required("ended_at", endedAt),
        newest,
        required("traversal", traversal),
        required("complete", complete),
        required("seen", seen),
        required("duplicates", duplicates),
        required("pages", pages));
  }

  private SyncPlan.Counts counts() {
    Long creates = null;
    Long edits = null;
    Long deletes = null;
    Long unchanged = null;
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "creates" -> creates = number();
        case "edits" -> edits = number();
        case "deletes" -> deletes = number();
        case "unchanged" -> unchanged = number();
        default -> throw unknown(name);
      }
    }
    return new SyncPlan.Counts(
        required("creates", creates),
        required("edits", edits),
        required("deletes", deletes),
        required("unchanged", unchanged));
  }

  private List<String> warnings() {
    List<String> texts = new ArrayList<>();
    expect(JsonToken.START_ARRAY, "a list");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      texts.add(text());
      if (texts.size() > MAX_WARNINGS) {
        throw new IllegalArgumentException("there are too many warnings");
      }
    }
    return texts;
  }

  private List<PolicyChange> changes() {
    List<PolicyChange> list = new ArrayList<>();
    expect(JsonToken.START_ARRAY, "a list");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      list.add(change());
    }
    return list;
  }

  private PolicyChange change() {
    String kind = null;
    AllowPolicy before = null;
    Written after = null;
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "change" -> kind = text();
        case "before" -> before = before();
        case "after" -> after = after();
        default -> throw unknown(name);
      }
    }
    kind = required("change", kind);
    boolean hasBefore = !kind.equals("create");
    boolean hasAfter = !kind.equals("delete");
    if ((before != null) != hasBefore || (after != null) != hasAfter) {
      throw new IllegalArgumentException(
          "a change has before, after or both, as it deletes, creates or edits");
    }
    return switch (kind) {
      case "create" -> new PolicyChange.Create(required("after", after).create());
      case "edit" ->
          new PolicyChange.Edit(required("before", before), required("after", after).edit());
      case "delete" -> new PolicyChange.Delete(required("before", before));
      default -> throw new IllegalArgumentException("change " + kind + " is not known");
    };
  }

  private AllowPolicy before() {
    AllowPolicy.Builder policy = AllowPolicy.builder();
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "id" -> policy.id(new PolicyId(text()));
        case "created_at" -> policy.createdAt(time());
        case "modified_at" -> policy.modifiedAt(time());
        case "pattern" -> policy.pattern(text());
        case "pattern_type" -> policy.patternTypeName(patternType().name());
        case "is_regex" -> policy.isRegex(flag());
        case "is_trusted_sender" -> policy.isTrustedSender(flag());
        case "is_acceptable_sender" -> policy.isAcceptableSender(flag());
        case "is_exempt_recipient" -> policy.isExemptRecipient(flag());
        case "verify_sender" -> policy.verifySender(flag());
        case "comments" -> policy.comments(text());
        default -> throw unknown(name);
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
        throw new IllegalArgumentException("comments of a policy to create cannot be null");
      }
      return NewAllowPolicy.builder()
          .pattern(required("pattern", pattern))
          .patternType(required("pattern_type", patternType))
          .isRegex(required("is_regex", isRegex))
          .isTrustedSender(required("is_trusted_sender", isTrustedSender))
          .isAcceptableSender(required("is_acceptable_sender", isAcceptableSender))
          .isExemptRecipient(required("is_exempt_recipient", isExemptRecipient))
          .verifySender(required("verify_sender", verifySender))
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
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "pattern" -> written.pattern = text();
        case "pattern_type" -> written.patternType = patternType();
        case "is_regex" -> written.isRegex = flag();
        case "is_trusted_sender" -> written.isTrustedSender = flag();
        case "is_acceptable_sender" -> written.isAcceptableSender = flag();
        case "is_exempt_recipient" -> written.isExemptRecipient = flag();
        case "verify_sender" -> written.verifySender = flag();
        case "comments" -> {
          written.clearsComments = json.hasToken(JsonToken.VALUE_NULL);
          written.comments = written.clearsComments ? null : text();
        }
        default -> throw unknown(name);
      }
    }
    return written;
  }

  private PatternType patternType() {
    return switch (text()) {
      case "EMAIL" -> PatternType.EMAIL;
      case "DOMAIN" -> PatternType.DOMAIN;
      case "IP" -> PatternType.IP;
      default -> throw new IllegalArgumentException("pattern_type must be EMAIL, DOMAIN or IP");
    };
  }

  private Instant time() {
    try {
      return Instant.parse(text());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("the value must be a time", e);
    }
  }

  private long number() {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    return json.getLongValue();
  }

  private String text() {
    expect(JsonToken.VALUE_STRING, "text");
    return json.getString();
  }

  private boolean flag() {
    if (!json.hasToken(JsonToken.VALUE_TRUE)) {
      expect(JsonToken.VALUE_FALSE, "true or false");
    }
    return json.getBooleanValue();
  }

  private void expect(JsonToken token, String what) {
    if (!json.hasToken(token)) {
      throw new IllegalArgumentException("the value must be " + what);
    }
  }

  private static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("the member " + name + " is not known");
  }
}
