package dev.allowflux.cli.export;

import java.util.Locale;

/** The formats of an export. */
public enum ExportFormat {
  NDJSON,
  CSV,
  DASHBOARD,
  TERRAFORM;

  /**
   * Tells whether the columns can be chosen, and one of the account be added; otherwise the form
   * says what there is.
   */
  public boolean hasFields() {
    return this == NDJSON || this == CSV;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
