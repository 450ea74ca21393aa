package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Caller.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class OperationsIT {
  private static final String POLICY =
      """
      {"pattern":"billing@partner.example.com","pattern_type":"EMAIL","is_regex":false,
       "is_trusted_sender":true,"is_acceptable_sender":false,"is_exempt_recipient":false,
       "verify_sender":true,"comments":"says \\"hello\\"\\nÄ \\ud83d\\udc4d"}
      """;

  private ApiSimulator api;
  private Caller caller;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(45).seed(7).start();
    caller = new Caller(api);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void listReturnsEveryPolicyOnceInPages() {
    List<String> ids = new ArrayList<>();
    for (int page = 1; page <= 4; page++) {
      Reply reply = caller.get("?page=" + page);
      assertThat(reply.status()).isEqualTo(200);
      reply.result().forEach(policy -> ids.add(policy.required("id").stringValue()));
      JsonNode info = reply.json().required("result_info");
      assertThat(info)
          .isEqualTo(
              Caller.json(
                  "{\"count\":%d,\"page\":%d,\"per_page\":20,\"total_count\":45}"
                      .formatted(reply.result().size(), page)));
    }
    assertThat(ids).isEqualTo(api.policyIds()).doesNotHaveDuplicates().hasSize(45);
  }

  @Test
  void createdPolicyCanBeReadBackAsItWasSent() {
    Reply created = caller.post("", POLICY);
    assertThat(created.status()).isEqualTo(201);
    String id = created.result().required("id").stringValue();
    Reply read = caller.get("/" + id);
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.result()).isEqualTo(created.result());
    Caller.json(POLICY)
        .properties()
        .forEach(
            field ->
                assertThat(read.result().required(field.getKey())).isEqualTo(field.getValue()));
    assertThat(api.size()).isEqualTo(46);
    assertThat(Caller.json(String.valueOf(api.policyJson(id)))).isEqualTo(created.result());
  }

  @Test
  void editChangesTheNamedFieldsOnly() {
    String id = caller.post("", POLICY).result().required("id").stringValue();
    JsonNode before = caller.get("/" + id).result();
    Reply edited =
        caller.send("PATCH", "/" + id, "{\"comments\":null,\"is_trusted_sender\":false}");
    assertThat(edited.status()).isEqualTo(200);
    assertThat(edited.result().required("comments").isNull()).isTrue();
    for (String name : List.of("id", "created_at", "pattern", "verify_sender", "is_regex")) {
      assertThat(edited.result().required(name)).isEqualTo(before.required(name));
    }
    assertThat(edited.result().required("is_trusted_sender").booleanValue()).isFalse();
    assertThat(edited.result().required("is_sender").booleanValue()).isFalse();
  }

  @Test
  void deletedPolicyIsNotFound() {
    String id = api.policyIds().get(20);
    Reply deleted = caller.send("DELETE", "/" + id, null);
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.result()).isEqualTo(Caller.json("{\"id\":\"" + id + "\"}"));
    Reply again = caller.send("DELETE", "/" + id, null);
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.code()).isEqualTo(10_404);
    assertThat(api.policyIds()).hasSize(44).doesNotContain(id);
  }

  @Test
  void batchIsCarriedOutInOrder() {
    List<String> ids = api.policyIds();
    Reply reply =
        caller.post(
            "/batch",
            """
            {"deletes":[{"id":"%s"},{"id":"%s"}],"patches":[{"id":"%s","verify_sender":true}],
             "puts":[%s],"posts":[%s,%s]}
            """
                .formatted(
                    ids.get(0),
                    ids.get(44),
                    ids.get(1),
                    POLICY.replaceFirst("\\{", "{\"id\":\"" + ids.get(2) + "\","),
                    POLICY,
                    POLICY));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.result().required("deletes").required(1).required("id").stringValue())
        .isEqualTo(ids.get(44));
    assertThat(reply.result().required("patches").required(0).required("id").stringValue())
        .isEqualTo(ids.get(1));
    assertThat(reply.result().required("puts").required(0).required("pattern").stringValue())
        .isEqualTo("billing@partner.example.com");
    assertThat(reply.result().required("posts").size()).isEqualTo(2);
    assertThat(api.size()).isEqualTo(45);
    assertThat(api.policyIds().subList(0, 2)).containsExactly(ids.get(1), ids.get(2));
  }

  @Test
  void batchWithOneBadElementChangesNothing() {
    List<String> before = api.policyIds();
    Reply reply =
        caller.post(
            "/batch",
            """
            {"deletes":[{"id":"%s"}],"patches":[],"puts":[],"posts":[%s,%s]}
            """
                .formatted(before.get(0), POLICY, POLICY.replace("EMAIL", "UNKNOWN")));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.pointer()).isEqualTo("/posts/1/pattern_type");
    assertThat(api.policyIds()).isEqualTo(before);
    assertThat(api.requests().get(0).carriedOut()).isFalse();
  }

  @Test
  void requestsCanBeReadBack() {
    caller.send(
        "POST", "?x=%20", POLICY, "content-type", "application/json", "x-one", "a", "x-one", "b");
    RecordedRequest request = api.takeRequests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo(URI_PATH.formatted(api.accountId()));
    assertThat(request.query()).isEqualTo("x=%20");
    assertThat(request.headers().get("x-one")).containsExactly("a", "b");
    assertThat(request.bodyText()).isEqualTo(POLICY);
    assertThat(request.operation()).isEqualTo(Operation.CREATE);
    assertThat(request.status()).isEqualTo(201);
    assertThat(request.carriedOut()).isTrue();
    assertThat(request.toString()).doesNotContain(api.token());
    assertThat(api.requests()).isEmpty();
    assertThat(api.requestCount()).isEqualTo(1);
    assertThat(api.responseCounts()).containsExactly(java.util.Map.entry(201, 1L));
  }

  private static final String URI_PATH =
      "/client/v4/accounts/%s/email-security/settings/allow_policies";
}
