package dev.allowflux.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.internal.http.Answers;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.internal.json.RandomPolicies;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class PolicyNdjsonWriterTest {
  @Test
  void everyLineOfAFileOfManyAccountsBeginsWithItsAccount() throws IOException {
    AllowPolicy policy =
        AllowPolicy.builder()
            .id(new PolicyId("p"))
            .createdAt(Instant.EPOCH)
            .pattern("a.example")
            .build();
    PolicyNdjsonWriter plain =
        PolicyNdjsonWriter.of(List.of(PolicyField.PATTERN, PolicyField.COMMENTS));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    plain.withAccount(new AccountId("acc\"1")).write(List.of(policy, policy), out);
    plain.withAccount(new AccountId("b")).write(List.of(policy), out);
    plain.write(List.of(policy), out);
    PolicyNdjsonWriter.of(List.of(PolicyField.COMMENTS))
        .withAccount(new AccountId("c"))
        .write(List.of(policy), out);

    assertThat(out.toString(UTF_8))
        .isEqualTo(
            "{\"account_id\":\"acc\\\"1\",\"pattern\":\"a.example\"}\n".repeat(2)
                + "{\"account_id\":\"b\",\"pattern\":\"a.example\"}\n"
                + "{\"pattern\":\"a.example\"}\n"
                + "{\"account_id\":\"c\"}\n");
  }

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
        .isThrownBy(() -> PolicyNdjsonWriter.ofAllFields().write(policies, out))
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

    PolicyNdjsonWriter.ofAllFields().write(RandomPolicies.list(new Random(1), 1), out);

    assertThat(closed[0]).isFalse();
  }

  @Test
  void linesAreThoseThatJacksonWrites() throws IOException {
    long seed = 20261126;
    JsonFactory jackson = new JsonFactory();
    for (AllowPolicy policy : RandomPolicies.list(new Random(seed), 20_000)) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      try (JsonGenerator json =
          jackson.createGenerator(ObjectWriteContext.empty(), expected, JsonEncoding.UTF8)) {
        json.writeStartObject();
        for (PolicyField field : PolicyField.ofApi()) {
          Object value = field.of(policy);
          if (value instanceof Boolean flag) {
            json.writeBooleanProperty(field.apiName(), flag);
          } else if (value != null) {
            json.writeStringProperty(field.apiName(), value.toString());
          }
        }
        policy.unknownFields().forEach((name, value) -> json.writeName(name).writeRawValue(value));
        json.writeEndObject();
      }
      assertThat(lines(List.of(policy)))
          .as("seed %d", seed)
          .isEqualTo(expected.toString(UTF_8) + "\n");
    }
  }

  @Test
  void aLonelySurrogateIsEscaped() throws IOException {
    PolicyNdjsonWriter writer = PolicyNdjsonWriter.of(List.of(PolicyField.PATTERN));
    assertThat(lines(writer, List.of(policy("\ud83d"), policy("\ude80a"))))
        .isEqualTo("{\"pattern\":\"\\uD83D\"}\n{\"pattern\":\"\\uDE80a\"}\n");
  }

  @Test
  void chosenFieldsComeAloneAndInTheirOrder() throws IOException {
    List<PolicyField> fields = List.of(PolicyField.PATTERN, PolicyField.ID, PolicyField.COMMENTS);
    assertThat(lines(PolicyNdjsonWriter.of(fields), List.of(policy("a.example"))))
        .isEqualTo("{\"pattern\":\"a.example\",\"id\":\"7\"}\n");
    assertThat(
            lines(
                PolicyNdjsonWriter.of(List.of(PolicyField.VERIFY_SENDER)),
                List.of(policy("a.example"))))
        .isEqualTo("{}\n");
  }

  private static AllowPolicy policy(String pattern) {
    return AllowPolicy.builder()
        .id(new PolicyId("7"))
        .createdAt(Instant.EPOCH)
        .pattern(pattern)
        .unknownField("new", "1")
        .build();
  }

  private static String lines(List<AllowPolicy> policies) throws IOException {
    return lines(PolicyNdjsonWriter.ofAllFields(), policies);
  }

  private static String lines(PolicyNdjsonWriter writer, List<AllowPolicy> policies)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(policies, out);
    return out.toString(UTF_8);
  }
}
