package dev.allowflux.sync.audit;

import dev.allowflux.internal.text.CountText;
import dev.allowflux.internal.text.SafeText;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes the report of an audit: as a table, as JSON, or as SARIF 2.1.0, which code hosts show on a
 * change. For HTML see {@link AuditPage}.
 *
 * @since 0.1
 */
public final class AuditRenderer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  /** {@code file:line}, as policies of a file are called. */
  private static final Pattern PLACE = Pattern.compile("(.+):([0-9]{1,9})");

  private final AuditReport report;

  private AuditRenderer(AuditReport report) {
    this.report = report;
  }

  /**
   * Returns a renderer of a report.
   *
   * @param report what was found
   * @return a renderer
   */
  public static AuditRenderer of(AuditReport report) {
    return new AuditRenderer(report);
  }

  /**
   * Writes a table for people: counts, then the findings of each rule with its remedy. Foreign text
   * is masked.
   *
   * @param out takes the text; left open
   * @param most how many findings of a rule are shown
   * @throws IOException if the text cannot be written
   */
  public void text(Writer out, int most) throws IOException {
    out.write(summary());
    out.write('\n');
    for (AuditRule rule : AuditRule.values()) {
      long count = report.count(rule);
      if (count == 0) {
        continue;
      }
      out.write(
          String.format(
              Locale.ROOT,
              "%n%-6s %s  %,d: %s%n",
              rule.severity(),
              rule.id(),
              count,
              rule.title()));
      StringBuilder lines = new StringBuilder();
      report.forFirst(
          most,
          rule,
          finding ->
              lines
                  .append("       ")
                  .append(SafeText.line(finding.patternType()))
                  .append(' ')
                  .append(SafeText.marked(finding.pattern()))
                  .append("  ")
                  .append(SafeText.line(finding.reason()))
                  .append("  (")
                  .append(SafeText.line(finding.policy()))
                  .append(")\n"));
      out.append(lines);
      if (count > most) {
        out.write(String.format(Locale.ROOT, "       and %,d more%n", count - most));
      }
      out.write("       " + rule.remedy() + "\n");
    }
    for (AuditWaiver waiver : report.unusedWaivers()) {
      out.write(
          "the waiver of "
              + waiver.rule().id()
              + (waiver.pattern() == null ? "" : " for " + SafeText.marked(waiver.pattern()))
              + " matches nothing; take it out\n");
    }
  }

  /**
   * Returns how many policies were audited and how many findings there are.
   *
   * @return one line
   */
  public String summary() {
    StringBuilder line = new StringBuilder();
    line.append(CountText.policies(report.policies())).append(" audited");
    String separator = ": ";
    for (Map.Entry<AuditSeverity, Long> count : report.bySeverity().entrySet()) {
      line.append(separator)
          .append(String.format(Locale.ROOT, "%,d", count.getValue()))
          .append(' ')
          .append(count.getKey().name().toLowerCase(Locale.ROOT));
      separator = ", ";
    }
    return report.waived() == 0
        ? line.toString()
        : line.append(String.format(Locale.ROOT, ", %,d waived", report.waived())).toString();
  }

  /**
   * Writes one JSON document: counts by severity and rule, then all findings.
   *
   * @param out takes the text; left open
   * @throws IOException if the text cannot be written
   */
  public void json(Writer out) throws IOException {
    try (JsonGenerator json = generator(out)) {
      json.writeStartObject();
      json.writeNumberProperty("policies", report.policies());
      json.writeNumberProperty("waived", report.waived());
      json.writeObjectPropertyStart("severities");
      report
          .bySeverity()
          .forEach(
              (severity, count) ->
                  json.writeNumberProperty(severity.name().toLowerCase(Locale.ROOT), count));
      json.writeEndObject();
      json.writeObjectPropertyStart("rules");
      for (AuditRule rule : AuditRule.values()) {
        if (report.count(rule) > 0) {
          json.writeNumberProperty(rule.id(), report.count(rule));
        }
      }
      json.writeEndObject();
      json.writeArrayPropertyStart("findings");
      report.forEach(
          finding -> {
            json.writeStartObject();
            json.writeStringProperty("rule", finding.rule().id());
            json.writeStringProperty(
                "severity", finding.rule().severity().name().toLowerCase(Locale.ROOT));
            json.writeStringProperty("policy", finding.policy());
            json.writeStringProperty("pattern_type", finding.patternType());
            json.writeStringProperty("pattern", finding.pattern());
            json.writeStringProperty("reason", finding.reason());
            json.writeStringProperty("remedy", finding.rule().remedy());
            json.writeEndObject();
          });
      json.writeEndArray();
      json.writeEndObject();
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Writes a SARIF 2.1.0 log. A finding in a file has its line; one in an account has the id of its
   * policy as the name of an artifact.
   *
   * @param out takes the text; left open
   * @throws IOException if the text cannot be written
   */
  public void sarif(Writer out) throws IOException {
    try (JsonGenerator json = generator(out)) {
      json.writeStartObject();
      json.writeStringProperty("$schema", SARIF_SCHEMA);
      json.writeStringProperty("version", "2.1.0");
      json.writeArrayPropertyStart("runs");
      json.writeStartObject();
      json.writeObjectPropertyStart("tool");
      json.writeObjectPropertyStart("driver");
      json.writeStringProperty("name", "allowflux");
      json.writeArrayPropertyStart("rules");
      for (AuditRule rule : AuditRule.values()) {
        rule(json, rule);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
      json.writeStringProperty("columnKind", "unicodeCodePoints");
      json.writeArrayPropertyStart("results");
      report.forEach(finding -> result(json, finding));
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  private static JsonGenerator generator(Writer out) {
    return JSON.createGenerator(ObjectWriteContext.empty(), out)
        .configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false);
  }

  private static void rule(JsonGenerator json, AuditRule rule) {
    json.writeStartObject();
    json.writeStringProperty("id", rule.id());
    text(json, "shortDescription", rule.title());
    text(json, "help", rule.remedy());
    json.writeObjectPropertyStart("defaultConfiguration");
    json.writeStringProperty("level", level(rule.severity()));
    json.writeEndObject();
    json.writeEndObject();
  }

  @SuppressWarnings("EnumOrdinal") // SARIF wants the place of the rule in the list of rules.
  private static void result(JsonGenerator json, AuditFinding finding) {
    json.writeStartObject();
    json.writeStringProperty("ruleId", finding.rule().id());
    json.writeNumberProperty("ruleIndex", finding.rule().ordinal());
    json.writeStringProperty("level", level(finding.rule().severity()));
    text(
        json,
        "message",
        SafeText.line(finding.patternType())
            + ' '
            + SafeText.marked(finding.pattern())
            + ": "
            + SafeText.line(finding.reason())
            + "; "
            + finding.rule().remedy());
    json.writeArrayPropertyStart("locations");
    json.writeStartObject();
    json.writeObjectPropertyStart("physicalLocation");
    Matcher place = PLACE.matcher(finding.policy());
    boolean inFile = place.matches();
    json.writeObjectPropertyStart("artifactLocation");
    json.writeStringProperty("uri", uri(inFile ? place.group(1) : "policies/" + finding.policy()));
    json.writeEndObject();
    json.writeObjectPropertyStart("region");
    json.writeNumberProperty("startLine", inFile ? Integer.parseInt(place.group(2)) : 1);
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
    json.writeObjectPropertyStart("partialFingerprints");
    json.writeStringProperty(
        "rulePattern/v1",
        finding.rule().id() + ':' + finding.patternType() + ':' + finding.pattern());
    json.writeEndObject();
    json.writeEndObject();
  }

  /** A relative reference to a file, with what a URI cannot hold in percent form. */
  private static String uri(String file) {
    String path = file.replace('\\', '/');
    int colon = path.indexOf(':');
    // What stands before a colon in the first name would be taken for a scheme.
    boolean first = colon >= 0 && path.lastIndexOf('/', colon) < 0;
    try {
      return new URI(null, null, first ? "./" + path : path, null).getRawPath();
    } catch (URISyntaxException e) {
      return "policies";
    }
  }

  private static String level(AuditSeverity severity) {
    return switch (severity) {
      case HIGH -> "error";
      case MEDIUM -> "warning";
      case LOW -> "note";
    };
  }

  private static void text(JsonGenerator json, String name, String text) {
    json.writeObjectPropertyStart(name);
    json.writeStringProperty("text", text);
    json.writeEndObject();
  }
}
