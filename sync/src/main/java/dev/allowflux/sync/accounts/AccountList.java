package dev.allowflux.sync.accounts;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.sync.internal.input.CsvRowReader;
import dev.allowflux.sync.internal.input.CsvRowReader.Cell;
import dev.allowflux.sync.internal.input.DamagedInputException;
import dev.allowflux.sync.internal.input.InputText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a list of accounts: CSV with the columns {@code account}, {@code name}, {@code credential},
 * {@code add} and {@code without}, or lines of JSON with these fields. Only the account is needed.
 *
 * <p>Stateless; safe for use by many threads.
 *
 * @since 0.1
 */
public final class AccountList {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST = 100_000;
  private static final List<String> FIELDS =
      List.of("account", "name", "credential", "add", "without");

  private final String source;
  private final @Nullable Path folder;
  private final List<AccountEntry> entries = new ArrayList<>();
  private final Set<AccountId> seen = new HashSet<>();

  private AccountList(String source, @Nullable Path folder) {
    this.source = source;
    this.folder = folder;
  }

  /**
   * Reads the list of a file to its end. Blocks. The files of {@code add} and {@code without} are
   * looked for in the folder of the list, those of a credential in the working directory.
   *
   * @param file the list
   * @return the accounts in the order of the list, at least one and at most 100,000
   * @throws InputException as for {@link #read(String, InputStream)}
   * @throws IOException if the list cannot be read
   */
  public static List<AccountEntry> read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(new AccountList(file.toString(), file.getParent()), in);
    }
  }

  /**
   * Reads a list to its end. Blocks. The files of {@code add} and {@code without} are looked for in
   * the working directory.
   *
   * @param source what messages call the list
   * @param in the list, in UTF-8 or with a byte order mark; left open
   * @return the accounts in the order of the list, at least one and at most 100,000
   * @throws InputException if the list is damaged, has no account or one twice, or refers to a
   *     credential in another form than {@link AccountEntry} takes; it names the line
   * @throws IOException if the list cannot be read
   */
  public static List<AccountEntry> read(String source, InputStream in) throws IOException {
    return read(new AccountList(requireNonNull(source, "source"), null), in);
  }

  private static List<AccountEntry> read(AccountList list, InputStream in) throws IOException {
    String source = list.source;
    InputText text = new InputText(requireNonNull(in, "in"));
    try {
      if (text.lookAhead().stripLeading().startsWith("{")) {
        list.readJson(text);
      } else {
        list.readCsv(text);
      }
    } catch (DamagedInputException e) {
      throw new InputException(new InputException.Problem(source, e.line, e.column, e.reason));
    }
    if (list.entries.isEmpty()) {
      throw new InputException(new InputException.Problem(source, 0, 0, "there is no account"));
    }
    return List.copyOf(list.entries);
  }

  private void readCsv(InputText text) throws IOException {
    CsvRowReader rows = new CsvRowReader(text, ',');
    List<String> titles = null;
    for (List<Cell> row = rows.next(); row != null; row = rows.next()) {
      if (row.stream().allMatch(cell -> cell.text().isBlank())) {
        continue;
      }
      if (titles == null) {
        titles = titles(row);
        continue;
      }
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < row.size(); i++) {
        Cell cell = row.get(i);
        if (i >= titles.size()) {
          throw new DamagedInputException(cell.line(), cell.column(), "this cell is one too many");
        }
        values.put(titles.get(i), cell.text().strip());
      }
      add(values, row.get(0).line());
    }
  }

  private static List<String> titles(List<Cell> header) throws DamagedInputException {
    List<String> titles =
        header.stream().map(cell -> cell.text().strip().toLowerCase(Locale.ROOT)).toList();
    for (int i = 0; i < titles.size(); i++) {
      if (!FIELDS.contains(titles.get(i)) || titles.indexOf(titles.get(i)) < i) {
        throw new DamagedInputException(
            header.get(i).line(),
            header.get(i).column(),
            "the columns are account, name, credential, add and without, each once");
      }
    }
    return titles;
  }

  private void readJson(InputText text) throws IOException {
    TokenStreamLocation place = TokenStreamLocation.NA;
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        place = json.currentTokenLocation();
        if (token != JsonToken.START_OBJECT) {
          throw damaged(place, "an account must be an object");
        }
        Map<String, String> values = new HashMap<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
          JsonToken value = json.nextToken();
          if (!FIELDS.contains(name)) {
            throw damaged(place, "the fields are account, name, credential, add and without");
          }
          if (value == JsonToken.VALUE_STRING) {
            values.put(name, json.getString());
          } else if (value != JsonToken.VALUE_NULL) {
            throw damaged(place, name + " must be text");
          }
        }
        add(values, place.getLineNr());
      }
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation() == null ? place : e.getLocation();
      throw damaged(at, "not valid JSON, so the rest was not read");
    }
  }

  private static DamagedInputException damaged(TokenStreamLocation place, String reason) {
    return new DamagedInputException(place.getLineNr(), place.getColumnNr(), reason);
  }

  private void add(Map<String, String> values, long line) throws DamagedInputException {
    AccountEntry entry;
    try {
      entry =
          new AccountEntry(
              new AccountId(values.getOrDefault("account", "")),
              values.getOrDefault("name", ""),
              emptyToNull(values.get("credential")),
              file(values.get("add")),
              file(values.get("without")));
    } catch (IllegalArgumentException e) {
      throw new DamagedInputException(line, 0, String.valueOf(e.getMessage()));
    }
    if (!seen.add(entry.account())) {
      throw new DamagedInputException(
          line, 0, "account " + entry.account().value() + " is in the list twice");
    }
    if (entries.size() == MOST) {
      throw new DamagedInputException(line, 0, source + " has more than 100,000 accounts");
    }
    entries.add(entry);
  }

  private @Nullable Path file(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return null;
    }
    return folder == null ? Path.of(name) : folder.resolve(name);
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
