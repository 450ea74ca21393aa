package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.internal.http.Answers;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTextTest {
  private static final String LIVE_FIELDS =
      "\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,"
          + "\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
          + "\"is_exempt_recipient\":false,\"verify_sender\":true";
  private static final NewAllowPolicy NEW =
      NewAllowPolicy.builder()
          .pattern("a@b.example")
          .patternType(PatternType.EMAIL)
          .isRegex(false)
          .isTrustedSender(true)
          .isAcceptableSender(false)
          .isExemptRecipient(false)
          .verifySender(true)
          .build();

  @Test
  @SuppressWarnings("deprecation")
  void aLineHasTheFieldsThatThePolicyHasByTheNamesOfTheApi() throws IOException {
    AllowPolicy full =
        AllowPolicy.builder()
            .id(new PolicyId("p"))
            .createdAt(Instant.parse("2026-03-04T05:06:07.12345Z"))
            .modifiedAt(Instant.parse("2026-03-04T05:06:08Z"))
            .lastModified(Instant.parse("2026-03-04T05:06:09Z"))
            .pattern("a@b.example")
            .patternTypeName("ASN")
            .isRegex(false)
            .isTrustedSender(true)
            .isAcceptableSender(false)
            .isExemptRecipient(true)
            .verifySender(false)
            .isRecipient(true)
            .isSender(false)
            .isSpoof(true)
            .comments("tab\t\"é😀\"\n")
            .unknownField("risk", "{\"a\" :\r\n [1.50, \"x\"]}")
            .build();
    AllowPolicy minimal =
        AllowPolicy.builder().id(new PolicyId("m")).createdAt(Instant.EPOCH).build();

    assertThat(lines(List.of(full, minimal)))
        .isEqualTo(
            "{\"id\":\"p\",\"created_at\":\"2026-03-04T05:06:07.123450Z\","
                + "\"modified_at\":\"2026-03-04T05:06:08Z\","
                + "\"last_modified\":\"2026-03-04T05:06:09Z\",\"pattern\":\"a@b.example\","
                + "\"pattern_type\":\"ASN\",\"is_regex\":false,\"is_trusted_sender\":true,"
                + "\"is_acceptable_sender\":false,\"is_exempt_recipient\":true,"
                + "\"verify_sender\":false,\"is_recipient\":true,\"is_sender\":false,"
                + "\"is_spoof\":true,\"comments\":\"tab\\t\\\"é😀\\\"\\n\","
                + "\"risk\":{\"a\" :   [1.50, \"x\"]}}\n"
                + "{\"id\":\"m\",\"created_at\":\"1970-01-01T00:00:00Z\"}\n");
    assertThat(lines(List.of())).isEmpty();
  }

  @Test
  void everyPolicyReadsBackAsItWas() throws IOException {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      List<AllowPolicy> policies = RandomPolicies.list(random, random.nextInt(20));
      String text = lines(policies);
      assertThat(text.lines()).as("seed %d round %d", seed, round).hasSameSizeAs(policies);
      String body =
          "{\"success\":true,\"result\":[" + String.join(",", text.lines().toList()) + "]}";

      assertThat(
              ResponseReader.PAGE
                  .read(RandomPolicies.LIST, Answers.of(200, body))
                  .value()
                  .policies())
          .as("seed %d round %d", seed, round)
          .isEqualTo(policies);
    }
  }

  @Test
  void aFailureOfTheStreamComesAsItIs() {
    IOException full = new IOException("disk full");
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw full;
          }
        };
    List<AllowPolicy> policies = RandomPolicies.list(new Random(1), 1000);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> PolicyText.writeLines(policies, out))
        .isSameAs(full);
  }

  @Test
  void theStreamIsLeftOpen() throws IOException {
    boolean[] closed = {false};
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        };

    PolicyText.writeLines(RandomPolicies.list(new Random(1), 1), out);

    assertThat(closed[0]).isFalse();
  }

  @Test
  void aPolicyToCreateIsRead() {
    assertThat(parseNew("{" + LIVE_FIELDS + "}")).isEqualTo(NEW);
    assertThat(parseNew(" { " + LIVE_FIELDS + ",\"comments\":null}\n")).isEqualTo(NEW);
    assertThat(parseNew("{" + LIVE_FIELDS + ",\"comments\":\"é\"}").comments()).isEqualTo("é");
  }

  @Test
  void anExportedLineCanBeCreatedAgain() {
    String exported =
        "{\"id\":\"p\",\"created_at\":\"2026-03-04T05:06:07Z\",\"modified_at\":null,"
            + "\"last_modified\":\"2026-03-04T05:06:07Z\","
            + LIVE_FIELDS
            + ",\"is_recipient\":false,\"is_sender\":true,\"is_spoof\":false}";

    assertThat(parseNew(exported)).isEqualTo(NEW);
  }

  @Test
  void anEditIsReadWithItsThreeStatesOfComments() {
    assertThat(parseEdit("{" + LIVE_FIELDS + "}"))
        .isEqualTo(
            AllowPolicyEdit.builder()
                .pattern("a@b.example")
                .patternType(PatternType.EMAIL)
                .isRegex(false)
                .isTrustedSender(true)
                .isAcceptableSender(false)
                .isExemptRecipient(false)
                .verifySender(true)
                .build());
    assertThat(parseEdit("{\"comments\":null}"))
        .isEqualTo(AllowPolicyEdit.builder().clearComments().build());
    assertThat(parseEdit("{\"comments\":\"\"}"))
        .isEqualTo(AllowPolicyEdit.builder().comments("").build());
  }

  @Test
  void aBatchIsReadAndMissingArraysAreEmpty() {
    AllowPolicyBatch batch =
        parseBatch(
            "{\"posts\":[{"
                + LIVE_FIELDS
                + "}],\"puts\":[{\"id\":\"r\","
                + LIVE_FIELDS
                + "}],\"patches\":[{\"is_regex\":true,\"id\":7}],\"deletes\":[{\"id\":\"d\"}]}");

    assertThat(batch)
        .isEqualTo(
            AllowPolicyBatch.builder()
                .delete(new PolicyId("d"))
                .edit(new PolicyId("7"), AllowPolicyEdit.builder().isRegex(true).build())
                .replace(new PolicyId("r"), NEW)
                .create(NEW)
                .build());
    assertThat(parseBatch("{}").size()).isZero();
  }

  @Test
  void whatIsReadIsWhatIsSent() {
    String json =
        "{\"deletes\":[{\"id\":\"d\"}],\"patches\":[{\"id\":\"e\",\"comments\":null}],"
            + "\"puts\":[{\"id\":\"r\","
            + LIVE_FIELDS
            + "}],\"posts\":[{"
            + LIVE_FIELDS
            + ",\"comments\":\"c\"}]}";

    assertThat(new String(PolicyJson.write(parseBatch(json)), UTF_8)).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"pattern\":7}|the value must be text at /pattern (line 1, column 12)",
        "{\"is_regex\":\"x\"}|the value must be true or false at /is_regex (line 1, column 13)",
        "{\"is_regex\":null}|the value must be true or false at /is_regex (line 1, column 13)",
        "{\"pattern_type\":\"UNKNOWN\"}|pattern_type must be EMAIL, DOMAIN or IP at /pattern_type"
            + " (line 1, column 17)",
        "{\"pattern\":\"\"}|pattern must have 1 to 1024 characters, not 0 at /pattern"
            + " (line 1, column 12)",
        "{\"a\\nb\":1}|unknown field; there can be pattern, pattern_type, is_regex,"
            + " is_trusted_sender, is_acceptable_sender, is_exempt_recipient, verify_sender and"
            + " comments at /a b (line 1, column 9)",
        "[1]|the value must be an object (line 1, column 1)",
        "{}|a new allow policy needs pattern, pattern_type, is_regex, is_trusted_sender,"
            + " is_acceptable_sender, is_exempt_recipient, verify_sender (line 1, column 2)",
        "{\"pattern\":|not valid JSON: it ends too early (line 1, column 12)",
        "{\"pattern\":\"a\",\"pattern\":\"b\"}|not valid JSON: Duplicate Object property"
            + " \"pattern\" (line 1, column 25)",
      })
  void aSlipOfThePenIsRefusedWithItsPlace(String json, String message) {
    assertThatIllegalArgumentException().isThrownBy(() -> parseNew(json)).withMessage(message);
  }

  @Test
  void refusalsOfAWholePolicyNameItsPlaceInABatch() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                parseBatch(
                    "{\n \"posts\": [\n  {" + LIVE_FIELDS + "},\n  {\"comments\": null}\n ]\n}"))
        .withMessage(
            "a new allow policy needs pattern, pattern_type, is_regex, is_trusted_sender,"
                + " is_acceptable_sender, is_exempt_recipient, verify_sender at /posts/1"
                + " (line 4, column 20)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parseBatch("{\"patches\":[{\"id\":\"e\"}]}"))
        .withMessageStartingWith("an edit needs at least one field to change at /patches/0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parseBatch("{\"patches\":[{\"comments\":null}]}"))
        .withMessageStartingWith("an id is needed at /patches/0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parseBatch("{\"deletes\":[{\"id\":\"a\",\"x\":1}]}"))
        .withMessageStartingWith("unknown field; there can be id at /deletes/0/x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parseBatch("{\"delete\":[]}"))
        .withMessageStartingWith(
            "unknown field; there can be deletes, patches, puts and posts at /delete");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> parseBatch("{\"deletes\":[" + "{\"id\":1},".repeat(1000) + "{\"id\":1}]}"))
        .withMessageStartingWith("deletes of a batch must have at most 1000 items");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "created_at",
        "modified_at",
        "last_modified",
        "is_recipient",
        "is_sender",
        "is_spoof"
      })
  void anEditOfWhatCannotBeEditedIsRefused(String field) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parseEdit("{\"is_regex\":true,\"" + field + "\":\"x\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {" {}", "x", "]", ",", "}"})
  void textBehindTheEndIsRefused(String rest) {
    assertThatIllegalArgumentException().isThrownBy(() -> parseNew("{" + LIVE_FIELDS + "}" + rest));
  }

  @Test
  void brokenTextIsReadOrRefusedInOneLine() {
    long seed = 20261121;
    Random random = new Random(seed);
    String text =
        "{\"posts\":[{" + LIVE_FIELDS + "}],\"patches\":[{\"id\":\"e\",\"comments\":null}]}";
    List<String> refusals = new ArrayList<>();
    for (int round = 0; round < 30_000; round++) {
      byte[] json = Mutations.mutate(text.getBytes(UTF_8), random);
      try {
        PolicyText.parseBatch(json);
      } catch (IllegalArgumentException e) {
        refusals.add(e.getMessage());
      }
    }
    assertThat(refusals).hasSizeBetween(10_000, 29_999);
    assertThat(refusals)
        .allSatisfy(
            message ->
                assertThat(message)
                    .as("seed %d", seed)
                    .doesNotContainPattern("[\\p{Cc}\\u2028\\u2029]"));
  }

  private static String lines(List<AllowPolicy> policies) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PolicyText.writeLines(policies, out);
    return out.toString(UTF_8);
  }

  private static NewAllowPolicy parseNew(String json) {
    return PolicyText.parseNew(json.getBytes(UTF_8));
  }

  private static AllowPolicyEdit parseEdit(String json) {
    return PolicyText.parseEdit(json.getBytes(UTF_8));
  }

  private static AllowPolicyBatch parseBatch(String json) {
    return PolicyText.parseBatch(json.getBytes(UTF_8));
  }
}
