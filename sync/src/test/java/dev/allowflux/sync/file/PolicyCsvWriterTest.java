package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PolicyCsvWriterTest {
  private static final List<PolicyField> ALL = PolicyField.ofApi();

  @Test
  void everyCellComesBackToTheLetter() throws IOException {
    long seed = new Random().nextLong();
    List<AllowPolicy> page = Stream.generate(new RandomPolicies(seed)::next).limit(2_000).toList();

    List<CsvRecord> rows =
        CsvReader.builder().ofCsvRecord(text(PolicyCsvWriter.of(ALL), page)).stream().toList();

    assertThat(rows).hasSize(page.size() + 1);
    for (int i = 0; i < page.size(); i++) {
      AllowPolicy policy = page.get(i);
      assertThat(rows.get(i + 1).getFields())
          .as("seed %d, row %d", seed, i)
          .isEqualTo(
              ALL.stream()
                  .map(field -> field.of(policy))
                  .map(value -> value == null ? "" : value.toString())
                  .toList());
    }
  }

  @Test
  void chosenFieldsComeInTheirOrder() throws IOException {
    List<PolicyField> fields = List.of(PolicyField.PATTERN, PolicyField.ID, PolicyField.COMMENTS);

    assertThat(text(PolicyCsvWriter.of(fields), List.of(policy("7", "a.example"))))
        .isEqualTo("pattern,id,comments\r\na.example,7,\r\n");
  }

  @Test
  void everyLineOfAFileOfManyAccountsBeginsWithItsAccount() throws IOException {
    List<AllowPolicy> page = List.of(policy("7", "a.example"));
    List<PolicyField> fields = List.of(PolicyField.ID, PolicyField.PATTERN);

    assertThat(text(PolicyCsvWriter.of(fields).withAccount(new AccountId("a,1")), page))
        .isEqualTo("account_id,id,pattern\r\n\"a,1\",7,a.example\r\n");
    assertThat(text(PolicyCsvWriter.continuing(fields).withAccount(new AccountId("b")), page))
        .isEqualTo("b,7,a.example\r\n");
  }

  @Test
  void theHeaderStandsOnce() throws IOException {
    PolicyCsvWriter writer = PolicyCsvWriter.of(List.of(PolicyField.ID));

    assertThat(text(writer, List.of())).isEqualTo("id\r\n");
    assertThat(text(writer, List.of(policy("1", "")))).isEqualTo("1\r\n");
    assertThat(text(PolicyCsvWriter.continuing(List.of(PolicyField.ID)), List.of(policy("1", ""))))
        .isEqualTo("1\r\n");
  }

  private static AllowPolicy policy(String id, String pattern) {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(Instant.EPOCH)
        .pattern(pattern)
        .build();
  }

  private static String text(PolicyCsvWriter writer, List<AllowPolicy> page) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(page, out);
    return out.toString(UTF_8);
  }
}
