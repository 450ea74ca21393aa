package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.simulator.Caller.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Results that contradict the request, and the record of what was really carried out. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ContradictionsIT {
  private static final String POLICY =
      """
      {"pattern":"billing@partner.example.com","pattern_type":"EMAIL","is_regex":false,
       "is_trusted_sender":true,"is_acceptable_sender":false,"is_exempt_recipient":false,
       "verify_sender":true,"comments":"as sent"}
      """;

  private ApiSimulator api;
  private Caller caller;
  private List<String> ids;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(30).noRateLimit().start();
    caller = new Caller(api);
    ids = api.policyIds();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static String id(JsonNode policy) {
    return policy.required("id").stringValue();
  }

  @Test
  void idOfAnotherPolicyComesInEveryResult() {
    String id = ids.get(4);
    api.faults(FaultScript.of(FaultRule.of(Fault.otherId()).always()));
    JsonNode read = caller.get("/" + id).result();
    assertThat(id(read)).isNotEqualTo(id).isIn(ids);
    assertThat(read.required("pattern"))
        .isEqualTo(Caller.json("" + api.policyJson(id)).required("pattern"));
    assertThat(id(caller.send("PATCH", "/" + id, "{\"comments\":\"x\"}").result()))
        .isNotEqualTo(id)
        .isIn(ids);
    assertThat(id(caller.get("").result().required(0))).isNotEqualTo(ids.get(0)).isIn(ids);
    assertThat(caller.send("DELETE", "/" + id, null).result().propertyNames())
        .containsExactly("id");
    assertThat(api.policyIds()).doesNotContain(id).hasSize(29);
    Reply batch =
        caller.post(
            "/batch",
            "{\"deletes\":[{\"id\":\"%s\"}],\"patches\":[],\"puts\":[],\"posts\":[]}"
                .formatted(ids.get(9)));
    assertThat(id(batch.result().at("/deletes/0"))).isNotEqualTo(ids.get(9)).isIn(ids);
  }

  @Test
  void onlyPolicyOfAnAccountGetsAnIdThatDoesNotExist() {
    try (ApiSimulator own = ApiSimulator.builder().policies(1).start()) {
      own.faults(FaultScript.inOrder(Fault.otherId(), Fault.otherPolicy()));
      String id = own.policyIds().get(0);
      assertThat(id(new Caller(own).get("/" + id).result())).isNotEqualTo(id);
      assertThat(id(new Caller(own).get("/" + id).result())).isNotEqualTo(id);
    }
  }

  @Test
  void anotherPolicyComesWhole() {
    api.faults(FaultScript.inOrder(Fault.otherPolicy()));
    JsonNode read = caller.get("/" + ids.get(4)).result();
    assertThat(id(read)).isNotEqualTo(ids.get(4));
    assertThat(read).isEqualTo(Caller.json("" + api.policyJson(id(read))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pattern",
        "pattern_type",
        "is_regex",
        "is_trusted_sender",
        "is_acceptable_sender",
        "is_exempt_recipient",
        "verify_sender",
        "comments"
      })
  void oneFieldComesBackWithAnotherValue(String field) {
    api.faults(FaultScript.of(FaultRule.of(Fault.otherField(field)).always()));
    JsonNode sent = Caller.json(POLICY);
    JsonNode created = caller.post("", POLICY).result();
    JsonNode batch =
        caller
            .post(
                "/batch",
                "{\"deletes\":[{\"id\":\"%s\"}],\"patches\":[],\"puts\":[],\"posts\":[%s]}"
                    .formatted(ids.get(0), POLICY))
            .result()
            .at("/posts/0");
    for (JsonNode result : List.of(created, batch)) {
      for (var entry : sent.properties()) {
        boolean same = result.required(entry.getKey()).equals(entry.getValue());
        assertThat(same).as(entry.getKey()).isEqualTo(!entry.getKey().equals(field));
      }
      JsonNode stored = Caller.json("" + api.policyJson(id(result)));
      assertThat(stored.required(field)).isEqualTo(sent.required(field));
    }
  }

  @Test
  void fieldThatDoesNotExistIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Fault.otherField("id"));
  }

  @Test
  void resultsCanBeEmptyOrFewer() {
    String batch =
        "{\"deletes\":[],\"patches\":[{\"id\":\"%s\",\"comments\":\"x\"}],\"puts\":[],\"posts\":[%s,%s]}"
            .formatted(ids.get(3), POLICY, POLICY);
    api.faults(
        FaultScript.inOrder(
            Fault.emptyResult(),
            Fault.fewerResults(1),
            Fault.fewerResults(9),
            Fault.emptyResult()));
    assertThat(caller.post("/batch", batch).result()).isEqualTo(Caller.json("{}"));
    JsonNode fewer = caller.post("/batch", batch).result();
    assertThat(fewer.required("patches").size()).isEqualTo(1);
    assertThat(fewer.required("posts").size()).isEqualTo(1);
    JsonNode none = caller.post("/batch", batch).result();
    assertThat(none.required("patches").size() + none.required("posts").size()).isZero();
    assertThat(caller.get("/" + ids.get(3)).result()).isEmpty();
    assertThat(api.size()).isEqualTo(36);
  }

  @Test
  void refusalStaysAsItIs() {
    api.faults(FaultScript.inOrder(Fault.otherId(), Fault.fewerResults(1)));
    assertThat(caller.get("/f174e90a-fafe-4643-bbbc-4a0ed4fc8415").code()).isEqualTo(10_404);
    assertThat(caller.post("/batch", "{}").code()).isEqualTo(10_400);
  }

  @Test
  void routingRefusesWithACodeThatProvesNothing() {
    api.faults(FaultScript.inOrder(Fault.refusal(404, 7003), Fault.refusal(404, 7000).done()));
    Reply kept = caller.send("DELETE", "/" + ids.get(1), null);
    assertThat(kept.status()).isEqualTo(404);
    assertThat(kept.code()).isEqualTo(7003);
    assertThat(api.policyIds()).contains(ids.get(1));
    assertThat(caller.send("DELETE", "/" + ids.get(1), null).code()).isEqualTo(7000);
    assertThat(api.policyIds()).doesNotContain(ids.get(1));
  }

  @Test
  void shortPageHasTheRequestedSizeAndTheRightTotal() {
    api.faults(FaultScript.inOrder(Fault.shortPage(3)));
    Reply page = caller.get("?page=2&per_page=10");
    List<String> listed = new ArrayList<>();
    page.result().forEach(policy -> listed.add(id(policy)));
    assertThat(listed).isEqualTo(ids.subList(10, 13));
    assertThat(page.json().required("result_info"))
        .isEqualTo(Caller.json("{\"count\":3,\"page\":2,\"per_page\":10,\"total_count\":30}"));
  }

  @Test
  void recordNamesThePoliciesThatWereReallyChanged() {
    api.faults(
        FaultScript.inOrder(
            Fault.none(), Fault.nullResult(), Fault.otherId(), Fault.nullResult().notDone()));
    String created = id(caller.post("", POLICY).result());
    caller.send("PATCH", "/" + ids.get(5), "{\"comments\":\"x\"}");
    caller.send("DELETE", "/" + ids.get(6), null);
    caller.send("DELETE", "/" + ids.get(7), null);
    List<RecordedRequest> requests = api.requests();
    assertThat(requests.get(0).createdIds()).containsExactly(created);
    assertThat(requests.get(1).editedIds()).containsExactly(ids.get(5));
    assertThat(requests.get(2).deletedIds()).containsExactly(ids.get(6));
    assertThat(requests.get(2).createdIds()).isEmpty();
    assertThat(requests.get(3).deletedIds()).isEmpty();
    assertThat(requests.get(3).carriedOut()).isFalse();
  }
}
