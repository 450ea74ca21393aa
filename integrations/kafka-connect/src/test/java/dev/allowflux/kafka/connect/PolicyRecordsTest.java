package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

/** The schemas, which others build upon: a change here is a new version. */
class PolicyRecordsTest {

  private static final String POLICY =
      """
      {"id":"11111111-2222-3333-4444-555555555555","created_at":"2026-01-02T03:04:05.678901Z",\
      "last_modified":"2026-01-02T03:04:05Z","pattern":"a@b.example","pattern_type":"EMAIL",\
      "is_regex":false,"is_trusted_sender":true,"comments":"für","later":{"x":[1,2]}}\
      """;

  private static AllowPolicy policy() {
    return PolicyJson.readPolicy(POLICY.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String text(Schema schema) {
    return schema.fields().stream()
        .map(PolicyRecordsTest::text)
        .collect(Collectors.joining(" ", schema.name() + " " + schema.version() + ": ", ""));
  }

  private static String text(Field field) {
    Schema schema = field.schema();
    return field.name()
        + ":"
        + (schema.name() == null ? schema.type().getName() : schema.name())
        + (schema.isOptional() ? "?" : "");
  }

  @Test
  void theSchemasAreThoseOfVersionOne() {
    assertThat(text(PolicyRecords.KEY))
        .isEqualTo("dev.allowflux.AllowPolicyKey 1: account:string id:string");
    String time = "org.apache.kafka.connect.data.Timestamp";
    assertThat(text(PolicyRecords.VALUE))
        .isEqualTo(
            "dev.allowflux.AllowPolicy 1: id:string created_at:"
                + time
                + " modified_at:"
                + time
                + "? last_modified:"
                + time
                + "? pattern:string? pattern_type:string? is_regex:boolean?"
                + " is_trusted_sender:boolean? is_acceptable_sender:boolean?"
                + " is_exempt_recipient:boolean? verify_sender:boolean? is_recipient:boolean?"
                + " is_sender:boolean? is_spoof:boolean? comments:string? unknown_fields:map");
  }

  /** Avro: letters, digits and underscores, not a digit first. Protobuf: the same, and no dots. */
  @Test
  void namesAndTypesAreThoseThatAvroAndProtobufAccept() {
    for (Schema schema : new Schema[] {PolicyRecords.KEY, PolicyRecords.VALUE}) {
      assertThat(schema.name().split("\\."))
          .allSatisfy(part -> assertThat(part).matches("[A-Za-z_][A-Za-z0-9_]*"));
      assertThat(schema.fields())
          .allSatisfy(field -> assertThat(field.name()).matches("[A-Za-z][A-Za-z0-9_]*"));
      for (Field field : schema.fields()) {
        // A map whose keys are not text is an array of pairs in Avro; a default must be null.
        assertThat(field.schema().defaultValue()).isNull();
        if (field.schema().type() == Schema.Type.MAP) {
          assertThat(field.schema().keySchema().type()).isEqualTo(Schema.Type.STRING);
        }
      }
      // Protobuf takes names that differ in case or underscores for one in JSON.
      assertThat(
              schema.fields().stream().map(f -> f.name().replace("_", "").toLowerCase(Locale.ROOT)))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void everyFieldIsInTheValueAndUnknownOnesAreKept() {
    Struct value = PolicyRecords.value(policy());
    value.validate();
    assertThat(value.get("created_at"))
        .isEqualTo(Date.from(Instant.parse("2026-01-02T03:04:05.678Z")));
    assertThat(value.get("last_modified"))
        .isEqualTo(Date.from(Instant.parse("2026-01-02T03:04:05Z")));
    assertThat(value.get("modified_at")).isNull();
    assertThat(value.get("pattern")).isEqualTo("a@b.example");
    assertThat(value.get("is_trusted_sender")).isEqualTo(true);
    assertThat(value.get("verify_sender")).isNull();
    assertThat(value.get("comments")).isEqualTo("für");
    assertThat(value.getMap("unknown_fields")).isEqualTo(Map.of("later", "{\"x\":[1,2]}"));
  }

  @Test
  void jsonConverterReadsBackWhatItWrites() {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", "true"), false);
      Struct value = PolicyRecords.value(policy());
      byte[] json = converter.fromConnectData("t", PolicyRecords.VALUE, value);
      SchemaAndValue back = converter.toConnectData("t", json);
      assertThat(back.schema()).isEqualTo(PolicyRecords.VALUE);
      assertThat(back.value()).isEqualTo(value);
    }
  }

  @Test
  void keyIsTheAccountAndTheId() {
    Struct key = PolicyRecords.key(new AccountId("acc"), "id1");
    key.validate();
    assertThat(key.getString("account") + "/" + key.getString("id")).isEqualTo("acc/id1");
  }
}
