package dev.allowflux.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PatternType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What need not be fetched for a query. */
@Timeout(120)
class SelectionTest {
  @TempDir Path folder;

  private static AllowPolicyFilter filter(String sql) {
    return PolicyQuery.of(sql).filter();
  }

  @Test
  void conditionsThatTheServiceHasAFilterForAreUsed() {
    assertThat(
            filter(
                "SELECT count(*) FROM cloudflare.email_security.allow_policies AS p WHERE"
                    + " p.pattern_type = 'EMAIL' AND is_trusted_sender AND NOT p.verify_sender AND"
                    + " is_acceptable_sender = 'false' AND is_exempt_recipient IS FALSE AND pattern"
                    + " = 'it''s' AND length(comments) > 3 GROUP BY owner"))
        .isEqualTo(
            AllowPolicyFilter.builder()
                .patternType(PatternType.EMAIL)
                .isTrustedSender(true)
                .verifySender(false)
                .isAcceptableSender(false)
                .isExemptRecipient(false)
                .pattern("it's")
                .build());
    assertThat(PolicyQuery.of("SELECT 1 FROM allow_policies WHERE account_id = 'abc'").account())
        .hasToString("abc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM allow_policies",
        "SELECT * FROM allow_policies WHERE verify_sender OR is_trusted_sender",
        "SELECT * FROM allow_policies WHERE pattern_type = 'email'",
        "SELECT * FROM allow_policies WHERE pattern_type <> 'EMAIL'",
        "SELECT * FROM allow_policies WHERE (verify_sender)",
        "SELECT * FROM allow_policies WHERE verify_sender IS NOT TRUE",
        "SELECT * FROM allow_policies WHERE NOT verify_sender = TRUE",
        "SELECT * FROM allow_policies WHERE TRUE BETWEEN FALSE AND verify_sender",
        "SELECT * FROM allow_policies WHERE CASE WHEN TRUE AND verify_sender AND TRUE THEN TRUE"
            + " END",
        "SELECT * FROM allow_policies WHERE ARRAY[TRUE AND verify_sender AND TRUE][1]",
        "SELECT * FROM allow_policies a, allow_policies b WHERE a.verify_sender",
        "SELECT * FROM allow_policies a JOIN allow_policies b ON a.id = b.id WHERE a.verify_sender",
        "SELECT * FROM allow_policies WHERE verify_sender UNION SELECT * FROM allow_policies",
        "SELECT * FROM allow_policies WHERE id IN (SELECT id FROM allow_policies)"
            + " AND verify_sender",
        "SELECT (SELECT count(*) FROM allow_policies) FROM allow_policies WHERE verify_sender",
        "WITH x AS (SELECT * FROM allow_policies) SELECT * FROM x WHERE verify_sender",
        "SELECT * FROM other WHERE verify_sender",
        "SELECT * FROM allow_policies GROUP BY verify_sender HAVING verify_sender",
      })
  void whereItIsNotCertainAllPoliciesAreFetched(String sql) {
    assertThat(filter(sql)).isEqualTo(AllowPolicyFilter.all());
    assertThat(PolicyQuery.of(sql).account()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "SELECT * FROM allow_policies LIMIT 5, 5",
    "'SELECT id, p.pattern AS x FROM allow_policies p LIMIT 5 OFFSET 10', 15",
    "SELECT count(*) FROM allow_policies LIMIT 5, -1",
    "SELECT DISTINCT owner FROM allow_policies LIMIT 5, -1",
    "SELECT id FROM allow_policies ORDER BY id LIMIT 5, -1",
    "SELECT id FROM allow_policies WHERE verify_sender LIMIT 5, -1",
    "SELECT id FROM allow_policies GROUP BY id LIMIT 5, -1",
    "SELECT id FROM allow_policies, -1",
    "SELECT a.id FROM allow_policies a JOIN allow_policies b LIMIT 5, -1",
  })
  void aLimitAloneNeedsNoMorePolicies(String sql, long enough) {
    assertThat(PolicyQuery.of(sql).enough().orElse(-1)).isEqualTo(enough);
  }

  /** The result must be the same from the policies that pass the filter as from all of them. */
  @Test
  void theFilterChangesNoResult() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<AllowPolicy> policies = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      policies.add(
          Policies.builder(
                  i, pick(random, "EMAIL", "DOMAIN", "IP", "email"), pick(random, "a", "b"))
              .verifySender(flag(random))
              .isTrustedSender(flag(random))
              .build());
    }
    try (PolicyDatabase all = Policies.database(folder, policies)) {
      for (int i = 0; i < 60; i++) {
        String sql = query(random);
        AllowPolicyFilter filter = filter(sql);
        try (PolicyDatabase some =
            Policies.database(folder, policies.stream().filter(filter::matches).toList())) {
          assertThat(Policies.rows(some, sql))
              .as("seed %d: %s", seed, sql)
              .isEqualTo(Policies.rows(all, sql));
        }
      }
    }
  }

  private static String query(Random random) {
    StringBuilder where = new StringBuilder();
    int conditions = 1 + random.nextInt(3);
    for (int i = 0; i < conditions; i++) {
      String condition =
          pick(
              random,
              "verify_sender",
              "NOT verify_sender",
              "p.is_trusted_sender = TRUE",
              "is_trusted_sender = 'false'",
              "verify_sender IS NOT FALSE",
              "pattern_type = 'EMAIL'",
              "pattern_type = 'email'",
              "pattern = 'a'",
              "(verify_sender OR pattern = 'b')",
              "id BETWEEN 'id-1' AND 'id-3'");
      where.append(i == 0 ? "" : pick(random, " AND ", " AND ", " OR ")).append(condition);
    }
    return "SELECT id, verify_sender FROM allow_policies p WHERE " + where + " ORDER BY id";
  }

  private static Boolean flag(Random random) {
    return List.of(Boolean.TRUE, Boolean.FALSE).get(random.nextInt(2));
  }

  private static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
