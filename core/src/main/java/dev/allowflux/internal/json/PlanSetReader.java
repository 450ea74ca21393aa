package dev.allowflux.internal.json;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Reads the document of the plans of many accounts, strictly and as a stream: one plan at a time is
 * in memory.
 */
public final class PlanSetReader {
  /** The version of the documents that are written and read. */
  public static final int VERSION = 1;

  private static final int MOST = 100_000;

  private final JsonParser parser;
  private final StrictJson json;
  private final Visitor visitor;
  private final List<AccountId> failed = new ArrayList<>();
  private @Nullable String digest;

  private PlanSetReader(JsonParser parser, Visitor visitor) {
    this.parser = parser;
    this.json = new StrictJson(parser);
    this.visitor = visitor;
  }

  /** Takes the plans one by one. */
  public interface Visitor {
    /**
     * Takes a plan.
     *
     * @param plan the plan, whose digest was checked
     * @param credential where its credential is, or null
     * @param start where the plan begins in the document, in bytes
     * @param end where it ends
     */
    void plan(SyncPlan plan, @Nullable String credential, long start, long end);
  }

  /**
   * What a document says beside its plans.
   *
   * @param digest the digest that it gives
   * @param failed the accounts that have no plan since they could not be planned
   */
  public record Head(String digest, List<AccountId> failed) {}

  /**
   * Reads a document. Whether its digest is that of its content is for the caller to find out.
   *
   * @param in has the document and nothing behind it; not closed
   * @param visitor takes the plans
   * @return the rest
   * @throws IllegalArgumentException if it is no such document, one of another version, or one with
   *     a plan that was edited; in one line that says what is wrong
   * @throws IOException if it cannot be read
   */
  public static Head read(InputStream in, Visitor visitor) throws IOException {
    try (JsonParser parser = PlanReader.JSON.createParser(ObjectReadContext.empty(), in)) {
      try {
        parser.nextToken();
        PlanSetReader reader = new PlanSetReader(parser, visitor);
        reader.document();
        if (parser.nextToken() != null) {
          throw new IllegalArgumentException("text behind its end");
        }
        return new Head(StrictJson.required("digest", reader.digest), List.copyOf(reader.failed));
      } catch (JacksonIOException e) {
        throw e.getCause();
      } catch (JacksonException e) {
        throw refusal(e.getOriginalMessage() + PlanReader.place(parser), e);
      } catch (IllegalArgumentException e) {
        throw refusal(
            e.getMessage() + (parser.currentToken() == null ? "" : PlanReader.place(parser)), e);
      }
    }
  }

  private static IllegalArgumentException refusal(String message, Exception cause) {
    return new IllegalArgumentException(
        SafeText.line("no plans of many accounts that can be used: " + message), cause);
  }

  private void document() {
    json.object();
    boolean versioned = false;
    boolean planned = false;
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      if (!versioned && !name.equals("plan_set")) {
        throw new IllegalArgumentException("plan_set, which gives the version, must come first");
      }
      switch (name) {
        case "plan_set" -> versioned = version();
        case "digest" -> digest = json.text();
        case "failed" -> failed();
        case "plans" -> planned = plans();
        default -> throw StrictJson.unknown(name);
      }
    }
    if (!planned) {
      throw new IllegalArgumentException("plans is missing");
    }
  }

  private boolean version() {
    long number = json.number();
    if (number != VERSION) {
      throw new IllegalArgumentException(
          "version " + number + " of plan sets is not known, only " + VERSION);
    }
    return true;
  }

  private void failed() {
    json.list();
    while (json.nextItem()) {
      failed.add(new AccountId(json.text()));
      if (failed.size() > MOST) {
        throw new IllegalArgumentException("there are too many accounts");
      }
    }
  }

  private boolean plans() {
    json.list();
    int count = 0;
    while (json.nextItem()) {
      if (++count > MOST) {
        throw new IllegalArgumentException("there are too many accounts");
      }
      item();
    }
    return true;
  }

  private void item() {
    String credential = null;
    SyncPlan plan = null;
    long start = 0;
    long end = 0;
    json.object();
    for (String name = json.nextMember(); name != null; name = json.nextMember()) {
      switch (name) {
        case "credential" -> credential = json.text();
        case "plan" -> {
          start = parser.currentTokenLocation().getByteOffset();
          plan = PlanReader.read(json);
          end = parser.currentLocation().getByteOffset();
        }
        default -> throw StrictJson.unknown(name);
      }
    }
    visitor.plan(StrictJson.required("plan", plan), credential, start, end);
  }
}
