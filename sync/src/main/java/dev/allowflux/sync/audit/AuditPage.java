package dev.allowflux.sync.audit;

import dev.allowflux.internal.text.SafeText;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Writes the report of an audit as one page of HTML that needs nothing else: no script, no font, no
 * network. It adapts to the width of a phone and to a dark screen. Foreign text is escaped, and
 * what nobody would see is marked.
 *
 * @since 0.1
 */
public final class AuditPage {
  private static final int SHOWN = 200;

  private static final String STYLE =
      """
      :root{--ink:#1c2330;--soft:#5b6678;--line:#d9dee7;--back:#fff;--high:#b3261e;--medium:#b26a00;\
      --low:#3f6ea8}
      @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3adbd;--line:#39424f;\
      --back:#161b22;--high:#ff8a80;--medium:#ffb74d;--low:#8ab4f8}}
      *{box-sizing:border-box}
      body{margin:0 auto;max-width:66rem;padding:1.5rem 1rem 4rem;font:16px/1.5 system-ui,sans-serif;\
      color:var(--ink);background:var(--back)}
      h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .3rem}
      p{margin:.2rem 0 .8rem;color:var(--soft)}a{color:inherit}
      .tiles{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0}
      .tile{flex:1 1 8rem;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .9rem}
      .tile b{display:block;font-size:1.7rem;line-height:1.2}
      .high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
      .bars{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr max-content;\
      gap:.3rem .8rem;align-items:center}
      .bars svg{width:100%;height:1rem}
      .scroll{overflow-x:auto}
      table{border-collapse:collapse;width:100%;font-size:.9rem}
      th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;\
      border-bottom:1px solid var(--line)}
      td:nth-child(2){font-family:ui-monospace,monospace;overflow-wrap:anywhere;min-width:12rem}
      """;

  private final AuditReport report;
  private final String title;
  private final Instant time;

  private AuditPage(AuditReport report, String title, Instant time) {
    this.report = report;
    this.title = title;
    this.time = time;
  }

  /**
   * Returns a page of a report.
   *
   * @param report what was found
   * @param title what was audited, such as the name of an account or of a file
   * @param time when it was audited
   * @return a page
   */
  public static AuditPage of(AuditReport report, String title, Instant time) {
    return new AuditPage(report, title, time);
  }

  /**
   * Writes the page: counts, a chart of the findings by rule, then up to 200 findings of each rule.
   *
   * @param out takes the text; left open
   * @throws IOException if the text cannot be written
   */
  public void write(Writer out) throws IOException {
    String name = escaped(SafeText.line(title));
    out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.write("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    out.write("<title>Audit of " + name + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n");
    out.write("<body>\n<h1>Audit of allow policies</h1>\n<p>" + name + ", ");
    out.write(time.truncatedTo(ChronoUnit.SECONDS) + "</p>\n");
    tiles(out);
    chart(out);
    for (AuditRule rule : AuditRule.values()) {
      if (report.count(rule) > 0) {
        section(out, rule);
      }
    }
    out.write("</body>\n</html>\n");
  }

  private void tiles(Writer out) throws IOException {
    out.write("<div class=\"tiles\">\n");
    tile(out, "", report.policies(), report.policies() == 1 ? "policy" : "policies");
    for (var count : report.bySeverity().entrySet()) {
      String severity = name(count.getKey());
      tile(out, " class=\"" + severity + "\"", count.getValue(), severity);
    }
    if (report.waived() > 0) {
      tile(out, "", report.waived(), "waived");
    }
    out.write("</div>\n");
  }

  private static void tile(Writer out, String style, long count, String what) throws IOException {
    out.write("<div class=\"tile\"><b" + style + ">" + number(count) + "</b>" + what + "</div>\n");
  }

  private void chart(Writer out) throws IOException {
    long most = 0;
    for (AuditRule rule : AuditRule.values()) {
      most = Math.max(most, report.count(rule));
    }
    if (most == 0) {
      out.write("<p>Nothing was found.</p>\n");
      return;
    }
    out.write("<h2>Findings by rule</h2>\n<div class=\"bars\">\n");
    for (AuditRule rule : AuditRule.values()) {
      long count = report.count(rule);
      if (count > 0) {
        // A square root keeps a few dangerous findings visible beside many harmless ones.
        double width = 100 * Math.sqrt((double) count / most);
        out.write("<a href=\"#" + rule.id() + "\">" + rule.id() + "</a>");
        out.write(
            String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"%d\"><rect class=\"%s\" width=\"%.1f%%\""
                    + " height=\"100%%\" rx=\"3\" fill=\"currentColor\"/></svg>",
                count,
                name(rule.severity()),
                Math.max(0.8, width)));
        out.write("<span>" + number(count) + "</span>\n");
      }
    }
    out.write("</div>\n<p>The length of a bar is the square root of the number.</p>\n");
  }

  private void section(Writer out, AuditRule rule) throws IOException {
    long count = report.count(rule);
    out.write("<h2 id=\"" + rule.id() + "\"><span class=\"" + name(rule.severity()) + "\">");
    out.write(rule.id() + "</span> \u00b7 " + number(count) + "</h2>\n");
    out.write("<p>" + rule.title() + ". What to do: " + rule.remedy() + ".</p>\n");
    out.write("<div class=\"scroll\"><table>\n<tr><th>kind</th><th>pattern</th><th>why</th>");
    out.write("<th>policy</th></tr>\n");
    StringBuilder rows = new StringBuilder();
    report.forFirst(
        SHOWN,
        rule,
        finding -> {
          rows.append("<tr><td>").append(escaped(SafeText.line(finding.patternType())));
          rows.append("</td><td>").append(escaped(SafeText.marked(finding.pattern())));
          rows.append("</td><td>").append(escaped(SafeText.line(finding.reason())));
          rows.append("</td><td>").append(escaped(SafeText.line(finding.policy())));
          rows.append("</td></tr>\n");
        });
    out.append(rows).write("</table></div>\n");
    if (count > SHOWN) {
      out.write("<p>and " + number(count - SHOWN) + " more</p>\n");
    }
  }

  private static String name(AuditSeverity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
