package dev.allowflux.cli.export;

import dev.allowflux.cli.output.PolicyFormat;
import dev.allowflux.cli.output.TerminalCsvFormat;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.sync.export.DashboardCsvWriter;
import dev.allowflux.sync.export.DashboardUploads;
import dev.allowflux.sync.export.TerraformWriter;
import dev.allowflux.sync.file.PolicyCsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The text of one export in its format, and what is left to do when it is written. */
public final class ExportText implements PolicyFormat {
  private final ExportFormat format;
  private final PolicyFormat text;
  private final LongSupplier leftOut;
  private final LongSupplier bytes;

  private ExportText(
      ExportFormat format, PolicyFormat text, LongSupplier leftOut, LongSupplier bytes) {
    this.format = format;
    this.text = text;
    this.leftOut = leftOut;
    this.bytes = bytes;
  }

  /**
   * Begins a text.
   *
   * @param fields the columns, or null for all
   * @param resumed whether its beginning was written by an earlier run
   */
  public static ExportText of(
      ExportFormat format, @Nullable List<PolicyField> fields, AccountId account, boolean resumed) {
    switch (format) {
      case NDJSON -> {
        return plain(
            format,
            fields == null
                ? PolicyNdjsonWriter.ofAllFields()::write
                : PolicyNdjsonWriter.of(fields)::write);
      }
      case CSV -> {
        List<PolicyField> columns = fields == null ? PolicyField.ofApi() : fields;
        return plain(
            format,
            resumed
                ? PolicyCsvWriter.continuing(columns)::write
                : PolicyCsvWriter.of(columns)::write);
      }
      case DASHBOARD -> {
        DashboardCsvWriter rows =
            resumed ? DashboardCsvWriter.continuing() : DashboardCsvWriter.create();
        return new ExportText(format, rows::write, rows::leftOut, rows::bytes);
      }
      default -> {
        TerraformWriter blocks = TerraformWriter.of(account);
        return new ExportText(format, blocks::write, blocks::leftOut, () -> 0);
      }
    }
  }

  /**
   * Begins the part of one account in a file of many: each policy says whose it is, and the head of
   * the file is {@link #headOfMany}.
   *
   * @param format one that {@linkplain ExportFormat#hasFields() whose columns can be chosen}
   */
  static ExportText partOfMany(
      ExportFormat format, @Nullable List<PolicyField> fields, AccountId account) {
    if (format == ExportFormat.CSV) {
      List<PolicyField> columns = fields == null ? PolicyField.ofApi() : fields;
      return plain(format, PolicyCsvWriter.continuing(columns).withAccount(account)::write);
    }
    PolicyNdjsonWriter lines =
        fields == null ? PolicyNdjsonWriter.ofAllFields() : PolicyNdjsonWriter.of(fields);
    return plain(format, lines.withAccount(account)::write);
  }

  /** Writes what a file of many accounts begins with. */
  static void headOfMany(
      ExportFormat format, @Nullable List<PolicyField> fields, AccountId account, OutputStream out)
      throws IOException {
    if (format == ExportFormat.CSV) {
      List<PolicyField> columns = fields == null ? PolicyField.ofApi() : fields;
      PolicyCsvWriter.of(columns).withAccount(account).write(List.of(), out);
    }
  }

  /** CSV for a person at a terminal. */
  public static ExportText ofTerminal(@Nullable List<PolicyField> fields) {
    return plain(
        ExportFormat.CSV, new TerminalCsvFormat(fields == null ? PolicyField.ofApi() : fields));
  }

  private static ExportText plain(ExportFormat format, PolicyFormat text) {
    return new ExportText(format, text, () -> 0, () -> 0);
  }

  @Override
  public void write(List<AllowPolicy> page, OutputStream out) throws IOException {
    text.write(page, out);
  }

  /**
   * Reports what the format could not express, and splits what the dashboard would refuse.
   *
   * @param target the file, which has its name by now; null for standard output
   */
  public void finish(Invocation invocation, @Nullable Path target) throws IOException {
    if (leftOut.getAsLong() > 0) {
      invocation.say(
          String.format(
              Locale.ROOT,
              "left out %,d that nobody could create: without a pattern, or of an unknown kind",
              leftOut.getAsLong()));
    }
    if (format != ExportFormat.DASHBOARD) {
      return;
    }
    if (target != null && Files.isRegularFile(target)) {
      List<Path> parts = DashboardUploads.split(target, DashboardCsvWriter.MAX_UPLOAD_BYTES);
      if (parts.size() > 1) {
        invocation.say(
            "split into "
                + parts.size()
                + " uploads of at most 150 KB: "
                + parts.get(0)
                + " to "
                + parts.get(parts.size() - 1));
      }
    } else if (bytes.getAsLong() > DashboardCsvWriter.MAX_UPLOAD_BYTES) {
      invocation.say(
          "this is more than the 150 KB that the dashboard takes at once; --output FILE splits it");
    }
  }

  /**
   * Returns how long a finished export is: its file, or all that it was split into.
   *
   * @return the length in bytes, -1 if there is none
   */
  static long length(ExportFormat format, Path target) throws IOException {
    if (Files.isRegularFile(target)) {
      return Files.size(target);
    }
    long length = -1;
    Path part = DashboardUploads.part(target, 1);
    for (int i = 2; format == ExportFormat.DASHBOARD && Files.isRegularFile(part); i++) {
      length = Math.max(0, length) + Files.size(part);
      part = DashboardUploads.part(target, i);
    }
    return length;
  }

  /**
   * Fails if the parts of an earlier export are where those of this one would be.
   *
   * @throws IOException which says what to do
   */
  public static void requireRoom(ExportFormat format, Path target) throws IOException {
    Path part = DashboardUploads.part(target, 1);
    if (format == ExportFormat.DASHBOARD && Files.exists(part)) {
      throw new IOException(
          part + " is there, maybe of an earlier export; move its parts, or name another --output");
    }
  }
}
