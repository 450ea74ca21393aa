package dev.allowflux.internal.json;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
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
  static final JsonFactory JSON =
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

  private final StrictJson json;
  private @Nullable Integer version;
  private @Nullable String digest;
  private @Nullable String signature;
  private @Nullable AccountId account;
  private @Nullable String mode;
  private @Nullable String owner;
  private @Nullable AccountRead read;
  private SyncPlan.@Nullable Counts counts;
  private @Nullable List<SafetyRule.Overridden> overrides;
  private @Nullable List<String> warnings;
  private @Nullable List<PolicyChange> changes;

  private PlanReader(StrictJson json) {
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
        SyncPlan plan = read(new StrictJson(json));
        if (json.nextToken() != null) {
          throw new IllegalArgumentException("text behind its end");
        }
        return plan;
      } catch (JacksonIOException e) {
        throw e.getCause();
      } catch (JacksonException e) {
        throw refusal(e.getOriginalMessage() + place(json), e);
      } catch (IllegalArgumentException e) {
        throw refusal(e.getMessage() + (json.currentToken() == null ? "" : place(json)), e);
      }
    }
  }

  /** Reads a plan that is a part of a document. */
  static SyncPlan read(StrictJson json) {
    PlanReader reader = new PlanReader(json);
    reader.document();
    return reader.plan();
  }

  static String place(JsonParser json) {
    String pointer = json.streamReadContext().pathAsPointer().toString();
    TokenStreamLocation place = json.currentTokenLocation();
    return (pointer.isEmpty() ? "" : " at " + pointer) + " (line " + place.getLineNr() + ")";
  }

  private static IllegalArgumentException refusal(String message, Exception cause) {
    return new IllegalArgumentException(
        SafeText.line("no plan that can be used: " + message), cause);
  }

  private void document() {
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "version" -> version = version();
        case "digest" -> digest = json.text();
        case "signature" -> signature = json.text();
        case "account" -> account = new AccountId(json.text());
        case "mode" -> mode = json.text();
        case "owner" -> owner = json.text();
        case "read" -> read = accountRead();
        case "counts" -> counts = counts();
        case "overrides" -> overrides = overrides();
        case "warnings" -> warnings = warnings();
        case "changes" -> changes = changes();
        default -> throw StrictJson.unknown(name);
      }
    }
  }

  private SyncPlan plan() {
    StrictJson.required("version", version);
    String said = StrictJson.required("digest", digest);
    SyncPlan.Counts counted = StrictJson.required("counts", counts);
    SyncPlan plan =
        SyncPlan.builder(
                StrictJson.required("account", account), mode(), StrictJson.required("read", read))
            .unchanged(counted.unchanged())
            .overrides(StrictJson.required("overrides", overrides))
            .warnings(StrictJson.required("warnings", warnings))
            .changes(StrictJson.required("changes", changes))
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
    int number = (int) Math.min(json.number(), Integer.MAX_VALUE);
    if (number != SyncPlan.VERSION) {
      throw new IllegalArgumentException(
          "version " + number + " of plans is not known, only " + SyncPlan.VERSION);
    }
    return number;
  }

  private SyncMode mode() {
    String name = StrictJson.required("mode", mode);
    if (name.equals("owned")) {
      return new SyncMode.Owned(StrictJson.required("owner", owner));
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
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "started_at" -> startedAt = json.time();
        case "ended_at" -> endedAt = json.time();
        case "newest" -> newest = json.time();
        case "traversal" -> traversal = json.text();
        case "complete" -> complete = json.flag();
        case "seen" -> seen = json.number();
        case "duplicates" -> duplicates = json.number();
        case "pages" -> pages = json.number();
        default -> throw StrictJson.unknown(name);
      }
    }
    return new AccountRead(
        StrictJson.required("started_at", startedAt),
        StrictJson.required("ended_at", endedAt),
        newest,
        StrictJson.required("traversal", traversal),
        StrictJson.required("complete", complete),
        StrictJson.required("seen", seen),
        StrictJson.required("duplicates", duplicates),
        StrictJson.required("pages", pages));
  }

  private SyncPlan.Counts counts() {
    Long creates = null;
    Long edits = null;
    Long deletes = null;
    Long unchanged = null;
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "creates" -> creates = json.number();
        case "edits" -> edits = json.number();
        case "deletes" -> deletes = json.number();
        case "unchanged" -> unchanged = json.number();
        default -> throw StrictJson.unknown(name);
      }
    }
    return new SyncPlan.Counts(
        StrictJson.required("creates", creates),
        StrictJson.required("edits", edits),
        StrictJson.required("deletes", deletes),
        StrictJson.required("unchanged", unchanged));
  }

  private List<SafetyRule.Overridden> overrides() {
    List<SafetyRule.Overridden> list = new ArrayList<>();
    json.list();
    while (json.nextItem()) {
      SafetyRule rule = null;
      String what = null;
      json.object();
      for (String name = json.nextMember(); name != null; name = json.nextMember()) {
        switch (name) {
          case "rule" -> rule = SafetyRule.of(json.text());
          case "what" -> what = json.text();
          default -> throw StrictJson.unknown(name);
        }
      }
      list.add(
          new SafetyRule.Overridden(
              StrictJson.required("rule", rule), StrictJson.required("what", what)));
    }
    return list;
  }

  private List<String> warnings() {
    List<String> texts = new ArrayList<>();
    json.list();
    while (json.nextItem()) {
      texts.add(json.text());
      if (texts.size() > MAX_WARNINGS) {
        throw new IllegalArgumentException("there are too many warnings");
      }
    }
    return texts;
  }

  private List<PolicyChange> changes() {
    List<PolicyChange> list = new ArrayList<>();
    PlanChangeReader reader = new PlanChangeReader(json);
    json.list();
    while (json.nextItem()) {
      list.add(reader.change());
    }
    return list;
  }
}
