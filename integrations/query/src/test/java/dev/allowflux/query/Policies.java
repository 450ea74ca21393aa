package dev.allowflux.query;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Policies and databases for tests. */
final class Policies {
  static final AccountId ACCOUNT = new AccountId("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a");

  private Policies() {}

  static AllowPolicy policy(int number, String type, String pattern) {
    return builder(number, type, pattern).build();
  }

  static AllowPolicy.Builder builder(int number, String type, String pattern) {
    return AllowPolicy.builder()
        .id(new PolicyId("id-" + number))
        .createdAt(Instant.parse("2026-03-01T10:00:00.123456Z").plusSeconds(number))
        .pattern(pattern)
        .patternTypeName(type)
        .isRegex(false)
        .isAcceptableSender(true)
        .isTrustedSender(false)
        .isExemptRecipient(false)
        .verifySender(true);
  }

  static PolicyDatabase database(Path folder, List<AllowPolicy> policies) throws IOException {
    PolicyDatabase database = PolicyDatabase.create(folder, Policies.class.getClassLoader());
    database.add(ACCOUNT, policies);
    return database;
  }

  /** Two of them are the same but for case; one has an owner, and expires in a far future. */
  static PolicyDatabase ofThree(Path folder) throws IOException {
    return database(
        folder,
        List.of(
            policy(1, "DOMAIN", "a.example"),
            builder(2, "EMAIL", "b@b.example")
                .verifySender(false)
                .comments("it's [allowflux:owner=team-a expires=2999-12-31]")
                .build(),
            policy(3, "DOMAIN", "A.example")));
  }

  /** Runs a query and returns each row as its values, joined by a bar. */
  static List<String> rows(PolicyDatabase database, String sql) throws IOException {
    List<String> all = new ArrayList<>();
    try (QueryRows rows = database.query(PolicyQuery.of(sql))) {
      for (List<?> row = rows.next(); row != null; row = rows.next()) {
        all.add(String.join("|", row.stream().map(String::valueOf).toList()));
      }
    }
    return all;
  }
}
