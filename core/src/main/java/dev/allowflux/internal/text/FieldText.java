package dev.allowflux.internal.text;

import org.jspecify.annotations.Nullable;

/** The {@code toString} of a wide value: its name and the fields it has. */
public final class FieldText {
  private final StringBuilder text;
  private String separator = "";

  public FieldText(String type) {
    text = new StringBuilder(type).append('[');
  }

  public FieldText add(String name, @Nullable Object value) {
    if (value != null) {
      text.append(separator).append(name).append('=').append(value);
      separator = ", ";
    }
    return this;
  }

  @Override
  public String toString() {
    return text + "]";
  }
}
