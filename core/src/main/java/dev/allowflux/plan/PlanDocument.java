package dev.allowflux.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A plan as JSON. It is written here and not by a JSON library, since the digest and the signature
 * depend on every byte.
 *
 * <p>Within changes, counts and the reading, members are written in the order of their names, which
 * both forms share; those of the document itself are sorted for the canonical form only.
 */
final class PlanDocument {
  private PlanDocument() {}

  static void write(SyncPlan plan, OutputStream out) throws IOException {
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, UTF_8));
    new JsonText(writer)
        .object(
            json -> {
              for (var member : members(plan, true).entrySet()) {
                json.line().name(member.getKey());
                member.getValue().write(json);
              }
            });
    writer.append('\n').flush();
  }

  static String digest(SyncPlan plan) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      writeCanonical(
          plan,
          Set.of("digest", "read", "signature"),
          new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What a signature covers. */
  static byte[] signedForm(SyncPlan plan) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeCanonical(plan, Set.of("signature"), bytes);
    return bytes.toByteArray();
  }

  private static void writeCanonical(SyncPlan plan, Set<String> without, OutputStream out) {
    Map<String, JsonText.Content> members = new TreeMap<>(members(plan, false));
    members.keySet().removeAll(without);
    try (Writer writer = new BufferedWriter(new OutputStreamWriter(out, UTF_8))) {
      new JsonText(writer)
          .object(
              json -> {
                for (var member : members.entrySet()) {
                  json.name(member.getKey());
                  member.getValue().write(json);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException("nothing can fail here", e);
    }
  }

  private static Map<String, JsonText.Content> members(SyncPlan plan, boolean forPeople) {
    Map<String, JsonText.Content> members = new LinkedHashMap<>();
    members.put("version", json -> json.literal(SyncPlan.VERSION));
    members.put("digest", json -> json.text(plan.digest()));
    String signature = plan.signature();
    if (signature != null) {
      members.put("signature", json -> json.text(signature));
    }
    members.put("account", json -> json.text(plan.account().value()));
    members.put("mode", json -> json.text(mode(plan.mode())));
    if (plan.mode() instanceof SyncMode.Owned owned) {
      members.put("owner", json -> json.text(owned.owner()));
    }
    members.put("read", json -> json.object(read(plan.accountRead())));
    members.put("counts", json -> json.object(counts(plan.counts())));
    members.put(
        "overrides",
        json ->
            json.array(
                items -> {
                  for (SafetyRule.Overridden override : plan.overrides()) {
                    item(items, forPeople)
                        .object(
                            each ->
                                each.member("rule", override.rule().name())
                                    .member("what", override.what()));
                  }
                }));
    members.put(
        "warnings",
        json ->
            json.array(
                items -> {
                  for (String warning : plan.warnings()) {
                    item(items, forPeople).text(warning);
                  }
                }));
    members.put(
        "changes",
        json ->
            json.array(
                items -> {
                  for (PolicyChange change : plan.changes()) {
                    item(items, forPeople).object(change(change));
                  }
                }));
    return members;
  }

  private static JsonText item(JsonText json, boolean forPeople) throws IOException {
    return forPeople ? json.line() : json;
  }

  private static String mode(SyncMode mode) {
    if (mode instanceof SyncMode.Upsert) {
      return "upsert";
    }
    return mode instanceof SyncMode.All ? "all" : "owned";
  }

  private static JsonText.Content read(AccountRead read) {
    return json ->
        json.member("complete", read.complete())
            .member("duplicates", read.duplicates())
            .member("ended_at", read.endedAt())
            .member("newest", read.newest())
            .member("pages", read.pages())
            .member("seen", read.seen())
            .member("started_at", read.startedAt())
            .member("traversal", read.traversal());
  }

  private static JsonText.Content counts(SyncPlan.Counts counts) {
    return json ->
        json.member("creates", counts.creates())
            .member("deletes", counts.deletes())
            .member("edits", counts.edits())
            .member("unchanged", counts.unchanged());
  }

  private static JsonText.Content change(PolicyChange change) {
    return json -> {
      if (change instanceof PolicyChange.Create create) {
        json.name("after").object(policy(create.policy())).member("change", "create");
      } else if (change instanceof PolicyChange.Edit edit) {
        json.name("after").object(policy(edit.edit()));
        json.name("before").object(policy(edit.before())).member("change", "edit");
      } else if (change instanceof PolicyChange.Delete delete) {
        json.name("before").object(policy(delete.before())).member("change", "delete");
      }
    };
  }

  private static JsonText.Content policy(NewAllowPolicy policy) {
    return json -> {
      json.member(PolicyField.COMMENTS, policy.comments());
      json.member(PolicyField.IS_ACCEPTABLE_SENDER, policy.isAcceptableSender());
      json.member(PolicyField.IS_EXEMPT_RECIPIENT, policy.isExemptRecipient());
      json.member(PolicyField.IS_REGEX, policy.isRegex());
      json.member(PolicyField.IS_TRUSTED_SENDER, policy.isTrustedSender());
      json.member(PolicyField.PATTERN, policy.pattern());
      json.member(PolicyField.PATTERN_TYPE, policy.patternType());
      json.member(PolicyField.VERIFY_SENDER, policy.verifySender());
    };
  }

  private static JsonText.Content policy(AllowPolicyEdit edit) {
    return json -> {
      if (edit.clearsComments()) {
        json.name(PolicyField.COMMENTS.apiName()).literal(null);
      }
      json.member(PolicyField.COMMENTS, edit.comments());
      json.member(PolicyField.IS_ACCEPTABLE_SENDER, edit.isAcceptableSender());
      json.member(PolicyField.IS_EXEMPT_RECIPIENT, edit.isExemptRecipient());
      json.member(PolicyField.IS_TRUSTED_SENDER, edit.isTrustedSender());
      json.member(PolicyField.VERIFY_SENDER, edit.verifySender());
    };
  }

  private static JsonText.Content policy(AllowPolicy policy) {
    return json -> {
      json.member(PolicyField.COMMENTS, policy.comments());
      json.member(PolicyField.CREATED_AT, policy.createdAt());
      json.member(PolicyField.ID, policy.id());
      json.member(PolicyField.IS_ACCEPTABLE_SENDER, policy.isAcceptableSender());
      json.member(PolicyField.IS_EXEMPT_RECIPIENT, policy.isExemptRecipient());
      json.member(PolicyField.IS_REGEX, policy.isRegex());
      json.member(PolicyField.IS_TRUSTED_SENDER, policy.isTrustedSender());
      json.member(PolicyField.MODIFIED_AT, policy.modifiedAt());
      json.member(PolicyField.PATTERN, policy.pattern());
      json.member(PolicyField.PATTERN_TYPE, policy.patternTypeName());
      json.member(PolicyField.VERIFY_SENDER, policy.verifySender());
    };
  }
}
