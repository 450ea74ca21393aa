package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line with the API's field names. What the API did not say is left out; without
 * a choice of fields those that this version does not know are written as they came.
 */
public final class NdjsonFormat implements PolicyFormat {
  private final PolicyField[] fields;
  private final byte[][] names;
  private final byte[][] trues;
  private final byte[][] falses;
  private final boolean withUnknown;

  /** Writes the chosen fields in their order, or all of them if {@code chosen} is null. */
  public NdjsonFormat(@Nullable List<PolicyField> chosen) {
    fields = (chosen == null ? PolicyField.ALL : chosen).toArray(new PolicyField[0]);
    names = members("");
    trues = members("true");
    falses = members("false");
    withUnknown = chosen == null;
  }

  private byte[][] members(String value) {
    byte[][] members = new byte[fields.length][];
    for (int i = 0; i < fields.length; i++) {
      members[i] = (",\"" + fields[i].apiName + "\":" + value).getBytes(US_ASCII);
    }
    return members;
  }

  @Override
  public void write(List<AllowPolicy> page, Utf8Buffer out) {
    for (AllowPolicy policy : page) {
      write(policy, out);
    }
  }

  private void write(AllowPolicy policy, Utf8Buffer out) {
    int start = out.length();
    for (int i = 0; i < fields.length; i++) {
      Object value = fields[i].of(policy);
      if (value instanceof Boolean flag) {
        out.bytes(flag ? trues[i] : falses[i]);
      } else if (value instanceof String text) {
        out.bytes(names[i]).json(text);
      } else if (value instanceof Instant instant) {
        out.bytes(names[i]).ascii('"').instant(instant).ascii('"');
      }
    }
    if (withUnknown) {
      for (var unknown : policy.unknownFields().entrySet()) {
        out.ascii(',').json(unknown.getKey()).ascii(':');
        // Within JSON a line break can only stand between tokens, where a space does as well.
        out.text(unknown.getValue().replace('\n', ' ').replace('\r', ' '));
      }
    }
    if (out.length() == start) {
      out.ascii('{');
    } else {
      out.set(start, '{');
    }
    out.ascii('}').ascii('\n');
  }
}
