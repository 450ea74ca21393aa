package dev.allowflux.sync.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes policies as configuration for Terraform 1.5 and newer: for each an {@code import} block
 * and a resource of the kind {@code cloudflare_email_security_allow_policy}, which the provider has
 * since its version 5.25.
 *
 * <p>A flag that the service did not set is false. The name of a resource is made of the policy's
 * id, so that another export gives the same names. A policy that nobody could create, since it has
 * no pattern or is of a kind that is not EMAIL, DOMAIN or IP, is left out and counted. Not safe for
 * use by several threads.
 *
 * @since 0.1
 */
public final class TerraformWriter {
  private static final String TYPE = "cloudflare_email_security_allow_policy";

  private final String account;
  private long leftOut;

  private TerraformWriter(String account) {
    this.account = account;
  }

  /**
   * Makes a writer.
   *
   * @param account the account that the policies are in
   * @return a new writer
   */
  public static TerraformWriter of(AccountId account) {
    return new TerraformWriter(requireNonNull(account, "account").value());
  }

  /**
   * Writes policies, two blocks each.
   *
   * @param policies the policies, in order
   * @param out takes the text in UTF-8 at one call; neither flushed nor closed
   * @throws IOException if {@code out} throws it; how much was written is then not known
   */
  public void write(List<AllowPolicy> policies, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    for (AllowPolicy policy : policies) {
      if (DashboardCsvWriter.isWritable(policy)) {
        write(policy, text);
      } else {
        leftOut++;
      }
    }
    out.write(text.toString().getBytes(UTF_8));
  }

  /**
   * Returns how many policies were left out.
   *
   * @return the count since this writer was made
   */
  public long leftOut() {
    return leftOut;
  }

  private void write(AllowPolicy policy, StringBuilder text) {
    String id = policy.id().value();
    String name = name(id);
    text.append("import {\n  to = ").append(TYPE).append('.').append(name).append("\n  id = ");
    quote(account + "/" + id, text);
    text.append("\n}\n\nresource \"").append(TYPE).append("\" \"").append(name).append("\" {\n");
    attribute("account_id", account, text);
    attribute("pattern", String.valueOf(policy.pattern()), text);
    attribute("pattern_type", String.valueOf(policy.patternType()), text);
    flag("is_regex", policy.isRegex(), text);
    flag("is_trusted_sender", policy.isTrustedSender(), text);
    flag("is_acceptable_sender", policy.isAcceptableSender(), text);
    flag("is_exempt_recipient", policy.isExemptRecipient(), text);
    flag("verify_sender", policy.verifySender(), text);
    String comments = policy.comments();
    if (comments != null) {
      attribute("comments", comments, text);
    }
    text.append("}\n\n");
  }

  /** Different ids have different names, whatever is in them. */
  private static String name(String id) {
    StringBuilder name = new StringBuilder("policy_");
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-') {
        name.append(c);
      } else {
        name.append('_').append(Integer.toHexString(c)).append('_');
      }
    }
    return name.toString();
  }

  private static void attribute(String name, String value, StringBuilder text) {
    begin(name, text);
    quote(value, text);
    text.append('\n');
  }

  private static void flag(String name, @Nullable Boolean value, StringBuilder text) {
    begin(name, text);
    text.append(Boolean.TRUE.equals(value)).append('\n');
  }

  /** As Terraform's own formatter lines attributes up. */
  private static void begin(String name, StringBuilder text) {
    text.append("  ").append(name).append(" ".repeat(20 - name.length())).append(" = ");
  }

  /** A quoted template in which nothing is evaluated. */
  private static void quote(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean opens =
          (c == '$' || c == '%') && i + 1 < value.length() && value.charAt(i + 1) == '{';
      if (opens) {
        text.append(c).append(c);
      } else if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c == '\n') {
        text.append("\\n");
      } else if (c == '\r') {
        text.append("\\r");
      } else if (c == '\t') {
        text.append("\\t");
      } else if (c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029) {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
