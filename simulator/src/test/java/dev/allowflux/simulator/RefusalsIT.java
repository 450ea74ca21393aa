package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Caller.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class RefusalsIT {
  private static final String POLICY =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true}";
  private static ApiSimulator api;
  private static Caller caller;
  private static String id;

  @BeforeAll
  static void start() {
    api =
        ApiSimulator.builder()
            .policies(10)
            .readOnlyToken("reader")
            .emailAndKey("me@example.com", "the-key")
            .serviceKey("the-service-key")
            .maxBodyBytes(5000)
            .noRateLimit()
            .start();
    caller = new Caller(api);
    id = api.policyIds().get(4);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static void assertRefused(Reply reply, int status, int code) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.code()).isEqualTo(code).isGreaterThanOrEqualTo(1000);
    assertThat(reply.json().required("success").booleanValue()).isFalse();
    assertThat(reply.result().isNull()).isTrue();
    assertThat(reply.json().required("messages").isArray()).isTrue();
    assertThat(reply.header("content-type")).isEqualTo("application/json");
    assertThat(reply.header("cf-ray")).matches("[0-9a-f]{16}-SIM");
  }

  @ParameterizedTest
  @CsvSource({
    "200, 0, 'authorization', 'bearer simulator-token'",
    "200, 0, 'x-auth-user-service-key', 'the-service-key'",
    "200, 0, 'x-auth-email,x-auth-key', 'me@example.com,the-key'",
    "400, 9106, '', ''",
    "400, 6003, 'authorization', 'Basic YTpi'",
    "400, 6003, 'authorization', 'Bearer two words'",
    "400, 6003, 'authorization,authorization', 'Bearer simulator-token,Bearer simulator-token'",
    "400, 6003, 'x-auth-email', 'me@example.com'",
    "400, 6003, 'authorization,x-auth-email,x-auth-key', 'Bearer"
        + " simulator-token,me@example.com,the-key'",
    "400, 6003, 'authorization,x-auth-user-service-key', 'Bearer simulator-token,the-service-key'",
    "401, 10000, 'authorization', 'Bearer wrong'",
    "401, 10000, 'x-auth-email,x-auth-key', 'me@example.com,wrong'",
    "401, 10000, 'x-auth-email,x-auth-key', 'you@example.com,the-key'",
    "401, 10000, 'x-auth-user-service-key', 'wrong'",
  })
  void exactlyOneGoodCredentialIsNeeded(int status, int code, String names, String values) {
    List<String> headers = new ArrayList<>();
    String[] value = values.split(",", -1);
    for (String name : names.split(",", -1)) {
      headers.add(name);
      headers.add(value[headers.size() / 2]);
    }
    Reply reply =
        new Caller(api, names.isEmpty() ? new String[0] : headers.toArray(new String[0])).get("");
    if (status == 200) {
      assertThat(reply.status()).isEqualTo(200);
    } else {
      assertRefused(reply, status, code);
    }
  }

  @Test
  void invalidHeadersChainTheirCause() {
    Reply reply = new Caller(api, "authorization", "Basic YTpi").get("");
    assertThat(reply.json().at("/errors/0/error_chain/0/code").intValue()).isEqualTo(6103);
  }

  @Test
  void readOnlyTokenReadsAndDoesNotWrite() {
    Caller reader = new Caller(api, "authorization", "Bearer reader");
    assertThat(reader.get("/" + id).status()).isEqualTo(200);
    List<Reply> writes =
        List.of(
            reader.post("", POLICY),
            reader.post("/batch", "{}"),
            reader.send("PATCH", "/" + id, "{\"comments\":\"x\"}"),
            reader.send("DELETE", "/" + id, null));
    writes.forEach(reply -> assertRefused(reply, 403, 10_000));
    assertThat(api.policyJson(id)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /client/v4/accounts/other/email-security/settings/allow_policies, 403, 10000",
    "GET, /client/v4/accounts//email-security/settings/allow_policies, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/x, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/1-1-1-1-1, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/batch, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/ID/x, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/%2e%2e, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings, 404, 7003",
    "GET, /accounts/ACCOUNT/email-security/settings/allow_policies, 404, 7003",
    "GET, /, 404, 7003",
    "GET, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/f174e90a-fafe-4643-bbbc-4a0ed4fc8415,"
        + " 404, 10404",
    "PATCH,"
        + " /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/f174e90a-fafe-4643-bbbc-4a0ed4fc8415,"
        + " 404, 10404",
    "DELETE,"
        + " /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/f174e90a-fafe-4643-bbbc-4a0ed4fc8415,"
        + " 404, 10404",
    "PUT, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/ID, 405, 7001",
    "POST, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies/ID, 405, 7001",
    "DELETE, /client/v4/accounts/ACCOUNT/email-security/settings/allow_policies, 405, 7001",
  })
  void unknownRoutesAndPoliciesHaveTheirOwnCodes(String method, String path, int status, int code) {
    String url =
        "http://127.0.0.1:"
            + api.port()
            + path.replace("ACCOUNT", api.accountId()).replace("ID", id);
    String body = method.startsWith("P") ? "{\"comments\":\"x\"}" : null;
    assertRefused(caller.sendTo(method, url, body), status, code);
  }

  /** Each line changes one field of a valid body or removes it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pattern       | ABSENT",
        "pattern       | null",
        "pattern       | 7",
        "pattern       | \"\"",
        "pattern       | \"LONG\"",
        "pattern       | \"no address\"",
        "pattern_type  | ABSENT",
        "pattern_type  | \"UNKNOWN\"",
        "pattern_type  | \"FAX\"",
        "pattern_type  | null",
        "is_regex      | ABSENT",
        "is_regex      | \"false\"",
        "is_trusted_sender | ABSENT",
        "is_trusted_sender | null",
        "is_acceptable_sender | ABSENT",
        "is_exempt_recipient | ABSENT",
        "is_exempt_recipient | 1",
        "verify_sender | ABSENT",
        "comments      | 7",
        "comments      | \"LONG\"",
        "is_sender     | \"yes\"",
      })
  void badFieldIsNamed(String field, String value) {
    ObjectNode body = (ObjectNode) Caller.json(POLICY);
    body.remove(field);
    if (!value.equals("ABSENT")) {
      body.set(field, Caller.json(value.replace("LONG", "x".repeat(1025))));
    }
    int size = api.size();
    Reply create = caller.post("", body.toString());
    assertRefused(create, 400, 10_400);
    assertThat(create.pointer()).isEqualTo("/" + field);
    Reply batch =
        caller.post(
            "/batch",
            "{\"deletes\":[],\"patches\":[],\"puts\":[],\"posts\":[" + POLICY + "," + body + "]}");
    assertRefused(batch, 400, 10_400);
    assertThat(batch.pointer()).isEqualTo("/posts/1/" + field);
    if (!value.equals("ABSENT")) {
      String before = "" + api.policyJson(id);
      // The rest of the body is valid, so the edit fails for this field alone.
      Reply edit = caller.send("PATCH", "/" + id, body.toString());
      assertRefused(edit, 400, 10_400);
      assertThat(edit.pointer()).isEqualTo("/" + field);
      assertThat(api.policyJson(id)).isEqualTo(before);
    }
    assertThat(api.size()).isEqualTo(size);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                          | /deletes",
        "[]                                                          | ''",
        "{\"deletes\":[],\"patches\":[],\"posts\":[]}                | /puts",
        "{\"deletes\":{},\"patches\":[],\"puts\":[],\"posts\":[]}    | /deletes",
        "{\"deletes\":[7],\"patches\":[],\"puts\":[],\"posts\":[]}   | /deletes/0/id",
        "{\"deletes\":[{}],\"patches\":[],\"puts\":[],\"posts\":[]}  | /deletes/0/id",
        "{\"deletes\":[],\"patches\":[{\"id\":\"ID\"}],\"puts\":[],\"posts\":[]} | /patches/0",
        "{\"deletes\":[],\"patches\":[],\"puts\":[{\"id\":\"ID\"}],\"posts\":[]} |"
            + " /puts/0/is_regex",
        "{\"deletes\":[],\"patches\":[],\"puts\":[],\"posts\":[3]}   | /posts/0",
      })
  void badBatchIsNamed(String body, String pointer) {
    Reply reply = caller.post("/batch", body.replace("ID", id));
    assertRefused(reply, 400, 10_400);
    assertThat(reply.pointer()).isEqualTo(pointer);
  }

  @Test
  void batchRefusesUnknownPoliciesAndTooManyItems() {
    Reply unknown =
        caller.post(
            "/batch",
            "{\"deletes\":[{\"id\":\"%s\"},{\"id\":\"%s\"}],\"patches\":[],\"puts\":[],\"posts\":[]}"
                .formatted(id, id));
    assertRefused(unknown, 404, 10_404);
    assertThat(unknown.pointer()).isEqualTo("/deletes/1/id");
    assertThat(api.policyJson(id)).isNotNull();
    Reply tooMany =
        caller.post(
            "/batch",
            "{\"deletes\":[" + "1,".repeat(1000) + "1],\"patches\":[],\"puts\":[],\"posts\":[]}");
    assertRefused(tooMany, 400, 10_400);
    assertThat(tooMany.pointer()).isEqualTo("/deletes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "[]",
        "null",
        "3",
        "{\"unheard_of\":1}",
        "{\"id\":\"x\"}",
      })
  void editOfNothingIsRefused(String body) {
    assertRefused(caller.send("PATCH", "/" + id, body), 400, 10_400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{",
        "{} {}",
        "{\"comments\":1,}",
        "{\"comments\":\"a\",\"comments\":\"b\"}",
        "{'a':1}"
      })
  void bodyThatIsNotJsonIsRefused(String body) {
    assertRefused(caller.send("PATCH", "/" + id, body), 400, 10_400);
  }

  @Test
  void bodyMustBeJsonByItsHeaderAndNotTooLong() {
    assertRefused(caller.send("POST", "", POLICY, "content-type", "text/plain"), 415, 10_415);
    assertRefused(caller.send("POST", "", POLICY, "x-none", "x"), 415, 10_415);
    assertThat(
            caller
                .send("POST", "", POLICY, "content-type", "Application/JSON; charset=utf-8")
                .status())
        .isEqualTo(201);
    assertRefused(caller.send("POST", "", "", "content-type", "application/json"), 400, 10_400);
    String padded = POLICY + " ".repeat(5000 - POLICY.length());
    assertThat(caller.post("", padded).status()).isEqualTo(201);
    assertRefused(caller.post("", padded + " "), 413, 10_413);
  }
}
