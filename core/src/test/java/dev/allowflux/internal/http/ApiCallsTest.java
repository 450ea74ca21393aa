package dev.allowflux.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.net.URI;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiCallsTest {
  private static final AccountId ACCOUNT = new AccountId("acc1");
  private static final PolicyId ID = new PolicyId("p-1");
  private static final String POLICIES = "/accounts/acc1/email-security/settings/allow_policies";

  @Test
  void listAsksForOnePage() {
    ApiRequest request = ApiCalls.list(ACCOUNT, AllowPolicyFilter.all(), 3, 1000);

    assertThat(request.operation()).isEqualTo(Operation.LIST);
    assertThat(request.account()).isEqualTo(ACCOUNT);
    assertThat(request).hasToString("GET " + POLICIES + "?page=3&per_page=1000");
    assertThat(request.body()).isNull();
  }

  @Test
  void listAccountsAddressesNoAccount() {
    ApiRequest request = ApiCalls.listAccounts(2, 50);

    assertThat(request.operation()).isEqualTo(Operation.LIST_ACCOUNTS);
    assertThat(request.account()).isNull();
    assertThat(request).hasToString("GET /accounts?page=2&per_page=50");
    for (int perPage : new int[] {4, 51}) {
      assertThatIllegalArgumentException().isThrownBy(() -> ApiCalls.listAccounts(1, perPage));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> ApiCalls.listAccounts(0, 50));
  }

  @Test
  void listSendsEveryPartOfTheFilterByTheNamesOfTheApi() {
    AllowPolicyFilter filter =
        AllowPolicyFilter.builder()
            .search("a b&c=d")
            .pattern("x+é@y.example")
            .patternType(PatternType.UNKNOWN)
            .isTrustedSender(true)
            .isAcceptableSender(false)
            .isExemptRecipient(true)
            .verifySender(false)
            .order(Order.CREATED_AT)
            .direction(Direction.DESC)
            .build();

    assertThat(ApiCalls.list(ACCOUNT, filter, 1, 20).query())
        .isEqualTo(
            "page=1&per_page=20&search=a%20b%26c%3Dd&pattern=x%2B%C3%A9%40y.example"
                + "&pattern_type=UNKNOWN&is_trusted_sender=true&is_acceptable_sender=false"
                + "&is_exempt_recipient=true&verify_sender=false&order=created_at&direction=desc");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1001})
  void pageSizesThatTheApiRefusesAreNotSent(int perPage) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ApiCalls.list(ACCOUNT, AllowPolicyFilter.all(), 1, perPage))
        .withMessage("per_page must be 1 to 1000, not " + perPage);
  }

  @Test
  void pagesBeginAtOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ApiCalls.list(ACCOUNT, AllowPolicyFilter.all(), 0, 20))
        .withMessage("page must be 1 or more, not 0");
  }

  @Test
  void getAndDeleteHaveNoBody() {
    ApiRequest get = ApiCalls.get(ACCOUNT, ID);
    ApiRequest delete = ApiCalls.delete(ACCOUNT, ID);

    assertThat(get).hasToString("GET " + POLICIES + "/p-1");
    assertThat(get.operation()).isEqualTo(Operation.GET);
    assertThat(get.body()).isNull();
    assertThat(delete).hasToString("DELETE " + POLICIES + "/p-1");
    assertThat(delete.operation()).isEqualTo(Operation.DELETE);
    assertThat(delete.body()).isNull();
  }

  @Test
  void createSendsLiveFieldsOnly() {
    ApiRequest request = ApiCalls.create(ACCOUNT, policy().comments("why \"so\" é😀\n").build());

    assertThat(request.operation()).isEqualTo(Operation.CREATE);
    assertThat(request.isIdempotent()).isFalse();
    assertThat(request.method()).isEqualTo(Method.POST);
    assertThat(request.pathAndQuery()).isEqualTo(POLICIES);
    assertThat(body(request))
        .isEqualTo(
            "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,"
                + "\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
                + "\"is_exempt_recipient\":false,\"verify_sender\":true,"
                + "\"comments\":\"why \\\"so\\\" é😀\\n\"}");
  }

  @Test
  void createLeavesOutCommentsThatAreNotThere() {
    assertThat(body(ApiCalls.create(ACCOUNT, policy().build()))).doesNotContain("comments");
  }

  @Test
  void editSendsTheFieldsThatWereSetAndNoOthers() {
    ApiRequest request =
        ApiCalls.edit(ACCOUNT, ID, AllowPolicyEdit.builder().verifySender(false).build());

    assertThat(request.operation()).isEqualTo(Operation.EDIT);
    assertThat(request.method()).isEqualTo(Method.PATCH);
    assertThat(request.pathAndQuery()).isEqualTo(POLICIES + "/p-1");
    assertThat(body(request)).isEqualTo("{\"verify_sender\":false}");
  }

  @Test
  void editTellsTheThreeStatesOfCommentsApart() {
    AllowPolicyEdit.Builder edit = AllowPolicyEdit.builder().isRegex(true);

    assertThat(body(ApiCalls.edit(ACCOUNT, ID, edit.build()))).isEqualTo("{\"is_regex\":true}");
    assertThat(body(ApiCalls.edit(ACCOUNT, ID, edit.comments("").build())))
        .isEqualTo("{\"is_regex\":true,\"comments\":\"\"}");
    assertThat(body(ApiCalls.edit(ACCOUNT, ID, edit.clearComments().build())))
        .isEqualTo("{\"is_regex\":true,\"comments\":null}");
  }

  @Test
  void editCanSendEveryLiveField() {
    AllowPolicyEdit edit =
        AllowPolicyEdit.builder()
            .pattern("x")
            .patternType(PatternType.DOMAIN)
            .isRegex(true)
            .isTrustedSender(false)
            .isAcceptableSender(true)
            .isExemptRecipient(false)
            .verifySender(true)
            .comments("c")
            .build();

    assertThat(body(ApiCalls.edit(ACCOUNT, ID, edit)))
        .isEqualTo(
            "{\"pattern\":\"x\",\"pattern_type\":\"DOMAIN\",\"is_regex\":true,"
                + "\"is_trusted_sender\":false,\"is_acceptable_sender\":true,"
                + "\"is_exempt_recipient\":false,\"verify_sender\":true,\"comments\":\"c\"}");
  }

  @Test
  void anEmptyBatchStillSendsItsFourArrays() {
    ApiRequest request = ApiCalls.batch(ACCOUNT, AllowPolicyBatch.builder().build());

    assertThat(request.operation()).isEqualTo(Operation.BATCH);
    assertThat(request.isIdempotent()).isFalse();
    assertThat(request.method()).isEqualTo(Method.POST);
    assertThat(request.pathAndQuery()).isEqualTo(POLICIES + "/batch");
    assertThat(body(request)).isEqualTo("{\"deletes\":[],\"patches\":[],\"puts\":[],\"posts\":[]}");
  }

  @Test
  void batchEditsAndReplacementsCarryTheirIds() {
    AllowPolicyBatch batch =
        AllowPolicyBatch.builder()
            .create(policy().build())
            .replace(new PolicyId("r"), policy().comments("c").build())
            .edit(new PolicyId("e"), AllowPolicyEdit.builder().clearComments().build())
            .delete(new PolicyId("d"))
            .build();
    String flags =
        "\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
            + "\"is_exempt_recipient\":false,\"verify_sender\":true";

    assertThat(body(ApiCalls.batch(ACCOUNT, batch)))
        .isEqualTo(
            "{\"deletes\":[{\"id\":\"d\"}],\"patches\":[{\"id\":\"e\",\"comments\":null}],"
                + "\"puts\":[{\"id\":\"r\",\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\","
                + flags
                + ",\"comments\":\"c\"}],\"posts\":[{\"pattern\":\"a@b.example\","
                + "\"pattern_type\":\"EMAIL\","
                + flags
                + "}]}");
  }

  @Test
  void anyIdStaysOneSegmentOfThePath() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String text = text(random);
      if (text.equals(".") || text.equals("..")) {
        continue;
      }
      ApiRequest request = ApiCalls.delete(new AccountId("a/../b?c#d"), new PolicyId(text));
      URI uri = URI.create("https://api.example/client/v4" + request.pathAndQuery());

      assertThat(request.path()).as("seed %d round %d", seed, round).matches("[A-Za-z0-9._~%/-]+");
      assertThat(uri.normalize()).as("seed %d round %d", seed, round).isEqualTo(uri);
      String[] segments = uri.getRawPath().split("/", -1);
      assertThat(segments).as("seed %d round %d", seed, round).hasSize(9);
      assertThat(URI.create("x:/" + segments[8]).getPath())
          .as("seed %d round %d", seed, round)
          .isEqualTo("/" + text);
      assertThat(URI.create("x:/" + segments[4]).getPath()).isEqualTo("/a/../b?c#d");
    }
  }

  @Test
  void anyFilterTextStaysOneValueOfTheQuery() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String text = text(random);
      AllowPolicyFilter filter = AllowPolicyFilter.builder().search(text).build();
      String query = ApiCalls.list(ACCOUNT, filter, 1, 1).query();

      assertThat(query.split("&", -1)).as("seed %d round %d", seed, round).hasSize(3);
      assertThat(URI.create("x:/?" + query.split("&", -1)[2]).getQuery())
          .as("seed %d round %d", seed, round)
          .isEqualTo("search=" + text);
    }
  }

  @Test
  void theTextOfARequestHasNoBody() {
    assertThat(ApiCalls.create(ACCOUNT, policy().comments("private").build()))
        .asString()
        .matches("POST " + POLICIES + " \\(\\d+ bytes\\)");
  }

  /** One to eight code points, mostly those that mean something in a URI. */
  private static String text(Random random) {
    String special = "/?#%&=+;:@.~-_ \"<>[]{}|\\^`'\n\u0000\u007f";
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(8); n > 0; n--) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) ('a' + random.nextInt(26)));
        case 1 -> text.appendCodePoint(0x1F600 + random.nextInt(64));
        case 2 -> text.append((char) (0xA0 + random.nextInt(0x2000)));
        default -> text.append(special.charAt(random.nextInt(special.length())));
      }
    }
    return text.toString();
  }

  private static String body(ApiRequest request) {
    return new String(Objects.requireNonNull(request.body()), UTF_8);
  }

  private static NewAllowPolicy.Builder policy() {
    return NewAllowPolicy.builder()
        .pattern("a@b.example")
        .patternType(PatternType.EMAIL)
        .isRegex(false)
        .isTrustedSender(true)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true);
  }
}
