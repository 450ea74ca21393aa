package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Reads one answer, front to back.
 *
 * <p>Each method that reads a value finds the parser at the value's first token and leaves it at
 * its last.
 *
 * <p>Longer than most classes here: one method for each result and each kind of value, over one
 * parser.
 */
public final class JacksonResponseParser {
  private static final int MAX_ERRORS = 100;

  /** The largest number up to which every whole number has a double of its own. */
  private static final double MAX_EXACT = 1L << 53;

  /** No time is so long: the JDK reads 44 characters at most. */
  private static final int MAX_TIME_LENGTH = 64;

  private final byte[] bytes;
  private final int start;
  private final JsonParser json;
  private final AllowPolicy.Builder policy = AllowPolicy.builder();
  private final byte[] timeText = new byte[MAX_TIME_LENGTH];
  private @Nullable Long count;
  private @Nullable Long page;
  private @Nullable Long perPage;
  private @Nullable Long totalCount;

  /** Reads the result of an answer; the parser is at its first token. */
  interface ResultReader<T> {
    @Nullable T read(JacksonResponseParser reader);
  }

  JacksonResponseParser(byte[] bytes, int offset, int length) {
    int mark = hasByteOrderMark(bytes, offset, length) ? 3 : 0;
    this.bytes = bytes;
    start = offset + mark;
    json = BodyJson.JSON.createParser(ObjectReadContext.empty(), bytes, start, length - mark);
  }

  public static Envelope<PageBody> readPage(byte[] bytes, int offset, int length) {
    JacksonResponseParser reader = new JacksonResponseParser(bytes, offset, length);
    Envelope<List<AllowPolicy>> envelope = reader.readEnvelope(JacksonResponseParser::policies);
    List<AllowPolicy> policies = envelope.result();
    return envelope.withResult(policies == null ? null : reader.page(policies));
  }

  public static Envelope<AccountPage> readAccounts(byte[] bytes, int offset, int length) {
    JacksonResponseParser reader = new JacksonResponseParser(bytes, offset, length);
    Envelope<List<Account>> envelope = reader.readEnvelope(JacksonResponseParser::accounts);
    List<Account> accounts = envelope.result();
    return envelope.withResult(
        accounts == null ? null : new AccountPage(accounts, reader.totalCount));
  }

  private static boolean hasByteOrderMark(byte[] bytes, int offset, int length) {
    return length >= 3
        && bytes[offset] == (byte) 0xEF
        && bytes[offset + 1] == (byte) 0xBB
        && bytes[offset + 2] == (byte) 0xBF;
  }

  /** Reads a policy that stands alone, without an envelope. */
  public static AllowPolicy readPolicy(byte[] bytes) {
    return readAlone(bytes, "the policy", JacksonResponseParser::policy);
  }

  /** Reads the result of a batch that stands alone, without an envelope. */
  public static BatchResult readBatchResult(byte[] bytes) {
    return readAlone(bytes, "the result", JacksonResponseParser::batch);
  }

  private static <T> T readAlone(
      byte[] bytes, String what, Function<JacksonResponseParser, T> content) {
    JacksonResponseParser reader = new JacksonResponseParser(bytes, 0, bytes.length);
    try (JsonParser json = reader.json) {
      json.nextToken();
      T value = content.apply(reader);
      if (json.nextToken() != null) {
        throw new UnreadableException("there is text behind the end of " + what);
      }
      return value;
    } catch (JacksonException e) {
      throw new UnreadableException("not valid JSON: " + BodyJson.describeWithPlace(e));
    }
  }

  <T> Envelope<T> readEnvelope(ResultReader<T> resultReader) {
    try (json) {
      json.nextToken();
      Envelope<T> envelope = envelope(resultReader);
      if (json.nextToken() != null) {
        throw new UnreadableException("the body goes on after its end");
      }
      return envelope;
    } catch (JacksonException e) {
      throw new UnreadableException(
          "the body cannot be read as JSON: " + BodyJson.describeWithPlace(e));
    }
  }

  private <T> Envelope<T> envelope(ResultReader<T> resultReader) {
    Boolean success = null;
    T result = null;
    List<ApiError> errors = List.of();
    List<ApiError> messages = List.of();
    expect(JsonToken.START_OBJECT, "an object");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "success" -> success = flag();
        case "result" -> result = isNull() ? null : resultReader.read(this);
        case "errors" -> errors = errors();
        case "messages" -> messages = errors();
        case "result_info" -> resultInfo();
        default -> json.skipChildren();
      }
    }
    return new Envelope<>(success, result, errors, messages);
  }

  // ---- results

  @Nullable Void nothing() {
    json.skipChildren();
    return null;
  }

  AllowPolicy policy() {
    expect(JsonToken.START_OBJECT, "an object");
    policy.clear();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      field(name);
    }
    try {
      return policy.build();
    } catch (IllegalArgumentException e) {
      throw unreadable("a " + e.getMessage());
    }
  }

  @SuppressWarnings("deprecation")
  private void field(String name) {
    PolicyField field = PolicyField.ofApiName(name);
    if (field == null) {
      policy.unknownField(name, source());
      return;
    }
    switch (field) {
      case ID -> policy.id(id());
      case CREATED_AT -> policy.createdAt(requiredTime());
      case MODIFIED_AT -> policy.modifiedAt(time());
      case LAST_MODIFIED -> policy.lastModified(time());
      case PATTERN -> policy.pattern(text());
      case PATTERN_TYPE -> policy.patternTypeName(text());
      case IS_REGEX -> policy.isRegex(flag());
      case IS_TRUSTED_SENDER -> policy.isTrustedSender(flag());
      case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(flag());
      case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(flag());
      case VERIFY_SENDER -> policy.verifySender(flag());
      case IS_RECIPIENT -> policy.isRecipient(flag());
      case IS_SENDER -> policy.isSender(flag());
      case IS_SPOOF -> policy.isSpoof(flag());
      case COMMENTS -> policy.comments(text());
      case OWNER, EXPIRES, REVIEW -> throw new AssertionError("not a field of the API: " + name);
    }
  }

  List<AllowPolicy> policies() {
    expect(JsonToken.START_ARRAY, "a list");
    List<AllowPolicy> policies = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      policies.add(policy());
    }
    return policies;
  }

  private List<Account> accounts() {
    expect(JsonToken.START_ARRAY, "a list");
    List<Account> accounts = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      accounts.add(account());
    }
    return accounts;
  }

  private Account account() {
    expect(JsonToken.START_OBJECT, "an object");
    AccountId id = null;
    String accountName = null;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "id" -> id = accountId();
        case "name" -> accountName = text();
        default -> json.skipChildren();
      }
    }
    if (id == null) {
      throw unreadable("an account without id");
    }
    return new Account(id, accountName == null ? "" : accountName);
  }

  private AccountId accountId() {
    expect(JsonToken.VALUE_STRING, "text");
    try {
      return new AccountId(json.getString());
    } catch (IllegalArgumentException e) {
      throw unreadable("no account id: " + e.getMessage());
    }
  }

  PolicyId deleted() {
    expect(JsonToken.START_OBJECT, "an object");
    PolicyId id = null;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      if (name.equals(PolicyField.ID.apiName())) {
        id = id();
      } else {
        json.skipChildren();
      }
    }
    if (id == null) {
      throw unreadable("a deleted policy without id");
    }
    return id;
  }

  BatchResult batch() {
    expect(JsonToken.START_OBJECT, "an object");
    List<PolicyId> deletes = List.of();
    List<AllowPolicy> edits = List.of();
    List<AllowPolicy> replacements = List.of();
    List<AllowPolicy> creates = List.of();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case BodyJson.DELETES -> deletes = isNull() ? List.of() : deletedOnes();
        case BodyJson.PATCHES -> edits = isNull() ? List.of() : policies();
        case BodyJson.PUTS -> replacements = isNull() ? List.of() : policies();
        case BodyJson.POSTS -> creates = isNull() ? List.of() : policies();
        default -> json.skipChildren();
      }
    }
    return new BatchResult(deletes, edits, replacements, creates);
  }

  private List<PolicyId> deletedOnes() {
    expect(JsonToken.START_ARRAY, "a list");
    List<PolicyId> ids = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      ids.add(deleted());
    }
    return ids;
  }

  /** Joins a list with what the envelope said about it. */
  private PageBody page(List<AllowPolicy> policies) {
    return new PageBody(policies, count, page, perPage, totalCount);
  }

  private void resultInfo() {
    if (!json.hasToken(JsonToken.START_OBJECT)) {
      json.skipChildren();
      return;
    }
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "count" -> count = number();
        case "page" -> page = number();
        case "per_page" -> perPage = number();
        case "total_count" -> totalCount = number();
        default -> json.skipChildren();
      }
    }
  }

  // ---- errors and messages, taken in whatever form they come

  private List<ApiError> errors() {
    List<ApiError> errors = new ArrayList<>();
    if (json.hasToken(JsonToken.START_ARRAY)) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        addError(errors);
      }
    } else {
      addError(errors);
    }
    return errors;
  }

  private void addError(List<ApiError> errors) {
    ApiError error = null;
    if (json.hasToken(JsonToken.VALUE_STRING)) {
      error = new ApiError(0, json.getString(), null, null, List.of());
    } else if (json.hasToken(JsonToken.START_OBJECT)) {
      error = error();
    } else {
      json.skipChildren();
    }
    if (error != null && errors.size() < MAX_ERRORS) {
      errors.add(error);
    }
  }

  private ApiError error() {
    Long code = null;
    String message = null;
    String pointer = null;
    String documentationUrl = null;
    List<ApiError> chain = List.of();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "code" -> code = number();
        case "message" -> message = textOrNull();
        case "source" -> pointer = pointer();
        case "documentation_url" -> documentationUrl = textOrNull();
        case "error_chain" -> chain = errors();
        default -> json.skipChildren();
      }
    }
    return new ApiError(
        code == null ? 0 : code, message == null ? "" : message, pointer, documentationUrl, chain);
  }

  private @Nullable String pointer() {
    if (!json.hasToken(JsonToken.START_OBJECT)) {
      json.skipChildren();
      return null;
    }
    String pointer = null;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      if (name.equals("pointer")) {
        pointer = textOrNull();
      } else {
        json.skipChildren();
      }
    }
    return pointer;
  }

  // ---- values

  private boolean isNull() {
    return json.hasToken(JsonToken.VALUE_NULL);
  }

  /** Returns the id, which used to be a number. */
  private PolicyId id() {
    if (!json.hasToken(JsonToken.VALUE_STRING) && !json.hasToken(JsonToken.VALUE_NUMBER_INT)) {
      throw wrongType("text");
    }
    try {
      return new PolicyId(json.getString());
    } catch (IllegalArgumentException e) {
      throw unreadable("no id: " + e.getMessage());
    }
  }

  private @Nullable String text() {
    if (isNull()) {
      return null;
    }
    expect(JsonToken.VALUE_STRING, "text");
    return json.getString();
  }

  private @Nullable Boolean flag() {
    return switch (json.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw wrongType("true or false");
    };
  }

  private @Nullable Instant time() {
    return isNull() ? null : requiredTime();
  }

  private Instant requiredTime() {
    expect(JsonToken.VALUE_STRING, "text");
    int length = json.getStringLength();
    Instant time = length > MAX_TIME_LENGTH ? null : Rfc3339.parse(timeText(length), 0, length);
    if (time == null) {
      throw unreadable("not a time of RFC 3339");
    }
    return time;
  }

  private byte[] timeText(int length) {
    char[] text = json.getStringCharacters();
    int from = json.getStringOffset();
    for (int i = 0; i < length; i++) {
      char c = text[from + i];
      timeText[i] = (byte) (c < 0x80 ? c : '?');
    }
    return timeText;
  }

  private @Nullable String textOrNull() {
    if (json.hasToken(JsonToken.VALUE_STRING)) {
      return json.getString();
    }
    json.skipChildren();
    return null;
  }

  /** Returns a number such as 20 or 20.0, or null for anything that does not count. */
  private @Nullable Long number() {
    if (json.hasToken(JsonToken.VALUE_NUMBER_INT) || json.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
      double value = json.getDoubleValue();
      return value >= 0 && value <= MAX_EXACT && value == Math.rint(value) ? (long) value : null;
    }
    json.skipChildren();
    return null;
  }

  /** Returns the value as it stands in the body. */
  private String source() {
    int from = start + (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken();
    int to = start + (int) json.currentLocation().getByteOffset();
    return new String(bytes, from, to - from, UTF_8);
  }

  private void expect(JsonToken token, String what) {
    if (!json.hasToken(token)) {
      throw wrongType(what);
    }
  }

  private UnreadableException wrongType(String expected) {
    return unreadable("not " + expected);
  }

  private UnreadableException unreadable(String what) {
    String where = json.streamReadContext().pathAsPointer().toString();
    return new UnreadableException((where.isEmpty() ? "the body" : where) + " is " + what);
  }
}
