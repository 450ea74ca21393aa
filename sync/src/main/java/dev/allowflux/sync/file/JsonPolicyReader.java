package dev.allowflux.sync.file;

import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.model.PolicyField;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.internal.input.DamagedInputException;
import dev.allowflux.sync.internal.input.InputText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Policies in JSON: objects one after another, each on one line or on several, or one array. */
abstract class JsonPolicyReader implements PolicySource {
  private static final JsonFactory JSON =
      BodyJson.JSON.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  final InputText text;
  final InputLog log;

  private JsonPolicyReader(InputText text, InputLog log) {
    this.text = text;
    this.log = log;
  }

  /** Where a piece of JSON begins in the input. */
  private record Start(long line, long column) {
    long line(TokenStreamLocation place) {
      return line + place.getLineNr() - 1;
    }

    long column(TokenStreamLocation place) {
      return place.getLineNr() == 1 ? column + place.getColumnNr() - 1 : place.getColumnNr();
    }
  }

  /** Reads an object to its end, or reports that there is none and returns null. */
  @Nullable DesiredRecord record(JsonParser json, Start start) {
    TokenStreamLocation place = json.currentTokenLocation();
    if (!json.hasToken(JsonToken.START_OBJECT)) {
      json.skipChildren();
      log.problem(start.line(place), start.column(place), "a policy must be an object");
      return null;
    }
    DesiredRecord policy = new DesiredRecord(log, start.line(place), start.column(place));
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      TokenStreamLocation nameAt = json.currentTokenLocation();
      JsonToken token = json.nextToken();
      TokenStreamLocation at = json.currentTokenLocation();
      PolicyField field = PolicyField.ofName(name);
      if (field != null && (DesiredRecord.isFlag(field) || DesiredRecord.isText(field))) {
        value(json, token, policy, field, start.line(at), start.column(at));
      } else {
        if (field == null || token != JsonToken.VALUE_NULL) {
          policy.see(field, name, start.line(nameAt), start.column(nameAt));
        }
        json.skipChildren();
      }
    }
    return policy;
  }

  private static void value(
      JsonParser json,
      JsonToken token,
      DesiredRecord policy,
      PolicyField field,
      long line,
      long column) {
    boolean isText = DesiredRecord.isText(field);
    if (token == JsonToken.VALUE_NULL) {
      if (field == PolicyField.COMMENTS) {
        policy.text(field, null, line, column);
      }
    } else if (isText && token == JsonToken.VALUE_STRING) {
      policy.text(field, json.getString(), line, column);
    } else if (!isText && token.isBoolean()) {
      policy.flag(field, token == JsonToken.VALUE_TRUE);
    } else {
      json.skipChildren();
      policy.problem(field, line, column, isText ? "must be text" : "must be true or false");
    }
  }

  /** Objects one after another. A line that is damaged does not harm the next one. */
  static final class Lines extends JsonPolicyReader {
    private static final int LONGEST = 1 << 20;

    private final StringBuilder object = new StringBuilder();

    Lines(InputText text, InputLog log) {
      super(text, log);
    }

    @Override
    public @Nullable DesiredPolicy next() throws IOException {
      while (skipBlank()) {
        Start start = new Start(text.line(), text.column());
        readObject();
        DesiredPolicy policy = policy(start);
        if (policy != null) {
          return policy;
        }
      }
      return null;
    }

    private boolean skipBlank() throws IOException {
      while (text.peek() == '\n'
          || text.peek() == '\r'
          || text.peek() == ' '
          || text.peek() == '\t') {
        int unused = text.read();
      }
      return text.peek() >= 0;
    }

    /**
     * Takes an object to the end of the line on which it is closed. One that is not closed ends
     * where a line begins with the next one.
     */
    private void readObject() throws IOException {
      object.setLength(0);
      int depth = 0;
      boolean inText = false;
      boolean escaped = false;
      for (int c = text.read(); c >= 0; c = text.read()) {
        if (c == '\n' || (c == '\r' && text.peek() != '\n')) {
          if (depth <= 0 || inText || text.peek() == '{') {
            return;
          }
        } else if (escaped) {
          escaped = false;
        } else if (inText) {
          escaped = c == '\\';
          inText = c != '"';
        } else if (c == '"') {
          inText = true;
        } else if (c == '{' || c == '[') {
          depth++;
        } else if (c == '}' || c == ']') {
          depth--;
        }
        if (object.length() <= LONGEST) {
          object.append((char) c);
        }
      }
    }

    private @Nullable DesiredPolicy policy(Start start) {
      if (object.length() > LONGEST) {
        log.problem(start.line, start.column, "this is too long for a policy");
        return null;
      }
      try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), object.toString())) {
        json.nextToken();
        DesiredRecord policy = record(json, start);
        if (policy == null) {
          return null;
        }
        if (json.nextToken() != null) {
          TokenStreamLocation at = json.currentTokenLocation();
          log.problem(
              start.line(at), start.column(at), "there is more than one policy in this line");
          return null;
        }
        return policy.finish();
      } catch (UnexpectedEndOfInputException e) {
        log.problem(start.line, start.column, "the policy that begins here does not end");
      } catch (JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        log.problem(
            at == null ? start.line : start.line(at),
            at == null ? start.column : start.column(at),
            "not valid JSON: " + BodyJson.describe(e));
      }
      return null;
    }
  }

  /** One array. What is not JSON ends the reading, since nobody can tell where it goes on. */
  static final class Array extends JsonPolicyReader {
    private static final Start BEGINNING = new Start(1, 1);

    private final JsonParser json;
    private boolean begun;

    /** Where the list or the policy begins that is being read. */
    private TokenStreamLocation open = TokenStreamLocation.NA;

    private boolean inPolicy;

    Array(InputText text, InputLog log) {
      super(text, log);
      json = JSON.createParser(ObjectReadContext.empty(), text);
    }

    @Override
    public @Nullable DesiredPolicy next() throws IOException {
      try {
        if (!begun) {
          begun = true;
          json.nextToken();
          open = json.currentTokenLocation();
        }
        TokenStreamLocation list = open;
        while (json.nextToken() != JsonToken.END_ARRAY) {
          open = json.currentTokenLocation();
          inPolicy = true;
          DesiredRecord policy = record(json, BEGINNING);
          inPolicy = false;
          open = list;
          DesiredPolicy made = policy == null ? null : policy.finish();
          if (made != null) {
            return made;
          }
        }
        if (json.nextToken() != null) {
          TokenStreamLocation at = json.currentTokenLocation();
          log.problem(at.getLineNr(), at.getColumnNr(), "there is text behind the end of the list");
        }
        return null;
      } catch (JacksonIOException e) {
        throw e.getCause();
      } catch (UnexpectedEndOfInputException e) {
        throw new DamagedInputException(
            open.getLineNr(),
            open.getColumnNr(),
            "the " + (inPolicy ? "policy" : "list") + " that begins here does not end");
      } catch (JacksonException e) {
        TokenStreamLocation at = e.getLocation() == null ? open : e.getLocation();
        throw new DamagedInputException(
            at.getLineNr(),
            at.getColumnNr(),
            "not valid JSON, so the rest was not read: " + BodyJson.describe(e));
      }
    }
  }
}
