package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page of the usual form, or lines of an export, straight from their bytes, some two and a
 * half times as fast as {@link JacksonResponseParser} does through Jackson (docs/decisions).
 *
 * <p>It says what a page is or nothing at all. Whatever is not plain to it (an unknown, repeated or
 * oddly written member, a value of another type, errors and messages that are not empty, bytes that
 * are no UTF-8, a policy that the model refuses) it hands over, and the other reader decides. So it
 * may know less than JSON allows, but must never take for good, or read as another value, what the
 * other one would not.
 *
 * <p>Members come in any order; they are found fastest in the order of the tables below. Each
 * method that reads a value finds its first byte at {@link #at} and leaves there the byte after its
 * last.
 *
 * <p>Longer than most classes here: it is one scanner over one position, and calls between classes
 * would cost what it is for. It is written by hand because no library reads this one shape as fast
 * (docs/decisions/0008-fast-page-reader.md).
 */
public final class FastPageReader {
  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = EACH_BYTE << 7;

  /** Any number of so many digits is known exactly to the other reader, which goes by doubles. */
  private static final int MAX_DIGITS = 15;

  private static final AsciiLiteral TRUE = AsciiLiteral.of("true");
  private static final AsciiLiteral FALSE = AsciiLiteral.of("false");
  private static final AsciiLiteral NULL = AsciiLiteral.of("null");
  private static final AsciiLiteral EMAIL = AsciiLiteral.of("\"EMAIL\"");
  private static final AsciiLiteral DOMAIN = AsciiLiteral.of("\"DOMAIN\"");
  private static final AsciiLiteral IP = AsciiLiteral.of("\"IP\"");

  private static final int NONE = -1;

  /**
   * A member of an object: its name with quotes and colon, the same behind a comma, and what is
   * done with its value.
   */
  private record Member(
      AsciiLiteral name, AsciiLiteral behindComma, Consumer<FastPageReader> value) {}

  private static final Member[] RESULT_INFO = {
    member("count", r -> r.count = r.number()),
    member("page", r -> r.page = r.number()),
    member("per_page", r -> r.perPage = r.number()),
    member("total_count", r -> r.totalCount = r.number()),
  };

  @SuppressWarnings("deprecation")
  private static final Member[] POLICY = {
    member(PolicyField.ID, r -> r.policy.id(new PolicyId(r.text()))),
    member(PolicyField.CREATED_AT, r -> r.policy.createdAt(r.time())),
    member(PolicyField.MODIFIED_AT, r -> r.policy.modifiedAt(r.isNull() ? null : r.time())),
    member(PolicyField.LAST_MODIFIED, r -> r.policy.lastModified(r.isNull() ? null : r.time())),
    member(PolicyField.PATTERN, r -> r.policy.pattern(r.isNull() ? null : r.text())),
    member(PolicyField.PATTERN_TYPE, r -> r.policy.patternTypeName(r.isNull() ? null : r.word())),
    member(PolicyField.IS_REGEX, r -> r.policy.isRegex(r.flag())),
    member(PolicyField.IS_TRUSTED_SENDER, r -> r.policy.isTrustedSender(r.flag())),
    member(PolicyField.IS_ACCEPTABLE_SENDER, r -> r.policy.isAcceptableSender(r.flag())),
    member(PolicyField.IS_EXEMPT_RECIPIENT, r -> r.policy.isExemptRecipient(r.flag())),
    member(PolicyField.VERIFY_SENDER, r -> r.policy.verifySender(r.flag())),
    member(PolicyField.IS_SENDER, r -> r.policy.isSender(r.flag())),
    member(PolicyField.IS_SPOOF, r -> r.policy.isSpoof(r.flag())),
    member(PolicyField.IS_RECIPIENT, r -> r.policy.isRecipient(r.flag())),
    member(PolicyField.COMMENTS, r -> r.policy.comments(r.isNull() ? null : r.text())),
  };

  private static final Member[] ENVELOPE = {
    member("success", r -> r.success = r.flag()),
    member("errors", FastPageReader::emptyList),
    member("messages", FastPageReader::emptyList),
    member("result", r -> r.policies = r.policies()),
    member("result_info", r -> r.object(RESULT_INFO)),
  };

  private static Member member(PolicyField field, Consumer<FastPageReader> value) {
    return member(field.apiName(), value);
  }

  private static Member member(String name, Consumer<FastPageReader> value) {
    String quoted = '"' + name + "\":";
    return new Member(AsciiLiteral.of(quoted), AsciiLiteral.of("," + quoted), value);
  }

  private final byte[] bytes;
  private final int end;
  private int at;

  private final AllowPolicy.Builder policy = AllowPolicy.builder();
  private byte[] unescaped = new byte[0];

  /** Whether no line ended in what was read since it was set. */
  private boolean inOneLine;

  private int lastTimeAt;
  private int lastTimeLength;
  private @Nullable Instant lastTime;

  private @Nullable Boolean success;
  private @Nullable List<AllowPolicy> policies;
  private @Nullable Long count;
  private @Nullable Long page;
  private @Nullable Long perPage;
  private @Nullable Long totalCount;

  private FastPageReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    at = offset;
    end = offset + length;
  }

  /**
   * Reads a page, if it is of the usual form.
   *
   * @return what the other reader would return, or null if it is to be asked
   */
  static @Nullable Envelope<PageBody> read(byte[] bytes, int offset, int length) {
    try {
      return new FastPageReader(bytes, offset, length).page();
    } catch (UnreadableException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns a reader of whole lines, each of which should be a policy. */
  public static FastPageReader ofLines(byte[] bytes, int offset, int length) {
    return new FastPageReader(bytes, offset, length);
  }

  /**
   * Reads the policy of the next line, if the line is an object of the usual form and nothing else.
   *
   * @return what it says, or null if there is no line or another reader is to be asked for it
   */
  public @Nullable AllowPolicy nextLine() {
    int start = at;
    inOneLine = true;
    try {
      AllowPolicy policy = policy();
      if (inOneLine && skipLineEnd()) {
        return policy;
      }
    } catch (UnreadableException | IllegalArgumentException e) {
      // Then the other reader says what it is.
    }
    at = start;
    return null;
  }

  /** Returns the index of the byte that is read next. */
  public int position() {
    return at;
  }

  private boolean skipLineEnd() {
    if (at < end - 1 && bytes[at] == '\r' && bytes[at + 1] == '\n') {
      at++;
    }
    return at == end || bytes[at++] == '\n';
  }

  private static UnreadableException handOver() {
    return new UnreadableException("not of the usual form");
  }

  // ---- objects and lists

  private Envelope<PageBody> page() {
    skipSpace();
    object(ENVELOPE);
    skipSpace();
    if (at != end || policies == null) {
      throw handOver();
    }
    PageBody body = new PageBody(policies, count, page, perPage, totalCount);
    return new Envelope<>(success, body, List.of(), List.of());
  }

  private void emptyList() {
    if (open('[', ']')) {
      throw handOver();
    }
  }

  private List<AllowPolicy> policies() {
    List<AllowPolicy> policies = new ArrayList<>();
    for (boolean more = open('[', ']'); more; more = another(']')) {
      policies.add(policy());
    }
    return policies;
  }

  private AllowPolicy policy() {
    policy.clear();
    object(POLICY);
    return policy.build();
  }

  /** Reads an object of known members, none of them twice. */
  private void object(Member[] members) {
    int seen = 0;
    int i = open('{', '}') ? find(members, 0) : NONE;
    while (i != NONE) {
      if ((seen & (1 << i)) != 0) {
        throw handOver();
      }
      seen |= 1 << i;
      members[i].value.accept(this);
      i = after(members, i);
    }
  }

  /** Moves to the value of the member that follows another one, or past the end of the object. */
  private int after(Member[] members, int previous) {
    int expected = previous + 1;
    if (expected < members.length && skip(members[expected].behindComma)) {
      skipSpace();
      return expected;
    }
    return another('}') ? find(members, expected) : NONE;
  }

  /** Moves past a name and its colon; looks first for the one that is expected. */
  private int find(Member[] members, int expected) {
    for (int k = 0; k < members.length; k++) {
      int i = (expected + k) % members.length;
      if (skip(members[i].name)) {
        skipSpace();
        return i;
      }
    }
    throw handOver();
  }

  /** Moves into an object or a list; tells whether there is anything in it. */
  private boolean open(char opening, char closing) {
    expect(opening);
    skipSpace();
    if (at < end && bytes[at] == closing) {
      at++;
      return false;
    }
    return true;
  }

  /** Moves past a comma to what follows it, or past the end of an object or list. */
  private boolean another(char closing) {
    byte b = next();
    if (b <= ' ') {
      at--;
      skipSpace();
      b = next();
    }
    if (b == ',') {
      skipSpace();
      return true;
    }
    if (b == closing) {
      return false;
    }
    throw handOver();
  }

  // ---- values

  private boolean isNull() {
    return skip(NULL);
  }

  private @Nullable Boolean flag() {
    if (skip(FALSE)) {
      return false;
    }
    if (skip(TRUE)) {
      return true;
    }
    if (skip(NULL)) {
      return null;
    }
    throw handOver();
  }

  /** Reads a whole number without sign. */
  private Long number() {
    int from = at;
    long value = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - from < MAX_DIGITS) {
      value = 10 * value + bytes[at++] - '0';
    }
    int digits = at - from;
    if (digits == 0 || (bytes[from] == '0' && digits > 1)) {
      throw handOver();
    }
    return value;
  }

  /** Reads a time; one of the same bytes as the one before it, as is common, is the same object. */
  private Instant time() {
    Instant last = lastTime;
    int lastEnd = at + lastTimeLength;
    if (last != null
        && lastEnd <= end
        && Arrays.equals(bytes, at, lastEnd, bytes, lastTimeAt, lastTimeAt + lastTimeLength)) {
      at = lastEnd;
      return last;
    }
    int from = at;
    expect('"');
    int close = plainEnd(at);
    Instant time = bytes[close] == '"' ? Rfc3339.parse(bytes, at, close - at) : null;
    if (time == null) {
      throw handOver();
    }
    at = close + 1;
    lastTimeAt = from;
    lastTimeLength = at - from;
    lastTime = time;
    return time;
  }

  private String word() {
    if (skip(EMAIL)) {
      return "EMAIL";
    }
    if (skip(DOMAIN)) {
      return "DOMAIN";
    }
    if (skip(IP)) {
      return "IP";
    }
    return text();
  }

  private String text() {
    expect('"');
    int from = at;
    int to = plainEnd(from);
    if (bytes[to] != '"') {
      return richText(from, to);
    }
    at = to + 1;
    return new String(bytes, from, to - from, ISO_8859_1);
  }

  /** Reads a text with escapes or other characters than those of ASCII. */
  private String richText(int from, int firstSpecial) {
    int to = firstSpecial;
    while (bytes[to] != '"') {
      if (bytes[to] == '\\') {
        to += 2;
      } else if (bytes[to] < 0) {
        to++;
      } else {
        throw handOver();
      }
      to = plainEnd(to);
    }
    at = to + 1;
    int length = unescape(from, to);
    String text = new String(unescaped, 0, length, UTF_8);
    // It stands for what is no UTF-8; where it was sent as such, nothing is lost but time.
    if (text.indexOf('\uFFFD') >= 0) {
      throw handOver();
    }
    return text;
  }

  /** Copies a text without its escapes and returns its length, which is never more than before. */
  private int unescape(int from, int to) {
    if (unescaped.length < to - from) {
      unescaped = new byte[Math.max(512, to - from)];
    }
    byte[] target = unescaped;
    int length = 0;
    int i = from;
    while (i < to) {
      byte b = bytes[i++];
      if (b != '\\') {
        target[length++] = b;
        continue;
      }
      byte escape = bytes[i++];
      switch (escape) {
        case '"', '\\', '/' -> target[length++] = escape;
        case 'b' -> target[length++] = '\b';
        case 'f' -> target[length++] = '\f';
        case 'n' -> target[length++] = '\n';
        case 'r' -> target[length++] = '\r';
        case 't' -> target[length++] = '\t';
        case 'u' -> {
          int unit = hexDigits(i, to);
          i += 4;
          int codePoint = unit;
          if (Character.isSurrogate((char) unit)) {
            codePoint = supplementary(unit, i, to);
            i += 6;
          }
          byte[] utf8 = Character.toString(codePoint).getBytes(UTF_8);
          System.arraycopy(utf8, 0, target, length, utf8.length);
          length += utf8.length;
        }
        default -> throw handOver();
      }
    }
    return length;
  }

  /** Returns the character of a high surrogate and the low one whose escape follows at once. */
  private int supplementary(int high, int at, int to) {
    if (to - at < 6 || bytes[at] != '\\' || bytes[at + 1] != 'u') {
      throw handOver();
    }
    int low = hexDigits(at + 2, to);
    if (!Character.isSurrogatePair((char) high, (char) low)) {
      throw handOver();
    }
    return Character.toCodePoint((char) high, (char) low);
  }

  private int hexDigits(int at, int to) {
    if (to - at < 4) {
      throw handOver();
    }
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = bytes[i] < 0 ? -1 : Character.digit(bytes[i], 16);
      if (digit < 0) {
        throw handOver();
      }
      value = 16 * value + digit;
    }
    return value;
  }

  // ---- bytes

  /**
   * Finds the first byte from an index on that is not simply a character: a quote, a backslash, a
   * control character or a byte of a longer character.
   */
  private int plainEnd(int from) {
    int i = from;
    for (; i <= end - Long.BYTES; i += Long.BYTES) {
      long eight = AsciiLiteral.eightBytes(bytes, i);
      // A subtraction that goes below zero sets the high bit of its byte. It may borrow from the
      // bytes above, so only the lowest of those bits is to be trusted.
      long special =
          (((eight ^ (EACH_BYTE * '"')) - EACH_BYTE)
                  | ((eight ^ (EACH_BYTE * '\\')) - EACH_BYTE)
                  | (eight - EACH_BYTE * ' ')
                  | eight)
              & HIGH_BITS;
      if (special != 0) {
        return i + Long.numberOfTrailingZeros(special) / Byte.SIZE;
      }
    }
    while (i < end && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
      i++;
    }
    if (i >= end) {
      throw handOver();
    }
    return i;
  }

  private boolean skip(AsciiLiteral literal) {
    if (!literal.isAt(bytes, at, end)) {
      return false;
    }
    at += literal.length();
    return true;
  }

  private void skipSpace() {
    if (at < end && bytes[at] <= ' ') {
      skipSpaces();
    }
  }

  private void skipSpaces() {
    while (at < end && isSpace(bytes[at])) {
      inOneLine &= bytes[at] != '\n' && bytes[at] != '\r';
      at++;
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private void expect(char c) {
    if (next() != c) {
      throw handOver();
    }
  }

  private byte next() {
    if (at >= end) {
      throw handOver();
    }
    return bytes[at++];
  }
}
