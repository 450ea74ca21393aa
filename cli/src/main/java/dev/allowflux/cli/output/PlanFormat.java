package dev.allowflux.cli.output;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plan for people. */
public abstract class PlanFormat {
  private static final int CHUNK = 1 << 16;

  private final Output output;
  private final Utf8Buffer bytes = new Utf8Buffer();

  PlanFormat(Output output) {
    this.output = output;
  }

  /** One field of a policy before and after, as people read it. */
  record Line(String field, @Nullable String before, @Nullable String after) {}

  public abstract void write(SyncPlan plan) throws IOException;

  /** Writes a line, sooner or later. */
  final void line(String text) throws IOException {
    bytes.text(text).ascii('\n');
    if (bytes.length() > CHUNK) {
      output.write(bytes);
    }
  }

  final void flush() throws IOException {
    output.write(bytes);
  }

  /** {@code 1 to create, 2 to edit, 3 to delete, 94 as wanted}. */
  public static String counts(SyncPlan plan) {
    SyncPlan.Counts counts = plan.counts();
    return String.format(
        Locale.ROOT,
        "%,d to create, %,d to edit, %,d to delete, %,d as wanted",
        counts.creates(),
        counts.edits(),
        counts.deletes(),
        counts.unchanged());
  }

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
    return type + (regex ? " regex " : " ") + pattern;
  }

  /** What a change changes: of a new policy and of one that goes all that is not off. */
  static List<Line> lines(PolicyChange change) {
    List<Line> lines = new ArrayList<>();
    if (change instanceof PolicyChange.Create create) {
      NewAllowPolicy policy = create.policy();
      flag(lines, "is_trusted_sender", null, policy.isTrustedSender());
      flag(lines, "is_acceptable_sender", null, policy.isAcceptableSender());
      flag(lines, "is_exempt_recipient", null, policy.isExemptRecipient());
      flag(lines, "verify_sender", null, policy.verifySender());
      if (policy.comments() != null) {
        lines.add(new Line("comments", null, quoted(policy.comments())));
      }
    } else if (change instanceof PolicyChange.Delete delete) {
      AllowPolicy policy = delete.before();
      flag(lines, "is_trusted_sender", policy.isTrustedSender(), null);
      flag(lines, "is_acceptable_sender", policy.isAcceptableSender(), null);
      flag(lines, "is_exempt_recipient", policy.isExemptRecipient(), null);
      flag(lines, "verify_sender", policy.verifySender(), null);
      if (policy.comments() != null) {
        lines.add(new Line("comments", quoted(policy.comments()), null));
      }
    } else if (change instanceof PolicyChange.Edit edit) {
      AllowPolicy before = edit.before();
      AllowPolicyEdit changes = edit.edit();
      change(lines, "is_trusted_sender", before.isTrustedSender(), changes.isTrustedSender());
      change(
          lines, "is_acceptable_sender", before.isAcceptableSender(), changes.isAcceptableSender());
      change(lines, "is_exempt_recipient", before.isExemptRecipient(), changes.isExemptRecipient());
      change(lines, "verify_sender", before.verifySender(), changes.verifySender());
      if (changes.clearsComments() || changes.comments() != null) {
        lines.add(
            new Line(
                "comments",
                before.comments() == null ? "none" : quoted(before.comments()),
                changes.comments() == null ? "none" : quoted(changes.comments())));
      }
    }
    return lines;
  }

  private static void flag(
      List<Line> lines, String field, @Nullable Boolean before, @Nullable Boolean after) {
    if (Boolean.TRUE.equals(before) || Boolean.TRUE.equals(after)) {
      lines.add(new Line(field, before == null ? null : "true", after == null ? null : "true"));
    }
  }

  private static void change(
      List<Line> lines, String field, @Nullable Boolean before, @Nullable Boolean after) {
    if (after != null) {
      lines.add(new Line(field, before == null ? "not said" : before.toString(), after.toString()));
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

  /** Signs in front and colours on a terminal. */
  public static final class Diff extends PlanFormat {
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String END = "\033[0m";

    private final boolean coloured;

    public Diff(Output output, boolean coloured) {
      super(output);
      this.coloured = coloured;
    }

    @Override
    public void write(SyncPlan plan) throws IOException {
      for (PolicyChange change : plan.changes()) {
        if (change instanceof PolicyChange.Create) {
          head(GREEN, "+ ", change, "");
        } else if (change instanceof PolicyChange.Edit edit) {
          head(YELLOW, "~ ", change, " (" + edit.id() + ")");
        } else if (change instanceof PolicyChange.Delete delete) {
          head(RED, "- ", change, " (" + delete.id() + ")");
        }
        for (Line line : lines(change)) {
          String before = line.before();
          String after = line.after();
          String value =
              before == null || after == null
                  ? String.valueOf(before == null ? after : before)
                  : before + " -> " + after;
          line("    " + line.field() + ": " + SafeText.marked(value));
        }
      }
      if (!plan.isEmpty()) {
        line("");
      }
      line("Account " + SafeText.line(plan.account().value()) + ": " + counts(plan) + ".");
      line("Digest " + plan.digest());
      flush();
    }

    private void head(String colour, String sign, PolicyChange change, String id)
        throws IOException {
      String text = sign + SafeText.marked(title(change) + id);
      line(coloured ? colour + text + END : text);
    }
  }

  /** For a pull request: whatever a pattern has in it, it stays text. */
  public static final class Markdown extends PlanFormat {
    public Markdown(Output output) {
      super(output);
    }

    @Override
    public void write(SyncPlan plan) throws IOException {
      line("### Allow policies of account " + code(plan.account().value()));
      line("");
      line(counts(plan) + ".");
      if (!plan.warnings().isEmpty()) {
        line("");
        for (String warning : plan.warnings()) {
          line("- :warning: " + escaped(SafeText.line(warning)));
        }
      }
      if (!plan.isEmpty()) {
        line("");
        line("| | policy | field | before | after |");
        line("|---|---|---|---|---|");
        for (PolicyChange change : plan.changes()) {
          rows(change);
        }
      }
      line("");
      line("Read " + plan.accountRead().startedAt() + ", digest " + code(plan.digest()));
      flush();
    }

    private void rows(PolicyChange change) throws IOException {
      String kind =
          change instanceof PolicyChange.Create
              ? "create"
              : change instanceof PolicyChange.Edit ? "edit" : "delete";
      String head = "| **" + kind + "** | " + code(title(change));
      List<Line> lines = lines(change);
      if (lines.isEmpty()) {
        line(head + " | | | |");
      }
      for (Line line : lines) {
        line(
            head
                + " | "
                + line.field()
                + " | "
                + cell(line.before())
                + " | "
                + cell(line.after())
                + " |");
        head = "| | ";
      }
    }

    private static String cell(@Nullable String value) {
      return value == null ? "" : code(value);
    }

    private static String code(String text) {
      return "<code>" + escaped(SafeText.marked(text)) + "</code>";
    }

    /** Entities are text to every reader of Markdown, within tables and outside. */
    private static String escaped(String text) {
      StringBuilder safe = new StringBuilder(text.length() + 16);
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c) && ".,-/".indexOf(c) < 0) {
          safe.append("&#").append((int) c).append(';');
        } else {
          safe.append(c);
        }
      }
      return safe.toString();
    }
  }
}
