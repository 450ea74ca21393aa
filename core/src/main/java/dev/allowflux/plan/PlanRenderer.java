package dev.allowflux.plan;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows a plan to people. Whatever stands in a pattern or a comment stays text: it cannot steer a
 * terminal, begin a line of its own, or become a link; characters that mislead the eye are spelt
 * out.
 *
 * <p>Stateless; safe for use by many threads.
 *
 * @since 0.1
 */
public final class PlanRenderer {
  private static final String RED = "\033[31m";
  private static final String GREEN = "\033[32m";
  private static final String YELLOW = "\033[33m";
  private static final String END = "\033[0m";

  /** The deletions of a run that stand in no plan. */
  private static final String COPIES =
      "If a create is carried out twice, the newer copy is deleted, provided that this run made"
          + " it.";

  private PlanRenderer() {}

  /** One field of a policy before and after, as people read it. */
  private record Line(PolicyField field, @Nullable String before, @Nullable String after) {}

  /**
   * Returns the counts of a plan in one line.
   *
   * @param plan a plan
   * @return for instance {@code 1 to create, 2 to edit, 3 to delete, 94 unchanged}
   */
  public static String summary(SyncPlan plan) {
    SyncPlan.Counts counts = plan.counts();
    return String.format(
        Locale.ROOT,
        "%,d to create, %,d to edit, %,d to delete, %,d unchanged",
        counts.creates(),
        counts.edits(),
        counts.deletes(),
        counts.unchanged());
  }

  /**
   * Returns which policy a change is about, in one line that is safe to show.
   *
   * @param change a change
   * @return for instance {@code DOMAIN supplier.example} or {@code EMAIL regex
   *     .*@supplier\.example}
   */
  public static String title(PolicyChange change) {
    if (change instanceof PolicyChange.Create create) {
      NewAllowPolicy policy = create.policy();
      return title(policy.patternType().name(), policy.isRegex(), policy.pattern());
    }
    AllowPolicy before =
        change instanceof PolicyChange.Edit edit
            ? edit.before()
            : ((PolicyChange.Delete) change).before();
    PolicyKey key = change.key();
    return title(key.patternType().name(), key.isRegex(), String.valueOf(before.pattern()));
  }

  private static String title(String type, boolean regex, String pattern) {
    return type + (regex ? " regex " : " ") + SafeText.marked(pattern);
  }

  /**
   * Writes a plan as a diff: {@code +}, {@code ~} or {@code -} in front of each policy, its fields
   * below, the summary and the digest at the end. The warnings are not in it.
   *
   * @param plan a plan
   * @param coloured whether to colour the lines of policies for a terminal
   * @param out takes the text; neither flushed nor closed
   * @throws IOException if it takes no more
   */
  public static void diff(SyncPlan plan, boolean coloured, Appendable out) throws IOException {
    for (PolicyChange change : plan.changes()) {
      if (change instanceof PolicyChange.Create) {
        head(out, coloured ? GREEN : null, "+ " + title(change));
      } else if (change instanceof PolicyChange.Edit edit) {
        head(out, coloured ? YELLOW : null, "~ " + title(change) + id(edit.before()));
      } else if (change instanceof PolicyChange.Delete delete) {
        head(out, coloured ? RED : null, "- " + title(change) + id(delete.before()));
      }
      for (Line line : lines(change)) {
        out.append("    ")
            .append(line.field.apiName())
            .append(": ")
            .append(SafeText.marked(value(line)));
        out.append('\n');
      }
    }
    if (!plan.isEmpty()) {
      out.append('\n');
    }
    for (SafetyRule.Overridden override : plan.overrides()) {
      out.append("Allowed: ").append(SafeText.line(override.what())).append('\n');
    }
    if (plan.counts().creates() > 0) {
      out.append(COPIES).append('\n');
    }
    out.append("Account ").append(SafeText.line(plan.account().value()));
    out.append(": ").append(summary(plan)).append(".\n");
    out.append("Digest ").append(plan.digest()).append('\n');
  }

  private static void head(Appendable out, @Nullable String colour, String text)
      throws IOException {
    if (colour == null) {
      out.append(text);
    } else {
      out.append(colour).append(text).append(END);
    }
    out.append('\n');
  }

  private static String id(AllowPolicy policy) {
    return " (" + SafeText.marked(policy.id().value()) + ")";
  }

  private static String value(Line line) {
    if (line.before == null || line.after == null) {
      return String.valueOf(line.before == null ? line.after : line.before);
    }
    return line.before + " -> " + line.after;
  }

  /**
   * Writes a plan as Markdown for a pull request: summary, warnings, a table of all changes, the
   * time of the reading, the digest.
   *
   * @param plan a plan
   * @param out takes the text; neither flushed nor closed
   * @throws IOException if it takes no more
   */
  public static void markdown(SyncPlan plan, Appendable out) throws IOException {
    out.append("### Allow policies of account ").append(code(plan.account().value()));
    out.append("\n\n").append(summary(plan)).append(".\n");
    if (plan.counts().creates() > 0) {
      out.append('\n').append(COPIES).append('\n');
    }
    if (!plan.warnings().isEmpty() || !plan.overrides().isEmpty()) {
      out.append('\n');
      for (SafetyRule.Overridden override : plan.overrides()) {
        out.append("- :warning: allowed: ").append(escaped(SafeText.line(override.what())));
        out.append('\n');
      }
      for (String warning : plan.warnings()) {
        out.append("- :warning: ").append(code(warning)).append('\n');
      }
    }
    if (!plan.isEmpty()) {
      out.append("\n| | policy | field | before | after |\n|---|---|---|---|---|\n");
      for (PolicyChange change : plan.changes()) {
        rows(change, out);
      }
    }
    out.append("\nRead ").append(plan.accountRead().startedAt().toString());
    out.append(", digest ").append(code(plan.digest())).append('\n');
  }

  private static void rows(PolicyChange change, Appendable out) throws IOException {
    String kind =
        change instanceof PolicyChange.Create
            ? "create"
            : change instanceof PolicyChange.Edit ? "edit" : "delete";
    String head = "| **" + kind + "** | <code>" + escaped(title(change)) + "</code>";
    List<Line> lines = lines(change);
    if (lines.isEmpty()) {
      out.append(head).append(" | | | |\n");
    }
    for (Line line : lines) {
      out.append(head).append(" | ").append(line.field.apiName()).append(" | ");
      out.append(cell(line.before)).append(" | ").append(cell(line.after)).append(" |\n");
      head = "| | ";
    }
  }

  private static String cell(@Nullable String value) {
    return value == null ? "" : code(value);
  }

  private static String code(String text) {
    return "<code>" + escaped(SafeText.marked(text)) + "</code>";
  }

  /**
   * Entities are text to every reader of Markdown, within tables and outside. Some readers turn
   * addresses into links even then, after they have resolved the entities: an empty comment in
   * front of what makes an address one keeps its parts apart.
   */
  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '@' || c == ':' || c == '.') {
        safe.append("<!-- -->");
      }
      if (c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c) && ".,-/".indexOf(c) < 0) {
        safe.append("&#").append((int) c).append(';');
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  /** Returns the fields that change: of a new and of a deleted policy all that are not off. */
  private static List<Line> lines(PolicyChange change) {
    List<Line> lines = new ArrayList<>();
    if (change instanceof PolicyChange.Create create) {
      NewAllowPolicy policy = create.policy();
      flag(lines, PolicyField.IS_TRUSTED_SENDER, null, policy.isTrustedSender());
      flag(lines, PolicyField.IS_ACCEPTABLE_SENDER, null, policy.isAcceptableSender());
      flag(lines, PolicyField.IS_EXEMPT_RECIPIENT, null, policy.isExemptRecipient());
      flag(lines, PolicyField.VERIFY_SENDER, null, policy.verifySender());
      if (policy.comments() != null) {
        lines.add(new Line(PolicyField.COMMENTS, null, quoted(policy.comments())));
      }
    } else if (change instanceof PolicyChange.Delete delete) {
      AllowPolicy policy = delete.before();
      flag(lines, PolicyField.IS_TRUSTED_SENDER, policy.isTrustedSender(), null);
      flag(lines, PolicyField.IS_ACCEPTABLE_SENDER, policy.isAcceptableSender(), null);
      flag(lines, PolicyField.IS_EXEMPT_RECIPIENT, policy.isExemptRecipient(), null);
      flag(lines, PolicyField.VERIFY_SENDER, policy.verifySender(), null);
      if (policy.comments() != null) {
        lines.add(new Line(PolicyField.COMMENTS, quoted(policy.comments()), null));
      }
    } else if (change instanceof PolicyChange.Edit edit) {
      AllowPolicy before = edit.before();
      AllowPolicyEdit after = edit.edit();
      change(
          lines, PolicyField.IS_TRUSTED_SENDER, before.isTrustedSender(), after.isTrustedSender());
      change(
          lines,
          PolicyField.IS_ACCEPTABLE_SENDER,
          before.isAcceptableSender(),
          after.isAcceptableSender());
      change(
          lines,
          PolicyField.IS_EXEMPT_RECIPIENT,
          before.isExemptRecipient(),
          after.isExemptRecipient());
      change(lines, PolicyField.VERIFY_SENDER, before.verifySender(), after.verifySender());
      if (after.clearsComments() || after.comments() != null) {
        lines.add(
            new Line(
                PolicyField.COMMENTS,
                before.comments() == null ? "none" : quoted(before.comments()),
                after.comments() == null ? "none" : quoted(after.comments())));
      }
    }
    return lines;
  }

  private static void flag(
      List<Line> lines, PolicyField field, @Nullable Boolean before, @Nullable Boolean after) {
    if (Boolean.TRUE.equals(before) || Boolean.TRUE.equals(after)) {
      lines.add(new Line(field, before == null ? null : "true", after == null ? null : "true"));
    }
  }

  private static void change(
      List<Line> lines, PolicyField field, @Nullable Boolean before, @Nullable Boolean after) {
    if (after != null) {
      lines.add(new Line(field, before == null ? "unset" : before.toString(), after.toString()));
    }
  }

  private static String quoted(String comments) {
    return '"'
        + comments
            .replace("\\", "\\\\")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
        + '"';
  }
}
