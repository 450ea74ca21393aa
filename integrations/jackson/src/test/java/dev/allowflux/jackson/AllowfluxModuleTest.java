package dev.allowflux.jackson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.InputException;
import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.RateLimit;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

class AllowfluxModuleTest {
  private static final JsonMapper JSON = JsonMapper.builder().findAndAddModules().build();

  private static final AllowPolicy POLICY =
      AllowPolicy.builder()
          .id(new PolicyId("p-1"))
          .createdAt(Instant.parse("2026-03-04T05:06:07Z"))
          .modifiedAt(Instant.parse("2026-03-05T05:06:07.123456Z"))
          .pattern("größe@b.example")
          .patternTypeName("EMAIL")
          .isRegex(false)
          .isTrustedSender(true)
          .comments("two\nlines \"quoted\"")
          .unknownField("score", "{\"of\":[1,2.5,null]}")
          .build();

  private static final NewAllowPolicy NEW =
      NewAllowPolicy.builder()
          .pattern("supplier.example")
          .patternType(PatternType.DOMAIN)
          .isRegex(false)
          .isTrustedSender(false)
          .isAcceptableSender(true)
          .isExemptRecipient(false)
          .verifySender(true)
          .comments("a supplier")
          .build();

  private static final TraversalReport REPORT =
      TraversalReport.builder().expected(7L).seen(5).matched(4).pages(2).drift(true).build();

  private static final TraversalPosition POSITION =
      new TraversalPosition(
          Instant.parse("2026-03-04T05:06:07Z"),
          Set.of(new PolicyId("p-1")),
          3,
          null,
          false,
          REPORT);

  static Stream<Object> values() {
    return Stream.of(
        POLICY,
        NEW,
        AllowPolicyEdit.builder().clearComments().verifySender(false).build(),
        AllowPolicyBatch.builder()
            .delete(new PolicyId("d"))
            .edit(new PolicyId("e"), AllowPolicyEdit.builder().comments("x").build())
            .replace(new PolicyId("r"), NEW)
            .create(NEW)
            .build(),
        new BatchResult(
            List.of(new PolicyId("d")), List.of(POLICY), List.of(), List.of(POLICY, POLICY)),
        new PolicyId("p-1"),
        new AccountId("acc"),
        POSITION,
        REPORT,
        Page.builder(List.of(POLICY), REPORT).number(2).perPage(50).position(POSITION).build(),
        new ApiError(
            1003,
            "no such policy",
            "/id",
            null,
            List.of(new ApiError(7, "behind", null, null, List.of()))),
        new RateLimit("default", 12, Duration.ofSeconds(90), 1200L, Duration.ofMinutes(5)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyValueComesBackAsItWas(Object value) {
    assertThat((Object) JSON.readValue(JSON.writeValueAsBytes(value), value.getClass()))
        .isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyValueComesBackFromATreeAsItWas(Object value) {
    JsonNode tree = JSON.valueToTree(value);

    assertThat((Object) JSON.treeToValue(tree, value.getClass())).isEqualTo(value);
    assertThat(tree.toString()).isEqualTo(JSON.writeValueAsString(value));
  }

  @Test
  void policiesAreWhatTheCodecOfTheLibraryWrites() {
    assertThat(JSON.writeValueAsBytes(POLICY)).isEqualTo(PolicyJson.write(POLICY));
    assertThat(JSON.writeValueAsString(List.of(POLICY)))
        .isEqualTo("[" + new String(PolicyJson.write(POLICY), UTF_8) + "]");
    assertThat(JSON.writeValueAsBytes(NEW)).isEqualTo(PolicyJson.write(NEW));
  }

  @Test
  void rulesOfTheOutputHoldForPoliciesToo() {
    String pretty =
        JSON.rebuild()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writeValueAsString(Map.of("policy", POLICY));

    assertThat(pretty).contains("\n    \"id\" : \"p-1\"").contains("gr\\u00F6\\u00DFe@b.example");
    assertThat(JSON.readTree(pretty).get("policy").toString())
        .isEqualTo(JSON.writeValueAsString(POLICY));
  }

  @Test
  void idsAreKeysOfAMap() {
    Map<PolicyId, AccountId> map = Map.of(new PolicyId("p-1"), new AccountId("acc"));

    String json = JSON.writeValueAsString(map);

    assertThat(json).isEqualTo("{\"p-1\":\"acc\"}");
    assertThat(JSON.readValue(json, new TypeReference<Map<PolicyId, AccountId>>() {}))
        .isEqualTo(map);
  }

  @Test
  void aResultHasWhatCameBesideItsValue() {
    ApiResult<AllowPolicy> result =
        new ApiResult<>(POLICY, 200, List.of(), "8f00-SIM", null, List.of("comments trimmed"));

    String json = JSON.writeValueAsString(result);

    assertThat(json).contains("\"cf_ray\":\"8f00-SIM\"").doesNotContain("rate_limit");
    assertThat(JSON.readValue(json, new TypeReference<ApiResult<AllowPolicy>>() {}))
        .isEqualTo(result);
  }

  @Test
  void aPlanIsOneLineWithItsDigest() {
    SyncPlan plan =
        SyncPlan.builder(
                new AccountId("acc"),
                new SyncMode.Upsert(),
                new AccountRead(Instant.EPOCH, Instant.EPOCH, null, "COMPLETE", true, 0, 0, 1))
            .build();

    String json = JSON.writeValueAsString(plan);

    assertThat(json).doesNotContain("\n");
    assertThat(JSON.readTree(json).get("digest").asString()).isEqualTo(plan.digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"pattern\":7}| pattern| the value must be text",
        "{\"verify_sendr\":true}| verify_sendr| did you mean verify_sender?",
        "{\"is_regex\":false,\"is_regex\":true}|| Duplicate",
        "{\"pattern_type\":\"ASN\"}| pattern_type| must be EMAIL, DOMAIN or IP",
        "{\"pattern\":\"a.example\"}|| a new allow policy needs pattern_type, is_regex",
        "[]|| the value must be an object",
      })
  void aPolicyThatCannotBeCreatedIsRefusedWithTheNameOfTheField(
      String json, String path, String message) {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(() -> JSON.readValue("{\"wrap\":" + json + "}", Wrapped.class))
        .withMessageContaining(message)
        .withCauseInstanceOf(InputException.class)
        .satisfies(
            e ->
                assertThat(e.getPath().stream().map(step -> step.getPropertyName()))
                    .containsExactlyElementsOf(
                        path == null ? List.of("wrap") : List.of("wrap", path)));
  }

  record Wrapped(NewAllowPolicy wrap) {}

  @Test
  void anItemOfABatchIsNamedByItsIndex() {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(
            () ->
                JSON.readValue(
                    "{\"deletes\":[{\"id\":\"a\"},{\"id\":{}}]}", AllowPolicyBatch.class))
        .satisfies(
            e -> assertThat(e.getPathReference()).contains("[\"deletes\"]", "[1]", "[\"id\"]"));
  }

  @Test
  void anEditThatChangesAReadOnlyFieldIsRefused() {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(() -> JSON.readValue("{\"created_at\":\"x\"}", AllowPolicyEdit.class))
        .withMessageContaining("created_at cannot be changed");
  }

  @Test
  void anIdThatIsNoneIsRefused() {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(() -> JSON.readValue("\"..\"", PolicyId.class))
        .withMessageContaining("policy id must not be");
  }
}
