package dev.allowflux.sync.audit;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.error.InputException.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A rule that is turned off, and why: for one pattern or for all.
 *
 * @param rule the rule
 * @param pattern the pattern of the policies for which it is off, letter by letter, or {@code null}
 *     for all
 * @param reason why, for those who review it; not blank
 * @since 0.1
 */
public record AuditWaiver(AuditRule rule, @Nullable String pattern, String reason) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int LONGEST_LINE = 8192;
  private static final int MOST = 100_000;
  private static final int MOST_PROBLEMS = 50;

  /**
   * Checks the reason.
   *
   * @param rule the rule
   * @param pattern the pattern, or {@code null} for all
   * @param reason why
   * @throws IllegalArgumentException if the reason is blank
   */
  public AuditWaiver {
    requireNonNull(rule, "rule");
    if (reason.isBlank()) {
      throw new IllegalArgumentException("a rule can be turned off only for a reason");
    }
  }

  boolean covers(AuditRule rule, @Nullable String pattern) {
    return this.rule == rule && (this.pattern == null || this.pattern.equals(pattern));
  }

  /**
   * Reads waivers from a file: one JSON object a line, such as {@code {"rule":"public-suffix",
   * "pattern":"city.example","reason":"we run the registry"}}. Lines that are empty or begin with #
   * are skipped. Blocks.
   *
   * @param file the file
   * @return the waivers in order
   * @throws InputException if a line is no waiver; it names the line
   * @throws IOException if the file cannot be read
   */
  public static List<AuditWaiver> read(Path file) throws IOException {
    List<AuditWaiver> waivers = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = line(lines); line != null; line = line(lines)) {
        number++;
        if (!line.isBlank() && !line.startsWith("#")) {
          try {
            waivers.add(parse(line));
          } catch (IllegalArgumentException e) {
            problems.add(new Problem(file.toString(), number, 0, String.valueOf(e.getMessage())));
          }
        }
        if (waivers.size() > MOST) {
          problems.add(new Problem(file.toString(), number, 0, "more than " + MOST + " waivers"));
        }
        if (waivers.size() > MOST || problems.size() == MOST_PROBLEMS) {
          break;
        }
      }
    } catch (CharacterCodingException e) {
      problems.add(new Problem(file.toString(), 0, 0, "is not valid UTF-8; save it as UTF-8"));
    }
    if (!problems.isEmpty()) {
      throw new InputException(
          "nothing was audited, since " + file + " is wrong", problems, problems.size());
    }
    return List.copyOf(waivers);
  }

  /** Reads a line, of a line that is too long as much as tells that it is. */
  private static @Nullable String line(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = lines.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = lines.read()) {
      if (line.length() <= LONGEST_LINE) {
        line.append((char) c);
      }
    }
    int end = line.length() - 1;
    return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
  }

  private static AuditWaiver parse(String line) {
    if (line.length() > LONGEST_LINE) {
      throw new IllegalArgumentException("the line is too long");
    }
    AuditRule rule = null;
    String pattern = null;
    String reason = null;
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("must be an object such as {\"rule\":…,\"reason\":…}");
      }
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          throw new IllegalArgumentException(name + " must be text");
        }
        String value = json.getString();
        switch (name) {
          case "rule" ->
              rule =
                  AuditRule.ofId(value)
                      .orElseThrow(() -> new IllegalArgumentException("there is no rule " + value));
          case "pattern" -> pattern = value;
          case "reason" -> reason = value;
          default ->
              throw new IllegalArgumentException(
                  "unknown field " + name + "; there can be rule, pattern and reason");
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("is not valid JSON", e);
    }
    if (rule == null || reason == null) {
      throw new IllegalArgumentException("a waiver needs rule and reason");
    }
    return new AuditWaiver(rule, pattern, reason);
  }
}
