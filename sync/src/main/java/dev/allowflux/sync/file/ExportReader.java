package dev.allowflux.sync.file;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.internal.input.CsvRowReader;
import dev.allowflux.sync.internal.input.CsvRowReader.Cell;
import dev.allowflux.sync.internal.input.DamagedInputException;
import dev.allowflux.sync.internal.input.InputFile;
import dev.allowflux.sync.internal.input.InputText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads policies from a file as they are there, whether they could be written or not: an export in
 * JSON or CSV, or a file of desired policies. For planning there is {@link PolicyFileReader}, which
 * refuses what nobody could create.
 *
 * <p>A policy that has no id is given one after its line, and one without a time of creation that
 * of the epoch. Stateless; safe for use by many threads.
 *
 * @since 0.1
 */
public final class ExportReader {
  private static final JsonFactory JSON = new JsonFactory();

  private ExportReader() {}

  /**
   * Takes one policy of a file.
   *
   * @since 0.1
   */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes a policy.
     *
     * @param policy the policy
     * @param place the file and the line, such as {@code export.csv:12}
     */
    void visit(AllowPolicy policy, String place);

    /**
     * Tells whether the file may have policies of many accounts.
     *
     * @return whether it may; if not, as it is unless this method is overridden, a file with {@code
     *     account_id} is refused
     */
    default boolean takesAccounts() {
      return false;
    }

    /**
     * Takes a policy with its account, if the file has it and it {@linkplain #takesAccounts may}.
     * This is the method that is called; unless it is overridden, it leaves the account out.
     *
     * @param policy the policy
     * @param place the file and the line, such as {@code export.csv:12}
     * @param account what {@code account_id} says, or {@code null} if the file has none for it
     */
    default void visit(AllowPolicy policy, String place, @Nullable AccountId account) {
      visit(policy, place);
    }
  }

  /**
   * Reads a file to its end, in bounded memory. Blocks.
   *
   * @param file the file
   * @param visitor takes the policies in the order of the file; to be dropped if this method fails
   * @return what was read
   * @throws InputException if the content is damaged; it names the lines
   * @throws IOException if the file cannot be read
   */
  public static PolicyFileReport read(Path file, Visitor visitor) throws IOException {
    return read(file, null, visitor);
  }

  /**
   * Reads a file to its end, in bounded memory. Blocks.
   *
   * @param file the file
   * @param format the form of a list of another product, or null if it is none or can be recognised
   * @param visitor takes the policies in the order of the file; to be dropped if this method fails
   * @return what was read
   * @throws InputException if the content is damaged; it names the lines
   * @throws IOException if the file cannot be read
   */
  public static PolicyFileReport read(Path file, @Nullable ListFormat format, Visitor visitor)
      throws IOException {
    try (InputFile opened = InputFile.open(requireNonNull(file, "file"))) {
      return read(file.toString(), opened.stream(), opened, format, visitor);
    }
  }

  /**
   * Reads an input to its end, in bounded memory. Blocks.
   *
   * @param source what messages call the input
   * @param in the input; left open
   * @param visitor takes the policies in the order of the input; to be dropped if this method fails
   * @return what was read
   * @throws InputException if the content is damaged; it names the lines
   * @throws IOException if the input cannot be read
   */
  public static PolicyFileReport read(String source, InputStream in, Visitor visitor)
      throws IOException {
    return read(source, in, null, visitor);
  }

  /**
   * Reads an input to its end, in bounded memory. Blocks.
   *
   * @param source what messages call the input
   * @param in the input; left open
   * @param format the form of a list of another product, or null if it is none or can be recognised
   * @param visitor takes the policies in the order of the input; to be dropped if this method fails
   * @return what was read
   * @throws InputException if the content is damaged; it names the lines
   * @throws IOException if the input cannot be read
   */
  public static PolicyFileReport read(
      String source, InputStream in, @Nullable ListFormat format, Visitor visitor)
      throws IOException {
    return read(source, in, null, format, visitor);
  }

  private static PolicyFileReport read(
      String source,
      InputStream in,
      @Nullable InputFile file,
      @Nullable ListFormat format,
      Visitor visitor)
      throws IOException {
    InputLog log = new InputLog(source);
    try {
      if (format != null) {
        readList(format, false, new InputText(in), log, visitor);
      } else {
        readLines(new PolicyLines(in), log, visitor);
      }
    } catch (DamagedInputException e) {
      log.problem(e.line, e.column, e.reason);
    }
    if (file != null && file.hasChanged()) {
      log.problem(0, 0, "the file changed while it was read; read it again when it is whole");
    }
    return log.finish();
  }

  /** Reads what programs have written line by line, and what is written in another way as such. */
  private static void readLines(PolicyLines lines, InputLog log, Visitor visitor)
      throws IOException {
    for (AllowPolicy policy = lines.next(); policy != null; policy = lines.next()) {
      log.policy();
      visitor.visit(policy, log.source() + ":" + (lines.line() - 1), null);
    }
    if (!lines.isAtEnd()) {
      read(new InputText(lines.rest(), lines.line()), lines.line() > 1, log, visitor);
    }
  }

  private static void read(InputText text, boolean isOfPolicies, InputLog log, Visitor visitor)
      throws IOException {
    String start = text.lookAhead().stripLeading();
    boolean isJson = isOfPolicies || start.startsWith("{") || start.startsWith("[");
    ListFormat foreign = isJson ? null : ListFormat.recognise(start);
    if (foreign != null) {
      readList(foreign, true, text, log, visitor);
    } else if (isJson) {
      readJson(text, log, visitor);
    } else {
      readCsv(text, log, visitor);
    }
  }

  private static void readList(
      ListFormat format, boolean recognised, InputText text, InputLog log, Visitor visitor)
      throws IOException {
    PolicySource list = ForeignListReader.source(format, recognised, text, log);
    long number = 0;
    for (DesiredPolicy policy = list.next(); policy != null; policy = list.next()) {
      number++;
      visitor.visit(
          AllowPolicy.builder()
              .id(new PolicyId("entry-" + number))
              .createdAt(Instant.EPOCH)
              .pattern(policy.pattern())
              .patternTypeName(policy.patternType().name())
              .isRegex(policy.isRegex())
              .isTrustedSender(policy.isTrustedSender())
              .isAcceptableSender(policy.isAcceptableSender())
              .isExemptRecipient(policy.isExemptRecipient())
              .verifySender(policy.verifySender())
              .comments(policy.comments())
              .build(),
          String.valueOf(policy.origin()),
          null);
    }
  }

  private static void readJson(InputText text, InputLog log, Visitor visitor) throws IOException {
    TokenStreamLocation place = TokenStreamLocation.NA;
    long before = text.line() - 1;
    RepeatedTimes times = new RepeatedTimes();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        place = json.currentTokenLocation();
        if (token == JsonToken.START_OBJECT) {
          ExportedRecord row = new ExportedRecord(log, before + place.getLineNr(), times);
          for (String name = json.nextName(); name != null; name = json.nextName()) {
            PolicyField field = PolicyField.ofName(name);
            boolean isAccount = visitor.takesAccounts() && name.equals(ExportedRecord.ACCOUNT);
            if (field == null && !isAccount) {
              TokenStreamLocation at = json.currentTokenLocation();
              row.unknown(name, before + at.getLineNr(), at.getColumnNr());
            }
            JsonToken value = json.nextToken();
            if (value.isStructStart()) {
              json.skipChildren();
            } else if (field != null && value != JsonToken.VALUE_NULL) {
              row.set(field, json.getString());
            } else if (isAccount && value != JsonToken.VALUE_NULL) {
              row.setAccount(json.getString());
            }
          }
          row.giveTo(visitor);
        } else if (token != JsonToken.START_ARRAY && token != JsonToken.END_ARRAY) {
          throw new DamagedInputException(
              before + place.getLineNr(), place.getColumnNr(), "a policy must be an object");
        }
      }
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation() == null ? place : e.getLocation();
      throw new DamagedInputException(
          before + at.getLineNr(), at.getColumnNr(), "not valid JSON, so the rest was not read");
    }
  }

  private static void readCsv(InputText text, InputLog log, Visitor visitor) throws IOException {
    char separator = CsvHeader.separator(text.lookAhead());
    CsvRowReader rows = new CsvRowReader(text, separator);
    CsvHeader header = null;
    RepeatedTimes times = new RepeatedTimes();
    for (List<Cell> row = rows.next(); row != null; row = rows.next()) {
      if (row.stream().allMatch(cell -> cell.text().isBlank())) {
        continue;
      }
      if (header == null) {
        header = CsvHeader.of(row, log, visitor.takesAccounts() ? ExportedRecord.ACCOUNT : "");
        if (header.hasProblem()) {
          return;
        }
        continue;
      }
      if (row.size() < header.needed() || row.size() > header.count()) {
        log.problem(row.get(0).line(), 1, "the row has " + row.size() + " cells");
        continue;
      }
      ExportedRecord policy = new ExportedRecord(log, row.get(0).line(), times);
      for (int i = 0; i < row.size(); i++) {
        PolicyField field = header.field(i);
        Cell cell = row.get(i);
        // The dashboard writes a blank behind each comma.
        boolean stripped = header.ofDashboard() && !cell.quoted();
        String value = stripped ? cell.text().strip() : cell.text();
        if (field != null && !value.isBlank()) {
          policy.set(field, value);
        } else if (header.title(i).equals(ExportedRecord.ACCOUNT) && !value.isBlank()) {
          policy.setAccount(value);
        }
        if (cell.quoted() && CsvPolicyReader.holdsRow(cell.text(), header, separator)) {
          log.problem(
              cell.line(),
              cell.column(),
              "the quoted cell that begins here has a whole row in it; is a quote missing?");
        }
      }
      if (!header.has(PolicyField.PATTERN_TYPE)) {
        policy.inferType();
      }
      policy.giveTo(visitor);
    }
  }
}
