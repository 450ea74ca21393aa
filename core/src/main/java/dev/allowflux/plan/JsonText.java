package dev.allowflux.plan;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as RFC 8785 spells it: no space, the shortest escapes, hexadecimal digits in lower
 * case. Half of a surrogate pair, of which that RFC has no form, is written as an escape, so that
 * any text that the API may have sent stays itself. The order of members is the caller's affair.
 */
final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private final Writer out;
  private boolean needsComma;

  JsonText(Writer out) {
    this.out = out;
  }

  /** Writes something within an object, an array or the document. */
  interface Content {
    void write(JsonText json) throws IOException;
  }

  JsonText object(Content members) throws IOException {
    return enclosed('{', members, '}');
  }

  JsonText array(Content items) throws IOException {
    return enclosed('[', items, ']');
  }

  private JsonText enclosed(char start, Content content, char end) throws IOException {
    comma();
    out.append(start);
    needsComma = false;
    content.write(this);
    out.append(end);
    needsComma = true;
    return this;
  }

  /** Begins a member; its value is what is written next. */
  JsonText name(String name) throws IOException {
    comma();
    quoted(name);
    out.append(':');
    needsComma = false;
    return this;
  }

  JsonText text(String value) throws IOException {
    comma();
    quoted(value);
    needsComma = true;
    return this;
  }

  /** Writes a number, a flag or null. */
  JsonText literal(@Nullable Object value) throws IOException {
    comma();
    out.append(String.valueOf(value));
    needsComma = true;
    return this;
  }

  /** Writes a member if it has a value. */
  JsonText member(String name, @Nullable Object value) throws IOException {
    if (value != null) {
      name(name);
      if (value instanceof Boolean || value instanceof Number) {
        literal(value);
      } else {
        text(value.toString());
      }
    }
    return this;
  }

  /** Writes a field of a policy if it has a value. */
  JsonText member(PolicyField field, @Nullable Object value) throws IOException {
    return member(field.apiName(), value);
  }

  /** Begins a new line in front of what is written next. */
  JsonText line() throws IOException {
    comma();
    needsComma = false;
    out.append('\n');
    return this;
  }

  private void comma() throws IOException {
    if (needsComma) {
      out.append(',');
    }
  }

  private void quoted(String text) throws IOException {
    out.append('"');
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c != '"' && c != '\\' && !CodePoints.isUnpairedSurrogate(text, i)) {
        continue;
      }
      out.append(text, plain, i);
      plain = i + 1;
      escaped(c);
    }
    out.append(text, plain, text.length()).append('"');
  }

  private void escaped(char c) throws IOException {
    int letter = "\b\t\n\f\r\"\\".indexOf(c);
    if (letter >= 0) {
      out.append('\\').append("btnfr\"\\".charAt(letter));
    } else {
      out.append("\\u");
      for (int shift = 12; shift >= 0; shift -= 4) {
        out.append(HEX.charAt(c >> shift & 0xf));
      }
    }
  }
}
