package dev.allowflux.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What docs/query.md says. */
class GuideTest {
  private static final Path GUIDE = Path.of("..", "..", "docs", "query.md");

  @Test
  void theSampleOfTheGuideRuns() throws IOException {
    AccountId account = Policies.ACCOUNT;
    List<AllowPolicy> policies = List.of(Policies.policy(1, "DOMAIN", "a.example"));
    String sql = "SELECT pattern FROM allow_policies";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PolicyDatabase database = PolicyDatabase.create()) {
      database.add(account, policies);
      try (QueryRows rows = database.query(PolicyQuery.of(sql))) {
        RowWriter text = RowWriter.csv(rows.columns());
        for (List<Object> row = rows.next(); row != null; row = rows.next()) {
          text.write(List.of(row), out);
        }
      }
    }
    assertThat(out.toString(UTF_8)).isEqualTo("pattern\r\na.example\r\n");
  }

  @Test
  void theGuideHasTheNamedQueriesAndAllColumns() throws IOException {
    String guide = Files.readString(GUIDE);
    for (NamedQuery named : NamedQuery.values()) {
      assertThat(guide).contains("`--named " + named + "`", "```sql\n" + named.sql() + "\n```");
    }
    assertThat(Arrays.stream(PolicyField.values()).map(field -> "`" + field.apiName() + "`"))
        .allMatch(guide::contains);
  }
}
