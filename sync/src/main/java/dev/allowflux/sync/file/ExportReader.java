package dev.allowflux.sync.file;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.PolicyTag;
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
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
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

  /** What a file of many accounts has in addition to the fields of a policy. */
  private static final String ACCOUNT = "account_id";

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
    InputText text = new InputText(in);
    InputLog log = new InputLog(source);
    try {
      String start = text.lookAhead().stripLeading();
      boolean isJson = start.startsWith("{") || start.startsWith("[");
      ListFormat foreign = format == null && !isJson ? ListFormat.recognise(start) : format;
      if (foreign != null) {
        readList(foreign, format == null, text, log, visitor);
      } else if (isJson) {
        readJson(text, log, visitor);
      } else {
        readCsv(text, log, visitor);
      }
    } catch (DamagedInputException e) {
      log.problem(e.line, e.column, e.reason);
    }
    if (file != null && file.hasChanged()) {
      log.problem(0, 0, "the file changed while it was read; read it again when it is whole");
    }
    return log.finish();
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
    RepeatedTimes times = new RepeatedTimes();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        place = json.currentTokenLocation();
        if (token == JsonToken.START_OBJECT) {
          Row row = new Row(log, place.getLineNr(), times);
          for (String name = json.nextName(); name != null; name = json.nextName()) {
            PolicyField field = PolicyField.ofName(name);
            boolean isAccount = visitor.takesAccounts() && name.equals(ACCOUNT);
            if (field == null && !isAccount) {
              TokenStreamLocation at = json.currentTokenLocation();
              row.unknown(name, at.getLineNr(), at.getColumnNr());
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
              place.getLineNr(), place.getColumnNr(), "a policy must be an object");
        }
      }
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation() == null ? place : e.getLocation();
      throw new DamagedInputException(
          at.getLineNr(), at.getColumnNr(), "not valid JSON, so the rest was not read");
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
        header = CsvHeader.of(row, log, visitor.takesAccounts() ? ACCOUNT : "");
        if (header.hasProblem()) {
          return;
        }
        continue;
      }
      if (row.size() < header.needed() || row.size() > header.count()) {
        log.problem(row.get(0).line(), 1, "the row has " + row.size() + " cells");
        continue;
      }
      Row policy = new Row(log, row.get(0).line(), times);
      for (int i = 0; i < row.size(); i++) {
        PolicyField field = header.field(i);
        Cell cell = row.get(i);
        // The dashboard writes a blank behind each comma.
        boolean stripped = header.ofDashboard() && !cell.quoted();
        String value = stripped ? cell.text().strip() : cell.text();
        if (field != null && !value.isBlank()) {
          policy.set(field, value);
        } else if (header.title(i).equals(ACCOUNT) && !value.isBlank()) {
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

  /** One policy in the making. */
  private static final class Row {
    private final InputLog log;
    private final long line;
    private final RepeatedTimes times;
    private final AllowPolicy.Builder policy = AllowPolicy.builder();
    private PolicyTag tag = PolicyTag.none();
    private @Nullable AccountId account;
    private @Nullable String comments;
    private @Nullable String pattern;
    private boolean isRegex;
    private boolean failed;
    private boolean empty = true;

    Row(InputLog log, long line, RepeatedTimes times) {
      this.log = log;
      this.line = line;
      this.times = times;
      policy.id(new PolicyId("line-" + line)).createdAt(Instant.EPOCH);
    }

    @SuppressWarnings("deprecation")
    void set(PolicyField field, String value) {
      empty = false;
      try {
        switch (field) {
          case ID -> policy.id(new PolicyId(value));
          case CREATED_AT -> policy.createdAt(times.read(value));
          case MODIFIED_AT -> policy.modifiedAt(times.read(value));
          case LAST_MODIFIED -> policy.lastModified(times.read(value));
          case PATTERN -> {
            pattern = value;
            policy.pattern(value);
          }
          case PATTERN_TYPE -> policy.patternTypeName(value.strip().toUpperCase(Locale.ROOT));
          case COMMENTS -> comments = value;
          case IS_REGEX -> {
            isRegex = flag(value);
            policy.isRegex(isRegex);
          }
          case IS_TRUSTED_SENDER -> policy.isTrustedSender(flag(value));
          case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(flag(value));
          case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(flag(value));
          case VERIFY_SENDER -> policy.verifySender(flag(value));
          case IS_RECIPIENT -> policy.isRecipient(flag(value));
          case IS_SENDER -> policy.isSender(flag(value));
          case IS_SPOOF -> policy.isSpoof(flag(value));
          case OWNER -> tag = tag.withOwner(value.strip());
          case EXPIRES -> tag = tag.withExpires(PolicyTag.day(value.strip()));
          case REVIEW -> tag = tag.withReview(PolicyTag.day(value.strip()));
        }
      } catch (DateTimeParseException e) {
        fail(field.apiName(), "is no time: " + value);
      } catch (IllegalArgumentException e) {
        fail(field.apiName(), String.valueOf(e.getMessage()));
      }
    }

    void setAccount(String value) {
      try {
        account = new AccountId(value.strip());
      } catch (IllegalArgumentException e) {
        fail(ACCOUNT, String.valueOf(e.getMessage()));
      }
    }

    /** Leaves a field out that nobody knows, but not the one that has the account. */
    void unknown(String name, long line, long column) {
      failed |= DesiredRecord.refuseAccount(log, name, line, column);
    }

    /** Says that the kind follows from the pattern where only one fits. */
    void inferType() {
      PatternType only = pattern == null || isRegex ? null : PatternText.typeOf(pattern);
      if (only != null) {
        policy.patternTypeName(only.name());
      }
    }

    private static Boolean flag(String value) {
      Boolean flag = FlagWords.flag(value.strip());
      if (flag == null) {
        throw new IllegalArgumentException("must be true or false, not " + value.strip());
      }
      return flag;
    }

    private void fail(String field, String what) {
      failed = true;
      log.problem(line, 0, field + " " + what);
    }

    void giveTo(Visitor visitor) {
      if (empty) {
        log.problem(line, 0, "is no policy: it has none of the fields of one");
      } else if (!failed) {
        policy.comments(tag.over(PolicyTag.of(comments)).in(comments));
        log.policy();
        visitor.visit(policy.build(), log.source() + ":" + line, account);
      }
    }
  }
}
