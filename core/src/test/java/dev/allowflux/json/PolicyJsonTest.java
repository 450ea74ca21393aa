package dev.allowflux.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.InputException;
import dev.allowflux.internal.json.Mutations;
import dev.allowflux.internal.json.RandomPolicies;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyJsonTest {
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
  void theResultOfABatchIsWrittenAndReadBackWhole() {
    long seed = System.nanoTime();
    List<AllowPolicy> policies = RandomPolicies.list(new Random(seed), 9);
    BatchResult result =
        new BatchResult(
            List.of(new PolicyId("a"), new PolicyId("b")),
            policies.subList(0, 2),
            policies.subList(2, 3),
            policies.subList(3, 9));

    assertThat(PolicyJson.readBatchResult(PolicyJson.write(result)))
        .as("seed %d", seed)
        .isEqualTo(result);
    BatchResult empty = new BatchResult(List.of(), List.of(), List.of(), List.of());
    assertThat(new String(PolicyJson.write(empty), UTF_8))
        .isEqualTo("{\"deletes\":[],\"patches\":[],\"puts\":[],\"posts\":[]}");
  }

  @Test
  void whatIsWrongHasItsPointer() {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> PolicyJson.readBatch("{\"patches\":[{\"comments\":7}]}".getBytes(UTF_8)))
        .satisfies(
            e ->
                assertThat(e.in("request").problems().get(0).pointer())
                    .isEqualTo("/patches/0/comments"));
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
        "{\"pattern\":7}|line 1, column 12: the value must be text (at /pattern)",
        "{\"is_regex\":\"x\"}|line 1, column 13: the value must be true or false (at /is_regex)",
        "{\"is_regex\":null}|line 1, column 13: the value must be true or false (at /is_regex)",
        "{\"pattern_type\":\"UNKNOWN\"}|line 1, column 17: pattern_type must be EMAIL, DOMAIN or IP"
            + " (at /pattern_type)",
        "{\"pattern\":\"\"}|line 1, column 12: pattern must have 1 to 1024 characters, not 0"
            + " (at /pattern)",
        "{\"a\\nb\":1}|line 1, column 9: unknown field a b; there can be pattern, pattern_type,"
            + " is_regex, is_trusted_sender, is_acceptable_sender, is_exempt_recipient,"
            + " verify_sender, comments (at /a b)",
        "{\"verifySendr\":true}|line 1, column 16: unknown field verifySendr; did you mean"
            + " verify_sender? (at /verifySendr)",
        "[1]|line 1, column 1: the value must be an object",
        "{}|line 1, column 2: a new allow policy needs pattern, pattern_type, is_regex,"
            + " is_trusted_sender, is_acceptable_sender, is_exempt_recipient, verify_sender",
        "{\"pattern\":|line 1, column 12: not valid JSON: it ends too early",
        "{\"pattern\":\"a\",\"pattern\":\"b\"}|line 1, column 25: not valid JSON: Duplicate Object"
            + " property \"pattern\"",
      })
  void aSlipOfThePenIsRefusedWithItsPlace(String json, String message) {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseNew(json))
        .withMessage(message);
  }

  @Test
  void refusalsOfAWholePolicyNameItsPlaceInABatch() {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(
            () ->
                parseBatch(
                    "{\n \"posts\": [\n  {" + LIVE_FIELDS + "},\n  {\"comments\": null}\n ]\n}"))
        .withMessage(
            "line 4, column 20: a new allow policy needs pattern, pattern_type, is_regex,"
                + " is_trusted_sender, is_acceptable_sender, is_exempt_recipient, verify_sender"
                + " (at /posts/1)");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseBatch("{\"patches\":[{\"id\":\"e\"}]}"))
        .withMessageContaining("an edit needs at least one field to change (at /patches/0)");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseBatch("{\"patches\":[{\"comments\":null}]}"))
        .withMessageContaining("an id is needed (at /patches/0)");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseBatch("{\"deletes\":[{\"id\":\"a\",\"x\":1}]}"))
        .withMessageContaining("unknown field x; there can be id (at /deletes/0/x)");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseBatch("{\"delete\":[]}"))
        .withMessageContaining("unknown field delete; did you mean deletes? (at /delete)");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(
            () -> parseBatch("{\"deletes\":[" + "{\"id\":1},".repeat(1000) + "{\"id\":1}]}"))
        .withMessageContaining("deletes of a batch must have at most 1000 items");
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
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseEdit("{\"is_regex\":true,\"" + field + "\":\"x\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {" {}", "x", "]", ",", "}"})
  void textBehindTheEndIsRefused(String rest) {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseNew("{" + LIVE_FIELDS + "}" + rest));
  }

  @Test
  void everyPolicyReadsBackAsItWas() {
    long seed = 20261126;
    Random random = new Random(seed);
    for (AllowPolicy policy : RandomPolicies.list(random, 2_000)) {
      assertThat(PolicyJson.readPolicy(PolicyJson.write(policy)))
          .as("seed %d", seed)
          .isEqualTo(policy);
    }
  }

  @Test
  void whatIsNoPolicyIsRefusedInOneLine() {
    byte[] whole = "{\"id\":\"p\",\"created_at\":\"2026-03-04T05:06:07Z\"}".getBytes(UTF_8);
    assertThat(PolicyJson.readPolicy(whole).id()).isEqualTo(new PolicyId("p"));
    for (int end = 0; end < whole.length; end++) {
      byte[] part = Arrays.copyOf(whole, end);
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(() -> PolicyJson.readPolicy(part))
          .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
  }

  @Test
  void aRefusalNamesTheFileThatItIsGiven() {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parseNew("[1]"))
        .satisfies(
            e ->
                assertThat(e.in("a\u001b.json"))
                    .hasMessage("a\ufffd.json:1:1: the value must be an object"));
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
        PolicyJson.readBatch(json);
      } catch (InputException e) {
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

  private static NewAllowPolicy parseNew(String json) {
    return PolicyJson.readNew(json.getBytes(UTF_8));
  }

  private static AllowPolicyEdit parseEdit(String json) {
    return PolicyJson.readEdit(json.getBytes(UTF_8));
  }

  private static AllowPolicyBatch parseBatch(String json) {
    return PolicyJson.readBatch(json.getBytes(UTF_8));
  }
}
