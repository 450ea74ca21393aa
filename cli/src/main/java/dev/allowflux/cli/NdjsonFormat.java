package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line with the API's field names. What the API did not say is left out; without
 * a choice of fields those that this version does not know are written as they came.
 */
final class NdjsonFormat implements PolicyFormat {
  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);

  private final PolicyField[] fields;
  private final byte[][] names;
  private final boolean withUnknown;

  /** Writes the chosen fields in their order, or all of them if {@code chosen} is null. */
  NdjsonFormat(@Nullable List<PolicyField> chosen) {
    fields = (chosen == null ? PolicyField.ALL : chosen).toArray(new PolicyField[0]);
    names = new byte[fields.length][];
    for (int i = 0; i < fields.length; i++) {
      names[i] = ("\"" + fields[i].apiName + "\":").getBytes(US_ASCII);
    }
    withUnknown = chosen == null;
  }

  @Override
  public void write(List<AllowPolicy> page, Bytes out) {
    for (AllowPolicy policy : page) {
      write(policy, out);
    }
  }

  private void write(AllowPolicy policy, Bytes out) {
    char before = '{';
    for (int i = 0; i < fields.length; i++) {
      Object value = fields[i].of(policy);
      if (value != null) {
        out.ascii(before).bytes(names[i]);
        before = ',';
        if (value instanceof String text) {
          out.json(text);
        } else if (value instanceof Instant instant) {
          out.ascii('"').instant(instant).ascii('"');
        } else {
          out.bytes(Boolean.TRUE.equals(value) ? TRUE : FALSE);
        }
      }
    }
    if (withUnknown) {
      for (var unknown : policy.unknownFields().entrySet()) {
        out.ascii(before).json(unknown.getKey()).ascii(':');
        before = ',';
        // Within JSON a line break can only stand between tokens, where a space does as well.
        out.text(unknown.getValue().replace('\n', ' ').replace('\r', ' '));
      }
    }
    if (before == '{') {
      out.ascii('{');
    }
    out.ascii('}').ascii('\n');
  }
}
