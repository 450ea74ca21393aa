package dev.allowflux.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.allowflux.internal.json.Utf8Buffer;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes policies as NDJSON: one JSON object a line with the API's field names, in UTF-8, each line
 * ended by a line feed. A field that the service did not say is left out; times are in UTC.
 *
 * <p>Written by hand, since Jackson's databind takes some four times as long for a page of a
 * thousand. Uses its memory again for the next page. Not safe for use by several threads.
 *
 * @since 0.1
 */
public final class PolicyNdjsonWriter {
  private static final int CHUNK = 1 << 20;

  private final PolicyField[] fields;
  private final byte[][] names;
  private final byte[][] trues;
  private final byte[][] falses;
  private final boolean withUnknown;
  private final byte[] account;
  private final Utf8Buffer buffer = new Utf8Buffer();

  private PolicyNdjsonWriter(List<PolicyField> fields, boolean withUnknown, byte[] account) {
    this.fields = fields.toArray(new PolicyField[0]);
    this.withUnknown = withUnknown;
    this.account = account;
    names = members("");
    trues = members("true");
    falses = members("false");
  }

  /**
   * Makes a writer of all fields. Those that this version does not know are written behind the
   * others, as they came.
   *
   * @return a new writer
   */
  public static PolicyNdjsonWriter ofAllFields() {
    return new PolicyNdjsonWriter(PolicyField.ofApi(), true, new byte[0]);
  }

  /**
   * Makes a writer of chosen fields.
   *
   * @param fields the fields to write, in their order
   * @return a new writer
   */
  public static PolicyNdjsonWriter of(List<PolicyField> fields) {
    return new PolicyNdjsonWriter(fields, false, new byte[0]);
  }

  /**
   * Makes a writer of the same fields that begins each line with {@code account_id}, for a file
   * that holds the policies of many accounts.
   *
   * @param id the account of what the new writer writes
   * @return a new writer
   */
  public PolicyNdjsonWriter withAccount(AccountId id) {
    Utf8Buffer member = new Utf8Buffer();
    member.text(",\"account_id\":").json(id.value());
    return new PolicyNdjsonWriter(
        List.of(fields), withUnknown, Arrays.copyOf(member.array(), member.length()));
  }

  private byte[][] members(String value) {
    byte[][] members = new byte[fields.length][];
    for (int i = 0; i < fields.length; i++) {
      members[i] = (",\"" + fields[i].apiName() + "\":" + value).getBytes(US_ASCII);
    }
    return members;
  }

  /**
   * Writes policies, one line each.
   *
   * @param policies the policies, in order
   * @param out takes the lines, some hundreds to each call; neither flushed nor closed
   * @throws IOException if {@code out} throws it; how much was written is then not known
   */
  public void write(List<AllowPolicy> policies, OutputStream out) throws IOException {
    buffer.clear();
    for (AllowPolicy policy : policies) {
      write(policy);
      if (buffer.length() > CHUNK) {
        out.write(buffer.array(), 0, buffer.length());
        buffer.clear();
      }
    }
    out.write(buffer.array(), 0, buffer.length());
  }

  /** Returns one policy as a line without its end. */
  byte[] line(AllowPolicy policy) {
    buffer.clear();
    write(policy);
    return Arrays.copyOf(buffer.array(), buffer.length() - 1);
  }

  private void write(AllowPolicy policy) {
    int start = buffer.length();
    buffer.bytes(account);
    for (int i = 0; i < fields.length; i++) {
      Object value = fields[i].of(policy);
      if (value instanceof Boolean flag) {
        buffer.bytes(flag ? trues[i] : falses[i]);
      } else if (value instanceof String text) {
        buffer.bytes(names[i]).json(text);
      } else if (value instanceof Instant instant) {
        buffer.bytes(names[i]).ascii('"').instant(instant).ascii('"');
      } else if (value != null) {
        buffer.bytes(names[i]).json(value.toString());
      }
    }
    if (withUnknown) {
      for (Map.Entry<String, String> unknown : policy.unknownFields().entrySet()) {
        buffer.ascii(',').json(unknown.getKey()).ascii(':');
        // Within JSON a line break can only stand between tokens, where a space does as well.
        buffer.text(unknown.getValue().replace('\n', ' ').replace('\r', ' '));
      }
    }
    if (buffer.length() == start) {
      buffer.ascii('{');
    } else {
      buffer.set(start, '{');
    }
    buffer.ascii('}').ascii('\n');
  }
}
