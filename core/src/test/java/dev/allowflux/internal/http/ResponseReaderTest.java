package dev.allowflux.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseReaderTest {
  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final ApiRequest GET = ApiCalls.get(ACCOUNT, new PolicyId("p"));
  private static final ApiRequest LIST = ApiCalls.list(ACCOUNT, AllowPolicyFilter.all(), 1, 1000);
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  @SuppressWarnings("deprecation")
  void everyKnownFieldOfAPolicyIsRead() {
    ApiResult<AllowPolicy> result =
        ResponseInterpreter.POLICY.read(GET, Answers.of(200, Answers.golden("policy-full")));

    assertThat(result.value())
        .isEqualTo(
            AllowPolicy.builder()
                .id(new PolicyId("0b54c7f2-6c1e-4c57-9c7e-30c9b1a7d201"))
                .createdAt(Instant.parse("2026-03-04T05:06:07.123450Z"))
                .modifiedAt(Instant.parse("2026-05-06T07:08:09Z"))
                .lastModified(Instant.parse("2026-05-06T07:08:08Z"))
                .pattern("billing@partner.example")
                .patternTypeName("EMAIL")
                .isRegex(false)
                .isTrustedSender(true)
                .isAcceptableSender(false)
                .isExemptRecipient(false)
                .verifySender(true)
                .isRecipient(false)
                .isSender(true)
                .isSpoof(false)
                .comments("Rechnungen für Jürgen — \"quoted\" 😀")
                .build());
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.cfRay()).isEqualTo("8f00-FRA");
    assertThat(result.rateLimit()).isNull();
    assertThat(result.messages())
        .containsExactly(new ApiError(2001, "saved", null, null, List.of()));
  }

  @Test
  void aPolicyNeedsNothingButIdAndCreation() {
    AllowPolicy policy = policy("policy-minimal");

    assertThat(policy)
        .isEqualTo(
            AllowPolicy.builder()
                .id(new PolicyId("m"))
                .createdAt(Instant.parse("2026-03-04T05:06:07Z"))
                .build());
  }

  @Test
  void whatTheApiMayAddOneDayPasses() {
    AllowPolicy policy = policy("policy-odd");

    assertThat(policy.id()).isEqualTo(new PolicyId("4711"));
    assertThat(policy.createdAt()).isEqualTo(Instant.parse("2026-03-03T23:36:07.123456789Z"));
    assertThat(policy.modified()).isNull();
    assertThat(policy.patternType()).isEqualTo(PatternType.UNRECOGNIZED);
    assertThat(policy.patternTypeName()).isEqualTo("ASN");
    assertThat(policy.isRegex()).isNull();
    assertThat(policy.verifySender()).isFalse();
    assertThat(policy.comments()).isNull();
    assertThat(policy.unknownFields())
        .containsExactly(
            entry("risk", "{\"score\": 7.50, \"tags\": [\"a\", \"b\"]}"),
            entry("owner", "\"x\\\"y\""),
            entry("archived", "false"));
  }

  @Test
  void aPageIsReadWithWhatIsSaidAboutIt() {
    PageBody page = page("page-first");

    assertThat(page.policies())
        .containsExactly(
            AllowPolicy.builder()
                .id(new PolicyId("a"))
                .createdAt(NEW_YEAR)
                .pattern("one.example")
                .patternTypeName("DOMAIN")
                .build(),
            AllowPolicy.builder()
                .id(new PolicyId("b"))
                .createdAt(NEW_YEAR)
                .pattern("192.0.2.0/24")
                .patternTypeName("IP")
                .build());
    assertThat(page.count()).isEqualTo(2);
    assertThat(page.page()).isEqualTo(1);
    assertThat(page.perPage()).isEqualTo(2);
    assertThat(page.totalCount()).isEqualTo(2000);
    assertThat(page("page-empty").policies()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"result_info\":null",
        ",\"result_info\":[{}]",
        ",\"result_info\":7",
        ",\"result_info\":{}",
        ",\"result_info\":{\"page\":\"1\",\"per_page\":-20,\"total_count\":1.5,\"count\":[1]}",
        ",\"result_info\":{\"page\":null,\"per_page\":1e400,\"total_count\":{},\"count\":true}",
        ",\"result_info\":{\"page\":99999999999999999999,\"per_page\":1e-5,\"count\":-0.5}"
      })
  void nonsenseAboutAPageCountsAsNotSaid(String info) {
    String body = "{\"success\":true,\"result\":[]" + info + "}";

    assertThat(ResponseReader.PAGE.read(LIST, Answers.of(200, body)).value())
        .isEqualTo(new PageBody(List.of(), null, null, null, null));
  }

  @Test
  void theIdOfADeletedPolicyIsRead() {
    assertThat(
            ResponseInterpreter.DELETED
                .read(GET, Answers.of(200, Answers.golden("deleted")))
                .value())
        .isEqualTo(new PolicyId("gone"));
  }

  @Test
  void partsThatABatchAnswerLeavesOutAreEmpty() {
    BatchResult result =
        ResponseInterpreter.BATCH.read(GET, Answers.of(200, Answers.golden("batch"))).value();

    assertThat(result.deletes()).containsExactly(new PolicyId("d1"), new PolicyId("2"));
    assertThat(result.edits()).isEmpty();
    assertThat(result.replacements()).isEmpty();
    assertThat(result.creates())
        .containsExactly(
            AllowPolicy.builder()
                .id(new PolicyId("n"))
                .createdAt(NEW_YEAR)
                .pattern("new.example")
                .patternTypeName("DOMAIN")
                .isRegex(false)
                .build());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201})
  void aSuccessIs200Or201(int status) {
    assertThat(
            ResponseInterpreter.POLICY
                .read(GET, Answers.of(status, Answers.golden("policy-minimal")))
                .status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 203, 206, 207, 299})
  void anyOtherStatusBelow300IsNone(int status) {
    ApiResponse response = Answers.of(status, Answers.golden("policy-minimal"));
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> ResponseInterpreter.POLICY.read(GET, response))
        .withMessageContaining(status + " the status does not say that it was done")
        .matches(Malformed::isWellFormed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "Application/JSON ; charset=x", "text/vnd.x+json"})
  void jsonIsRecognisedByItsType(String type) {
    ApiResponse response = Answers.of(200, Answers.golden("policy-minimal"), "content-type", type);
    assertThat(ResponseInterpreter.POLICY.read(GET, response).value().id().value()).isEqualTo("m");
  }

  @Test
  void aByteOrderMarkIsReadOver() {
    String body =
        "\ufeff{\"success\":true,\"result\":{\"id\":\"a\",\"created_at\":"
            + "\"2026-01-01T00:00:00Z\",\"new\":[1 ,2]}}";

    AllowPolicy policy = ResponseInterpreter.POLICY.read(GET, Answers.of(200, body)).value();

    assertThat(policy.unknownFields()).containsExactly(entry("new", "[1 ,2]"));
  }

  @Test
  void theLastOfTwoMembersWithOneNameHolds() {
    String body =
        "{\"success\":false,\"result\":null,\"success\":true,\"result\":{\"id\":\"a\","
            + "\"created_at\":\"2026-01-01T00:00:00Z\",\"comments\":\"x\",\"comments\":null,"
            + "\"is_regex\":true,\"is_regex\":false,\"new\":1,\"new\":2}}";

    AllowPolicy policy = ResponseInterpreter.POLICY.read(GET, Answers.of(200, body)).value();

    assertThat(policy.comments()).isNull();
    assertThat(policy.isRegex()).isFalse();
    assertThat(policy.unknownFields()).containsExactly(entry("new", "2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":true}|/result/id is not text",
        "{\"id\":1.5}|/result/id is not text",
        "{\"id\":null}|/result/id is not text",
        "{\"id\":\"\"}|/result/id is no id: policy id must not be empty, \".\" or \"..\"",
        "{\"id\":\"..\"}|/result/id is no id: policy id must not be empty, \".\" or \"..\"",
        "{\"created_at\":null}|/result/created_at is not text",
        "{\"created_at\":1763712930}|/result/created_at is not text",
        "{\"created_at\":\"soon\"}|/result/created_at is not a time of RFC 3339",
        "{\"modified_at\":\"soon\"}|/result/modified_at is not a time of RFC 3339",
        "{\"last_modified\":{}}|/result/last_modified is not text",
        "{\"pattern\":7}|/result/pattern is not text",
        "{\"pattern_type\":[\"IP\"]}|/result/pattern_type is not text",
        "{\"is_regex\":\"false\"}|/result/is_regex is not true or false",
        "{\"is_spoof\":0}|/result/is_spoof is not true or false",
        "{\"comments\":{}}|/result/comments is not text",
        "{}|/result is a policy without id and created_at",
        "{\"id\":\"a\"}|/result is a policy without created_at",
        "[]|/result is not an object",
        "\"a\"|/result is not an object",
      })
  void aPolicyOfWrongTypesIsMalformed(String policy, String what) {
    Malformed malformed =
        failure(
            ResponseInterpreter.POLICY,
            Answers.of(200, "{\"success\":true,\"result\":" + policy + "}"),
            Malformed.class);

    assertThat(malformed).hasMessage("get allow policy: 200 " + what + " [cf-ray 8f00-FRA]");
    assertThat(malformed.details().requestSent()).isEqualTo(Sent.YES);
    assertThat(malformed.details().accountId()).isEqualTo(ACCOUNT);
    assertThat(malformed.details().operation()).isEqualTo(Operation.GET);
    assertThat(malformed.details().bodyExcerpt()).startsWith("{\"success\":true,");
  }

  @Test
  void onePolicyThatIsBrokenBreaksThePage() {
    Malformed malformed =
        failure(
            ResponseReader.PAGE,
            Answers.of(
                200,
                "{\"success\":true,\"result\":[{\"id\":\"a\",\"created_at\":"
                    + "\"2026-01-01T00:00:00Z\"},{\"id\":\"b\"}]}"),
            Malformed.class);

    assertThat(malformed).hasMessageContaining("/result/1 is a policy without created_at");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"success\":true}|the response has no result",
        "{\"success\":true,\"result\":null}|the response has no result",
        "{\"result\":[]}|the response does not contain success",
        "{\"success\":null,\"result\":[]}|the response does not contain success",
        "{\"success\":\"true\",\"result\":[]}|/success is not true or false",
        "{\"success\":true,\"result\":{}}|/result is not a list",
        "{\"success\":true,\"result\":[null]}|/result/0 is not an object",
        "[]|the body is not an object",
        "null|the body is not an object",
        "` `|the body is not an object",
      })
  void anEnvelopeThatIsNoneIsMalformed(String body, String what) {
    assertThat(failure(ResponseReader.PAGE, Answers.of(200, body), Malformed.class))
        .hasMessage("get allow policy: 200 " + what + " [cf-ray 8f00-FRA]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{", "{\"success\":true,\"result\":[]", "{\"success\":true,\"result\":[]}}",
        "{\"success\":true,\"result\":[]} {}", "{'success':true}", "{\"success\":true,}",
        "{\"success\":TRUE}", "{\"success\":true,\"result\":[] /* */}", "<html></html>",
        "{\"success\":true,\"result\":[],\"x\":\"\u0001\"}", "{\"success\":true,\"x\":01}"
      })
  void aBodyThatIsNotJsonIsMalformed(String body) {
    assertThat(failure(ResponseReader.PAGE, Answers.of(200, body), Malformed.class))
        .extracting(Throwable::getMessage, STRING)
        .containsAnyOf("the body cannot be read as JSON: ", "the body goes on after its end");
  }

  @Test
  void invalidUtf8IsMalformed() {
    byte[] body = Answers.golden("policy-minimal");
    body[new String(body, ISO_8859_1).indexOf("\"m\"") + 1] = (byte) 0xFF;

    assertThat(failure(ResponseInterpreter.POLICY, Answers.of(200, body), Malformed.class))
        .hasMessageContaining("Invalid UTF-8");
  }

  @Test
  void anEmptyBodyIsNotAnEmptyPage() {
    for (ResponseReader<?> reader : readers()) {
      assertThat(failure(reader, Answers.of(204, ""), Malformed.class))
          .hasMessage("get allow policy: 204 the body is empty [cf-ray 8f00-FRA]");
    }
  }

  @Test
  void aBodyThatIsNotDeclaredAsJsonIsMalformed() {
    byte[] body = Answers.golden("page-first");
    ApiResponse none =
        new ApiResponse(200, ResponseHeaders.of(name -> List.of()), body, 0, body.length);

    assertThat(failure(ResponseReader.PAGE, none, Malformed.class))
        .hasMessage("get allow policy: 200 the body has no content type");
    assertThat(
            failure(
                ResponseReader.PAGE,
                Answers.of(200, body, "content-type", "text/html"),
                Malformed.class))
        .hasMessageContaining("the body is text/html, not JSON");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"success\":false,\"errors\":[{\"code\":1,\"message\":\"no\"}],\"result\":null}",
        "{\"result\":{\"id\":[]},\"errors\":[{\"code\":1,\"message\":\"no\"}],\"success\":false}",
        "{\"result\":\"?\",\"success\":false,\"errors\":{\"code\":1,\"message\":\"no\"}}"
      })
  void aSuccessfulStatusDoesNotMakeAFailureASuccess(String body) {
    for (ResponseReader<?> reader : readers()) {
      Rejected rejected = failure(reader, Answers.of(200, body), Rejected.class);

      assertThat(rejected.reason()).isEqualTo(RejectionReason.OTHER);
      assertThat(rejected.details().errors())
          .containsExactly(new ApiError(1, "no", null, null, List.of()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "300, REDIRECTED",
    "301, REDIRECTED",
    "302, REDIRECTED",
    "304, REDIRECTED",
    "307, REDIRECTED",
    "308, REDIRECTED",
    "399, REDIRECTED",
    "400, INVALID_REQUEST",
    "401, CREDENTIAL",
    "402, OTHER",
    "403, PERMISSION",
    "404, NOT_FOUND",
    "405, INVALID_REQUEST",
    "406, OTHER",
    "409, CONFLICT",
    "410, OTHER",
    "413, INVALID_REQUEST",
    "414, INVALID_REQUEST",
    "415, INVALID_REQUEST",
    "422, INVALID_REQUEST",
    "451, OTHER",
    "501, OTHER",
    "505, OTHER"
  })
  void refusalsAreRejectedWithAReason(int status, RejectionReason reason) {
    for (String body :
        List.of("", "<html>no</html>", "{\"success\":false}", "{\"success\":true}")) {
      Rejected rejected = failure(ResponseReader.PAGE, Answers.of(status, body), Rejected.class);

      assertThat(rejected.reason()).isEqualTo(reason);
      assertThat(rejected.details().status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 500, 502, 503, 504, 520, 522, 525, 530, 599})
  void failuresOfTheServiceAreUnavailable(int status) {
    for (String body : List.of("", "<html>bad gateway</html>", "{\"success\":false}")) {
      Unavailable unavailable =
          failure(
              ResponseReader.PAGE,
              Answers.of(status, body, "retry-after", "30"),
              Unavailable.class);

      assertThat(unavailable.details().retryAfter()).isEqualTo(Duration.ofSeconds(30));
      assertThat(unavailable.details().bodyExcerpt()).isEqualTo(body.isEmpty() ? null : body);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 99, 100, 101, 103, 199, 600, 999})
  void aStatusWithoutAMeaningIsMalformed(int status) {
    assertThat(
            failure(
                ResponseReader.PAGE,
                Answers.of(status, Answers.golden("page-first")),
                Malformed.class))
        .hasMessage(
            "get allow policy: " + status + " a status without a meaning [cf-ray 8f00-FRA]");
  }

  @ParameterizedTest
  @CsvSource({
    "error-not-found, 404, NOT_FOUND",
    "error-credential, 400, CREDENTIAL",
    "error-credential, 403, CREDENTIAL",
    "error-subscription, 403, NOT_SUBSCRIBED",
    "error-subscription, 400, INVALID_REQUEST",
    "error-odd-forms, 400, INVALID_REQUEST"
  })
  void codesAndWordsOfTheApiRefineTheReason(String golden, int status, RejectionReason reason) {
    Rejected rejected =
        failure(
            ResponseInterpreter.POLICY, Answers.of(status, Answers.golden(golden)), Rejected.class);

    assertThat(rejected.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({"9106, 400, CREDENTIAL", "10000, 401, CREDENTIAL", "10000, 403, PERMISSION"})
  void credentialCodesAreToldApart(int code, int status, RejectionReason reason) {
    String body = "{\"success\":false,\"errors\":[{\"code\":" + code + ",\"message\":\"x\"}]}";

    assertThat(
            failure(ResponseInterpreter.POLICY, Answers.of(status, body), Rejected.class).reason())
        .isEqualTo(reason);
  }

  @Test
  void errorsKeepPointerLinkAndChain() {
    assertThat(
            failure(
                    ResponseInterpreter.POLICY,
                    Answers.of(404, Answers.golden("error-not-found")),
                    Rejected.class)
                .details()
                .errors())
        .containsExactly(
            new ApiError(
                1003, "no such policy", "/result/id", "https://docs.example/1003", List.of()));
    assertThat(
            failure(
                    ResponseInterpreter.POLICY,
                    Answers.of(400, Answers.golden("error-credential")),
                    Rejected.class)
                .details()
                .errors())
        .containsExactly(
            new ApiError(
                6003,
                "bad headers",
                null,
                null,
                List.of(new ApiError(6103, "bad key", null, null, List.of()))));
  }

  @Test
  void errorsInFormsThatNobodyDocumentsAreKeptAsFarAsTheyGo() {
    assertThat(
            failure(
                    ResponseInterpreter.POLICY,
                    Answers.of(400, Answers.golden("error-odd-forms")),
                    Rejected.class)
                .details()
                .errors())
        .containsExactly(
            new ApiError(0, "plain text", null, null, List.of()),
            new ApiError(0, "no code", null, null, List.of()),
            new ApiError(0, "", null, null, List.of()),
            new ApiError(
                0, "", null, null, List.of(new ApiError(0, "deeper", null, null, List.of()))));
  }

  @Test
  void aFloodOfErrorsIsBounded() {
    String errors = "{\"code\":1,\"message\":\"x\"},".repeat(100_000) + "1";

    assertThat(
            failure(
                    ResponseInterpreter.POLICY,
                    Answers.of(400, "{\"success\":false,\"errors\":[" + errors + "]}"),
                    Rejected.class)
                .details()
                .errors())
        .hasSize(100);
  }

  @ParameterizedTest
  @CsvSource({"971, 400", "10100, 403", "971, 200", "10100, 429"})
  void throttlingIsRecognisedByItsCodesToo(int code, int status) {
    String body = "{\"success\":false,\"errors\":[{\"code\":" + code + ",\"message\":\"x\"}]}";

    assertThat(
            failure(ResponseInterpreter.POLICY, Answers.of(status, body), Throttled.class)
                .details()
                .status())
        .isEqualTo(status);
  }

  @Test
  void throttlingAmongOtherErrorsIsARefusal() {
    String body = "{\"success\":false,\"errors\":[{\"code\":971},{\"code\":1003}]}";

    failure(ResponseInterpreter.POLICY, Answers.of(400, body), Rejected.class);
  }

  @Test
  void aThrottledCallSaysHowLongToWait() {
    byte[] body = Answers.golden("error-throttled");
    RateLimit limit =
        new RateLimit("default", 0, Duration.ofSeconds(40), 1200L, Duration.ofSeconds(300));
    String[] limits = {
      "ratelimit", "\"default\";r=0;t=40", "ratelimit-policy", "\"default\";q=1200;w=300"
    };

    Throttled byQuota =
        failure(ResponseReader.PAGE, Answers.of(429, body, limits), Throttled.class);
    assertThat(byQuota.details().retryAfter()).isEqualTo(Duration.ofSeconds(40));
    assertThat(byQuota.details().rateLimit()).isEqualTo(limit);

    Throttled byHeader =
        failure(
            ResponseReader.PAGE,
            Answers.of(429, body, limits[0], limits[1], limits[2], limits[3], "retry-after", "7"),
            Throttled.class);
    assertThat(byHeader.details().retryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(byHeader.details().rateLimit()).isEqualTo(limit);

    Throttled bare = failure(ResponseReader.PAGE, Answers.of(429, body), Throttled.class);
    assertThat(bare.details().retryAfter()).isNull();
    assertThat(bare)
        .hasMessage("get allow policy: 429 too many requests: 971 slow down [cf-ray 8f00-FRA]");
  }

  @Test
  void theQuotaIsKeptOnEverySuccess() {
    ApiResponse response =
        Answers.of(200, Answers.golden("page-first"), "ratelimit", "\"default\";r=50;t=30");

    assertThat(ResponseReader.PAGE.read(LIST, response).rateLimit())
        .isEqualTo(new RateLimit("default", 50, Duration.ofSeconds(30), null, null));
  }

  @Test
  void anExcerptIsBoundedAndHasNoControlCharacters() {
    String html = "<html>\r\n\t\u0007" + "é".repeat(5000);

    assertThat(
            failure(ResponseReader.PAGE, Answers.of(502, html), Unavailable.class)
                .details()
                .bodyExcerpt())
        .startsWith("<html>   �é")
        .hasSize(512);
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 100_000})
  void depthIsBounded(int depth) {
    String body = "{\"success\":true,\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";

    assertThat(failure(ResponseReader.PAGE, Answers.of(200, body), Malformed.class))
        .hasMessageContaining("nesting depth");
  }

  @Test
  void lengthsOfNumbersAndNamesAreBounded() {
    assertThat(
            failure(
                ResponseReader.PAGE,
                Answers.of(200, "{\"success\":true,\"x\":" + "1".repeat(1001) + "}"),
                Malformed.class))
        .hasMessageContaining("Number value length");
    assertThat(
            failure(
                ResponseReader.PAGE,
                Answers.of(200, "{\"" + "x".repeat(2000) + "\":true}"),
                Malformed.class))
        .hasMessageContaining("Name length");
  }

  @Test
  void aTextMayBeAsLongAsTheBody() {
    String text = "é".repeat(11_000_000);
    String body =
        "{\"success\":true,\"result\":{\"id\":\"a\",\"created_at\":\"2026-01-01T00:00:00Z\","
            + "\"comments\":\""
            + text
            + "\"}}";

    assertThat(ResponseInterpreter.POLICY.read(GET, Answers.of(200, body)).value().comments())
        .isEqualTo(text);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aFailureNamesTheOperationItBelongsTo(Operation operation) {
    ApiRequest request = new ApiRequest(operation, ACCOUNT, Method.GET, "/accounts/x", "", null);
    EmailSecurityException e =
        catchThrowableOfType(
            EmailSecurityException.class,
            () -> ResponseReader.PAGE.read(request, Answers.of(503, "")));

    assertThat(e).hasMessage(operation.label() + ": 503 the service failed [cf-ray 8f00-FRA]");
  }

  private static List<ResponseReader<?>> readers() {
    return List.of(
        ResponseInterpreter.POLICY,
        ResponseReader.PAGE,
        ResponseInterpreter.DELETED,
        ResponseInterpreter.BATCH);
  }

  private static AllowPolicy policy(String golden) {
    return ResponseInterpreter.POLICY.read(GET, Answers.of(200, Answers.golden(golden))).value();
  }

  private static PageBody page(String golden) {
    return ResponseReader.PAGE.read(LIST, Answers.of(200, Answers.golden(golden))).value();
  }

  private static <E extends EmailSecurityException> E failure(
      ResponseReader<?> reader, ApiResponse response, Class<E> kind) {
    E failure = catchThrowableOfType(kind, () -> reader.read(GET, response));
    assertThat(failure).isNotNull();
    return failure;
  }
}
