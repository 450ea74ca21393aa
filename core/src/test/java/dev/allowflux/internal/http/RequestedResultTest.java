package dev.allowflux.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response counts only as far as it says what was requested. */
class RequestedResultTest {
  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final PolicyId ID = new PolicyId("p1");
  private static final AllowPolicyEdit EDIT =
      AllowPolicyEdit.builder().isTrustedSender(true).comments("new").build();

  private static NewAllowPolicy policy(String pattern) {
    return NewAllowPolicy.builder()
        .pattern(pattern)
        .patternType(PatternType.DOMAIN)
        .isRegex(false)
        .isTrustedSender(true)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true)
        .build();
  }

  private static String stored(String id, String fields) {
    return "{\"id\":\""
        + id
        + "\",\"created_at\":\"2026-01-01T00:00:00Z\""
        + (fields.isEmpty() ? "" : ",")
        + fields
        + "}";
  }

  private static String created(String id, String pattern) {
    return stored(
        id,
        "\"pattern\":\""
            + pattern
            + "\",\"pattern_type\":\"DOMAIN\",\"is_regex\":false,\"is_trusted_sender\":true,"
            + "\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,"
            + "\"verify_sender\":true");
  }

  private static <T> ApiResult<T> read(
      ResponseReader<T> reader, ApiRequest request, String result) {
    return reader.read(
        request, Answers.of(200, "{\"success\":true,\"errors\":[],\"result\":" + result + "}"));
  }

  private static <T> Malformed malformed(
      ResponseReader<T> reader, ApiRequest request, String result) {
    Malformed[] failure = new Malformed[1];
    assertThatExceptionOfType(Malformed.class)
        .as(result)
        .isThrownBy(() -> read(reader, request, result))
        .satisfies(thrown -> failure[0] = thrown);
    assertThat(failure[0].isWellFormed()).isTrue();
    return failure[0];
  }

  @Test
  void aGetThatBringsAnotherPolicyIsMalformed() {
    ApiRequest get = ApiCalls.get(ACCOUNT, ID);
    assertThat(read(ResponseReader.get(ID), get, stored("p1", "")).value().id()).isEqualTo(ID);
    assertThat(malformed(ResponseReader.get(ID), get, stored("p2", "")))
        .hasMessageContaining("the result is policy p2 and not p1");
  }

  @Test
  void aDeletionOfAnotherPolicyIsMalformed() {
    ApiRequest delete = ApiCalls.delete(ACCOUNT, ID);
    assertThat(read(ResponseReader.delete(ID), delete, "{\"id\":\"p1\"}").value()).isEqualTo(ID);
    malformed(ResponseReader.delete(ID), delete, "{\"id\":\"p2\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"is_trusted_sender\":false,\"comments\":\"new\"",
        "\"is_trusted_sender\":true,\"comments\":\"old\"",
        "\"is_trusted_sender\":true,\"comments\":\"new and more\"",
      })
  void anEditThatContradictsIsMalformed(String fields) {
    malformed(
        ResponseReader.edit(ID, EDIT), ApiCalls.edit(ACCOUNT, ID, EDIT), stored("p1", fields));
  }

  @Test
  void anEditOfAnotherPolicyIsMalformed() {
    malformed(
        ResponseReader.edit(ID, EDIT),
        ApiCalls.edit(ACCOUNT, ID, EDIT),
        stored("p2", "\"is_trusted_sender\":true,\"comments\":\"new\""));
  }

  @Test
  void whatAnEditLeavesOutIsANote() {
    ApiResult<?> result =
        read(
            ResponseReader.edit(ID, EDIT),
            ApiCalls.edit(ACCOUNT, ID, EDIT),
            stored("p1", "\"comments\":\"new\",\"is_regex\":true"));
    assertThat(result.notes()).containsExactly("is_trusted_sender is absent");
  }

  @Test
  void aCreateThatContradictsIsMalformed() {
    NewAllowPolicy requested = policy("a.example");
    ResponseReader<?> reader = ResponseReader.create(requested);
    ApiRequest create = ApiCalls.create(ACCOUNT, requested);
    String good = created("n", "a.example");
    assertThat(read(reader, create, good).notes()).isEmpty();
    assertThat(read(reader, create, created("n", "A.example")).notes()).hasSize(1);
    malformed(reader, create, created("n", "b.example"));
    malformed(reader, create, good.replace("DOMAIN", "EMAIL"));
    malformed(reader, create, good.replace("\"is_regex\":false", "\"is_regex\":true"));
    malformed(reader, create, good.replace("\"verify_sender\":true", "\"verify_sender\":false"));
    malformed(reader, create, good.replace("_sender\":true", "_sender\":false"));
  }

  private static final PolicyId OTHER = new PolicyId("p2");
  private static final AllowPolicyBatch BATCH =
      AllowPolicyBatch.builder()
          .delete(ID)
          .delete(OTHER)
          .edit(new PolicyId("e"), EDIT)
          .replace(new PolicyId("r"), policy("r.example"))
          .create(policy("a.example"))
          .create(policy("b.example"))
          .build();
  private static final String EDITED =
      stored("e", "\"is_trusted_sender\":true,\"comments\":\"new\"");

  private static String batch(String deletes, String patches, String puts, String posts) {
    return "{\"deletes\":["
        + deletes
        + "],\"patches\":["
        + patches
        + "],\"puts\":["
        + puts
        + "],\"posts\":["
        + posts
        + "]}";
  }

  private static final String DELETED = "{\"id\":\"p1\"},{\"id\":\"p2\"}";
  private static final String PUT = created("r", "r.example");
  private static final String A = created("a", "a.example");
  private static final String B = created("b", "b.example");

  @Test
  void theResultsOfABatchAreComparedWithoutRegardToTheirOrder() {
    ApiResult<BatchResult> result =
        read(
            ResponseReader.batch(BATCH),
            ApiCalls.batch(ACCOUNT, BATCH),
            batch("{\"id\":\"p2\"},{\"id\":\"p1\"}", EDITED, PUT, B + "," + A));
    assertThat(result.notes()).isEmpty();
    assertThat(result.value().creates()).hasSize(2);
  }

  @Test
  void aBatchWithoutAResultForEachChangeIsMalformed() {
    ResponseReader<BatchResult> reader = ResponseReader.batch(BATCH);
    ApiRequest request = ApiCalls.batch(ACCOUNT, BATCH);
    String both = A + "," + B;
    malformed(reader, request, "{}");
    malformed(reader, request, batch("", "", "", ""));
    malformed(reader, request, batch("{\"id\":\"p1\"}", EDITED, PUT, both));
    malformed(reader, request, batch(DELETED, "", PUT, both));
    malformed(reader, request, batch(DELETED, EDITED, "", both));
    malformed(reader, request, batch(DELETED, EDITED, PUT, A));
    malformed(reader, request, batch(DELETED, EDITED, PUT, both + "," + created("c", "c.example")));
    malformed(reader, request, batch("{\"id\":\"p1\"},{\"id\":\"p1\"}", EDITED, PUT, both));
    malformed(reader, request, batch("{\"id\":\"p1\"},{\"id\":\"p3\"}", EDITED, PUT, both));
    malformed(reader, request, batch(DELETED, EDITED.replace("\"e\"", "\"f\""), PUT, both));
    malformed(reader, request, batch(DELETED, EDITED.replace("new", "old"), PUT, both));
    malformed(reader, request, batch(DELETED, EDITED, PUT.replace("r.example", "s.example"), both));
    malformed(reader, request, batch(DELETED, EDITED, PUT, A + "," + A));
    malformed(reader, request, batch(DELETED, EDITED, PUT, A + "," + created("x", "a.example")));
    malformed(
        reader, request, batch(DELETED, EDITED, PUT, both.replace("\"id\":\"b\"", "\"id\":\"a\"")));
    for (String there : List.of("p1", "e", "r")) {
      malformed(
          reader,
          request,
          batch(DELETED, EDITED, PUT, both.replace("\"id\":\"b\"", "\"id\":\"" + there + "\"")));
    }
  }

  @Test
  void aPolicyThatIsChangedTwiceHasTwoResultsOfItsOwn() {
    AllowPolicyBatch twice =
        AllowPolicyBatch.builder()
            .edit(ID, EDIT)
            .edit(ID, AllowPolicyEdit.builder().comments("newer").build())
            .build();
    ResponseReader<BatchResult> reader = ResponseReader.batch(twice);
    ApiRequest request = ApiCalls.batch(ACCOUNT, twice);
    String one = stored("p1", "\"comments\":\"new\"");
    read(reader, request, batch("", one + "," + one, "", ""));
    malformed(reader, request, batch("", one + "," + stored("p2", ""), "", ""));
    malformed(reader, request, batch("", one, "", ""));
  }

  @Test
  void aThousandCreatesInAnyOrderAndSpellingArePaired() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    AllowPolicyBatch.Builder requested = AllowPolicyBatch.builder();
    List<String> results = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      // Some are requested twice.
      String name = "d" + random.nextInt(900) + ".Example";
      requested.create(policy(name));
      results.add(created("id" + i, random.nextBoolean() ? name : name.toLowerCase(Locale.ROOT)));
    }
    Collections.shuffle(results, random);
    AllowPolicyBatch batch = requested.build();
    ResponseReader<BatchResult> reader = ResponseReader.batch(batch);
    ApiRequest request = ApiCalls.batch(ACCOUNT, batch);
    ApiResult<BatchResult> result =
        read(reader, request, "{\"posts\":[" + String.join(",", results) + "]}");
    assertThat(result.notes()).as("bounded, seed " + seed).hasSizeLessThanOrEqualTo(21);
    results.set(500, created("other", "other.example"));
    malformed(reader, request, "{\"posts\":[" + String.join(",", results) + "]}");
  }
}
