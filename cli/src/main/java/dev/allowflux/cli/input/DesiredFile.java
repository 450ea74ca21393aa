package dev.allowflux.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.allowflux.cli.input.DesiredRecord.Field;
import dev.allowflux.plan.DesiredPolicy;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads wanted policies from a file in UTF-8: lines of JSON, one JSON array, or CSV, whichever it
 * looks like at its first character. All that is wrong with it comes out at once, as far as it can
 * be read.
 */
public final class DesiredFile {
  private static final int MOST_PROBLEMS = 50;
  private static final int LONGEST_LINE = 1 << 20;
  private static final int SNIFFED = 1 << 12;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}]+");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  private final String name;
  private final Consumer<DesiredPolicy> wanted;
  private final List<String> problems = new ArrayList<>();
  private long problemCount;
  private long policies;
  private long notWritable;

  private DesiredFile(String name, Consumer<DesiredPolicy> wanted) {
    this.name = name;
    this.wanted = wanted;
  }

  /**
   * Reads a file to its end.
   *
   * @param name stands in messages for the file
   * @param wanted takes the policies one by one, whether or not something is wrong further down
   * @return what was read
   * @throws DesiredFileException if anything is wrong with the file
   */
  public static DesiredFile read(String name, InputStream in, Consumer<DesiredPolicy> wanted)
      throws IOException {
    DesiredFile file = new DesiredFile(name, wanted);
    file.read(new BufferedInputStream(in, 1 << 16));
    if (file.problemCount > 0) {
      String count = file.problemCount == 1 ? "1 problem" : file.problemCount + " problems";
      throw new DesiredFileException(file.problems, name + " has " + count);
    }
    return file;
  }

  /** How many policies were read. */
  long policies() {
    return policies;
  }

  /** How many more there were of a kind that cannot be written. */
  public long notWritable() {
    return notWritable;
  }

  private void read(BufferedInputStream in) throws IOException {
    skipByteOrderMark(in);
    in.mark(SNIFFED);
    int first = in.read();
    while (first == ' ' || first == '\t' || first == '\r' || first == '\n') {
      first = in.read();
    }
    in.reset();
    switch (first) {
      case -1 -> {}
      case '{' -> readLines(in);
      case '[' -> readArray(in);
      default -> readCsv(in);
    }
  }

  private static void skipByteOrderMark(BufferedInputStream in) throws IOException {
    in.mark(3);
    if (in.read() != 0xEF || in.read() != 0xBB || in.read() != 0xBF) {
      in.reset();
    }
  }

  private void problem(long line, String what) {
    problemCount++;
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(UNPRINTABLE.matcher(name + ":" + line + ": " + what).replaceAll(" "));
    }
  }

  private void take(DesiredRecord found, long line) {
    List<String> wrong = new ArrayList<>();
    DesiredPolicy policy = found.finish(name + ":" + line, wrong);
    wrong.forEach(what -> problem(line, what));
    if (policy != null) {
      policies++;
      wanted.accept(policy);
    } else if (wrong.isEmpty()) {
      notWritable++;
    }
  }

  // ---- JSON

  private void readLines(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    byte[] chunk = new byte[1 << 16];
    long number = 1;
    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
      int start = 0;
      for (int i = 0; i < count; i++) {
        if (chunk[i] == '\n') {
          append(line, chunk, start, i);
          readLine(line.toByteArray(), number++);
          line.reset();
          start = i + 1;
        }
      }
      append(line, chunk, start, count);
    }
    readLine(line.toByteArray(), number);
  }

  /** Keeps no more of a line than tells that it is too long. */
  private static void append(ByteArrayOutputStream line, byte[] chunk, int start, int end) {
    if (line.size() <= LONGEST_LINE) {
      line.write(chunk, start, end - start);
    }
  }

  private void readLine(byte[] line, long number) {
    if (new String(line, UTF_8).isBlank()) {
      return;
    }
    if (line.length > LONGEST_LINE) {
      problem(number, "the line is too long for a policy");
      return;
    }
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
      json.nextToken();
      DesiredRecord found = policy(json, number);
      if (found != null) {
        if (json.nextToken() == null) {
          take(found, number);
        } else {
          problem(number, "there is more than one policy in the line");
        }
      }
    } catch (JacksonException e) {
      problem(number, "not valid JSON: " + e.getOriginalMessage());
    }
  }

  private void readArray(InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
      try {
        json.nextToken();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          long line = json.currentTokenLocation().getLineNr();
          DesiredRecord found = policy(json, line);
          if (found != null) {
            take(found, line);
          }
        }
        if (json.nextToken() != null) {
          problem(json.currentTokenLocation().getLineNr(), "text behind the end of the list");
        }
      } catch (JacksonIOException e) {
        throw e.getCause();
      } catch (JacksonException e) {
        problem(
            json.currentLocation().getLineNr(),
            "not valid JSON, so the rest was not read: " + e.getOriginalMessage());
      }
    }
  }

  /** Reads an object to its end, or returns null if there is none. */
  private @Nullable DesiredRecord policy(JsonParser json, long line) {
    if (!json.hasToken(JsonToken.START_OBJECT)) {
      json.skipChildren();
      problem(line, "a policy must be an object");
      return null;
    }
    DesiredRecord found = new DesiredRecord();
    for (String member = json.nextName(); member != null; member = json.nextName()) {
      JsonToken token = json.nextToken();
      Field field = Field.of(member);
      if (!field.isFlag() && !field.isText()) {
        found.see(field, member);
        json.skipChildren();
      } else if (token == JsonToken.VALUE_NULL) {
        if (field == Field.COMMENTS) {
          found.text(field, null);
        }
      } else if (field.isText() && token == JsonToken.VALUE_STRING) {
        found.text(field, json.getString());
      } else if (field.isFlag() && token.isBoolean()) {
        found.flag(field, token == JsonToken.VALUE_TRUE);
      } else {
        json.skipChildren();
        found.problem(field, field.isFlag() ? "must be true or false" : "must be text");
      }
    }
    return found;
  }

  // ---- CSV

  private void readCsv(BufferedInputStream in) throws IOException {
    char separator = separator(in);
    long line = 1;
    try (Reader text = new InputStreamReader(in, UTF_8.newDecoder());
        CsvReader<CsvRecord> rows =
            CsvReader.builder()
                .fieldSeparator(separator)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(text)) {
      Columns columns = null;
      for (CsvRecord row : rows) {
        line = row.getStartingLineNumber();
        if (columns == null) {
          columns = Columns.of(row.getFields());
          for (String what : columns.problems) {
            problem(line, what);
          }
          if (!columns.problems.isEmpty()) {
            return;
          }
        } else if (row.getFieldCount() != columns.fields.size()) {
          problem(line, "cells: " + row.getFieldCount() + ", columns: " + columns.fields.size());
        } else {
          take(policy(columns, row), line);
        }
      }
    } catch (UncheckedIOException e) {
      csvFailure(e.getCause(), line);
    } catch (CsvParseException e) {
      if (e.getCause() instanceof IOException cause) {
        csvFailure(cause, line);
      } else {
        problem(line, "not valid CSV, so the rest was not read: " + e.getMessage());
      }
    }
  }

  private void csvFailure(@Nullable IOException failure, long line) throws IOException {
    if (failure instanceof CharacterCodingException) {
      problem(line, "not valid UTF-8 in this line or soon after it, so the rest was not read");
    } else if (failure != null) {
      throw failure;
    }
  }

  /** A spreadsheet may write semicolons or tabs; the header line has no other use for them. */
  private static char separator(BufferedInputStream in) throws IOException {
    in.mark(SNIFFED);
    String start = new String(in.readNBytes(SNIFFED), UTF_8);
    in.reset();
    String header = start.lines().findFirst().orElse("");
    if (header.indexOf(',') >= 0) {
      return ',';
    }
    return header.indexOf(';') >= 0 ? ';' : header.indexOf('\t') >= 0 ? '\t' : ',';
  }

  private static DesiredRecord policy(Columns columns, CsvRecord row) {
    DesiredRecord found = new DesiredRecord();
    for (int i = 0; i < columns.fields.size(); i++) {
      Field field = columns.fields.get(i);
      String cell = columns.ofDashboard ? row.getField(i).strip() : row.getField(i);
      if (field.isText()) {
        found.text(field, cell.isEmpty() ? null : cell);
      } else if (!field.isFlag()) {
        found.see(field, columns.names.get(i));
      } else if (!cell.isBlank()) {
        switch (cell.strip().toLowerCase(Locale.ROOT)) {
          case "true", "yes", "1" -> found.flag(field, true);
          case "false", "no", "0" -> found.flag(field, false);
          default -> found.problem(field, "must be true or false");
        }
      }
    }
    return found;
  }

  /** What the header row says. */
  private static final class Columns {
    private final List<String> names = new ArrayList<>();
    private final List<Field> fields = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private boolean ofDashboard;

    static Columns of(List<String> header) {
      Columns columns = new Columns();
      Set<Field> seen = EnumSet.noneOf(Field.class);
      for (String title : header) {
        String name = title.strip().toLowerCase(Locale.ROOT).replace(' ', '_');
        String apiName =
            switch (name) {
              case "verify_email" -> "verify_sender";
              case "trusted_sender" -> "is_trusted_sender";
              case "exempt_recipient" -> "is_exempt_recipient";
              case "acceptable_sender" -> "is_acceptable_sender";
              case "notes" -> "comments";
              default -> name;
            };
        columns.ofDashboard |= !apiName.equals(title);
        Field field = Field.of(apiName);
        columns.names.add(title.strip());
        columns.fields.add(field);
        if ((field.isFlag() || field.isText()) && !seen.add(field)) {
          columns.problems.add("there are two columns for " + apiName);
        }
      }
      for (Field needed : List.of(Field.PATTERN, Field.PATTERN_TYPE)) {
        if (!seen.contains(needed)) {
          columns.problems.add(
              "there is no column "
                  + needed.apiName()
                  + " in the first line, which names the columns");
        }
      }
      return columns;
    }
  }
}
