package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.simulator.Caller.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several accounts in one simulator, and the way back to the start. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class AccountsIT {
  private static final String POLICY =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true}";

  private static ApiSimulatorBuilder builder() {
    return ApiSimulator.builder()
        .policies(10)
        .addAccount("second", "second-token", 20)
        .addAccount("third", "third-token", 0)
        .rateLimit(RateLimitRule.of(5, Duration.ofMinutes(5)));
  }

  private static Reply list(ApiSimulator api, String account, String token) {
    return new Caller(api, "authorization", "Bearer " + token)
        .sendTo(
            "GET",
            api.baseUrl()
                + "/accounts/"
                + account
                + "/email-security/settings/allow_policies?per_page=100",
            null);
  }

  private static List<String> ids(Reply reply) {
    return reply.result().valueStream().map(p -> p.required("id").stringValue()).toList();
  }

  @Test
  void eachAccountHasItsOwnPoliciesAndToken() {
    try (ApiSimulator api = builder().start()) {
      SimulatedAccount second = api.account("second");
      assertThat(ids(list(api, "second", second.token())))
          .isEqualTo(second.policyIds())
          .hasSize(20);
      assertThat(ids(list(api, "third", "third-token"))).isEmpty();
      assertThat(ids(new Caller(api).get(""))).isEqualTo(api.policyIds()).hasSize(10);
      assertThat(second.policyIds()).doesNotContainAnyElementsOf(api.policyIds());
      assertThat(second.policyJson(api.policyIds().get(0))).isNull();
    }
  }

  @Test
  void tokenOfAnotherAccountIsRefused() {
    try (ApiSimulator api = builder().start()) {
      for (String[] wrong :
          new String[][] {
            {"second", api.token()}, {"third", "second-token"}, {api.accountId(), "third-token"}
          }) {
        Reply reply = list(api, wrong[0], wrong[1]);
        assertThat(reply.status()).as(wrong[0]).isEqualTo(403);
        assertThat(reply.code()).isEqualTo(10_000);
      }
      assertThat(list(api, "fourth", api.token()).status()).isEqualTo(403);
    }
  }

  @Test
  void revokedCredentialIsRefusedUntilItIsGivenBack() {
    try (ApiSimulator api = builder().start()) {
      api.user("second-token").revoked(true);
      assertThat(list(api, "second", "second-token").status()).isEqualTo(401);
      assertThat(list(api, "third", "third-token").status()).isEqualTo(200);
      api.user("second-token").revoked(false);
      assertThat(list(api, "second", "second-token").status()).isEqualTo(200);
      api.user("second-token").revoked(true);
      api.reset();
      assertThat(list(api, "second", "second-token").status()).isEqualTo(200);
    }
  }

  @Test
  void eachUserHasHisOwnQuota() {
    try (ApiSimulator api = builder().start()) {
      for (int i = 0; i < 5; i++) {
        assertThat(list(api, "second", "second-token").status()).isEqualTo(200);
      }
      Reply refused = list(api, "second", "second-token");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(api.account("second").quotaLeft()).isZero();
      assertThat(api.account("third").quotaLeft()).isEqualTo(5);
      assertThat(list(api, "third", "third-token").header("ratelimit"))
          .startsWith("\"default\";r=4;");
      assertThat(api.quotaLeft()).isEqualTo(5);
      api.account("third").spend(4);
      assertThat(list(api, "third", "third-token").status()).isEqualTo(429);
    }
  }

  @Test
  void requestsAreReadBackByAccount() {
    try (ApiSimulator api = builder().start()) {
      list(api, "second", "second-token");
      new Caller(api).get("");
      list(api, "second", api.token());
      new Caller(api).sendTo("GET", api.baseUrl() + "/nowhere", null);
      assertThat(api.account("second").requests())
          .extracting(RecordedRequest::number)
          .containsExactly(1L, 3L);
      assertThat(api.account(api.accountId()).requests())
          .extracting(RecordedRequest::number)
          .containsExactly(2L);
      assertThat(api.requests().get(3).accountId()).isNull();
    }
  }

  @Test
  void aUserOfSeveralAccountsHasOneQuotaForThem() {
    try (ApiSimulator api =
        builder().addUser("shared-token", "second", "third").addUser("other", "second").start()) {
      SimulatedUser shared = api.user("shared-token");
      assertThat(list(api, "second", "shared-token").status()).isEqualTo(200);
      assertThat(list(api, "third", "shared-token").status()).isEqualTo(200);
      assertThat(list(api, api.accountId(), "shared-token").status()).isEqualTo(403);
      assertThat(shared.quotaLeft()).isEqualTo(2);
      assertThat(api.account("second").quotaLeft()).isEqualTo(5);
      shared.spend(2);
      Reply refused = list(api, "third", "shared-token");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("ratelimit")).startsWith("\"default\";r=0;");
      assertThat(list(api, "second", "other").status()).isEqualTo(200);
      assertThat(list(api, "third", "third-token").status()).isEqualTo(200);

      assertThat(shared.requests())
          .extracting(RecordedRequest::number)
          .containsExactly(1L, 2L, 3L, 4L);
      api.reset();
      assertThat(shared.quotaLeft()).isEqualTo(5);
      assertThat(shared.requests()).isEmpty();
      assertThat(shared.accountIds()).containsExactlyInAnyOrder("second", "third");
      assertThat(shared).asString().doesNotContain("shared-token");
    }
  }

  @Test
  void eachCredentialListsTheAccountsThatItSees() {
    try (ApiSimulator api = builder().addUser("shared", "third", "second").start()) {
      Reply shared = accounts(api, "shared", "?per_page=5");
      assertThat(ids(shared)).containsExactly("second", "third");
      assertThat(shared.result().get(0).required("name").stringValue()).isEqualTo("Account second");
      assertThat(shared.json().required("result_info").required("total_count").intValue())
          .isEqualTo(2);
      assertThat(ids(accounts(api, "shared", "?page=2"))).isEmpty();
      assertThat(ids(accounts(api, api.token(), ""))).containsExactly(api.accountId());
      assertThat(api.user("shared").quotaLeft()).isEqualTo(3);
      assertThat(api.requests().get(0).operation()).isEqualTo(Operation.LIST_ACCOUNTS);
      assertThat(api.requests().get(0).accountId()).isNull();

      assertThat(accounts(api, "wrong", "").status()).isEqualTo(401);
      assertThat(accounts(api, "shared", "?per_page=4").status()).isEqualTo(400);
      assertThat(accounts(api, "shared", "?per_page=51").status()).isEqualTo(400);
      assertThat(accounts(api, "shared", "").status()).isEqualTo(200);
      assertThat(accounts(api, "shared", "").status()).isEqualTo(429);
      Reply post =
          new Caller(api).sendTo("POST", api.baseUrl() + "/accounts", "{\"name\":\"new\"}");
      assertThat(post.status()).isEqualTo(405);
    }
  }

  @Test
  void accountThatIsWithdrawnIsNeitherListedNorUsed() {
    try (ApiSimulator api = builder().addUser("shared", "third", "second").start()) {
      SimulatedUser shared = api.user("shared");
      shared.withdrawn("second", true);
      Reply listed = accounts(api, "shared", "");
      assertThat(ids(listed)).containsExactly("third");
      assertThat(listed.json().required("result_info").required("total_count").intValue())
          .isEqualTo(1);
      assertThat(list(api, "second", "shared").status()).isEqualTo(403);
      shared.withdrawn("second", false);
      assertThat(list(api, "second", "shared").status()).isEqualTo(200);
      shared.withdrawn("third", true);
      api.reset();
      assertThat(ids(accounts(api, "shared", ""))).containsExactly("second", "third");
      assertThatIllegalArgumentException().isThrownBy(() -> shared.withdrawn("a9", true));
    }
  }

  private static Reply accounts(ApiSimulator api, String token, String query) {
    return new Caller(api, "authorization", "Bearer " + token)
        .sendTo("GET", api.baseUrl() + "/accounts" + query, null);
  }

  @Test
  void chosenPoliciesAreThereAtTheStartAndAfterAReset() {
    try (ApiSimulator api =
        builder().addPolicy(POLICY).addPolicy("third", POLICY).normalizing(true).start()) {
      List<String> first = api.policyIds();
      String chosen = first.get(10);
      assertThat(first).hasSize(11);
      assertThat(api.policyJson(chosen)).contains("\"pattern\":\"a@b.example\"");
      assertThat(ids(list(api, "third", "third-token"))).hasSize(1).doesNotContain(chosen);

      api.deletePolicies(first);
      String later = api.account("second").addPolicy(POLICY);
      assertThat(api.account("second").policyIds()).contains(later);
      api.reset();

      assertThat(api.policyIds()).isEqualTo(first);
      assertThat(api.account("second").policyIds()).hasSize(20);
      assertThat(api.requestCount()).isZero();
    }
  }

  @Test
  void whatTheServiceWouldRefuseIsNoChosenPolicy() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().addPolicy("{\"pattern\":\"a@b.example\"}").start())
        .withMessageContaining("is required");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().addPolicy("nowhere", POLICY).start())
        .withMessageContaining("nowhere");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().addUser("u", "nowhere").start())
        .withMessageContaining("nowhere");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().addUser("second-token", "third").start())
        .withMessageContaining("token")
        .satisfies(e -> assertThat(e).message().doesNotContain("second-token"));
    assertThatIllegalArgumentException().isThrownBy(() -> builder().addUser("u"));
  }

  @Test
  void writeChangesOneAccountOnly() {
    try (ApiSimulator api = builder().start()) {
      List<String> before = api.policyIds();
      api.account("second").addPolicies(3);
      api.account("second").deletePolicies(api.policyIds());
      assertThat(api.account("second").size()).isEqualTo(23);
      assertThat(api.policyIds()).isEqualTo(before);
    }
  }

  @Test
  void accountsNeedDifferentIdsAndTokens() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().addAccount("second", "other-token", 1).start())
        .withMessageContaining("second");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().addAccount("fourth", "third-token", 1).start());
    try (ApiSimulator api = builder().start()) {
      assertThatIllegalArgumentException().isThrownBy(() -> api.account("fourth"));
    }
  }

  @Test
  void resetIsTheWayBackToTheStart() {
    try (ApiSimulator api =
        builder().faults(FaultScript.inOrder(Fault.status(503, Fault.Content.JSON))).start()) {
      Caller caller = new Caller(api);
      List<List<Object>> runs = new ArrayList<>();
      for (int run = 0; run < 2; run++) {
        List<Object> seen = new ArrayList<>();
        seen.add(caller.get("").status());
        Reply created = caller.post("", POLICY);
        seen.add(created.result().required("id"));
        seen.add(caller.send("DELETE", "/" + api.policyIds().get(0), null).status());
        seen.add(api.addPolicies(2));
        seen.add(api.account("second").addPolicies(2));
        seen.add(api.requests().toString());
        seen.add(api.quotaLeft());
        seen.add(api.policyIds());
        seen.add(api.responseCounts());
        api.spend(9);
        api.reset();
        assertThat(api.size()).isEqualTo(10);
        assertThat(api.account("second").size()).isEqualTo(20);
        assertThat(api.requests()).isEmpty();
        assertThat(api.requestCount()).isZero();
        assertThat(api.faultCounts()).isEmpty();
        runs.add(seen);
      }
      assertThat(runs.get(1)).isEqualTo(runs.get(0));
    }
  }

  @Test
  void lateWriteFromBeforeAResetIsNotCarriedOut() {
    try (ApiSimulator api = builder().start()) {
      api.faults(FaultScript.inOrder(Fault.none().doneAfter(Duration.ofMillis(300))));
      new Caller(api).post("", POLICY);
      api.reset();
      while (api.pendingWrites() > 0) {
        Thread.onSpinWait();
      }
      assertThat(api.size()).isEqualTo(10);
    }
  }

  @Test
  void contraryFaultsStartAgainAtAReset() throws IOException {
    try (ApiSimulator api =
        builder().noRateLimit().contrary(11, 0.5, Duration.ofMillis(1)).start()) {
      List<List<String>> runs = new ArrayList<>();
      for (int run = 0; run < 2; run++) {
        for (String id : api.policyIds()) {
          try (Wire wire = new Wire(api)) {
            wire.get("/" + id, "connection: close").readToEnd();
          }
        }
        runs.add(api.requests().stream().map(r -> "" + r.fault()).toList());
        api.reset();
      }
      assertThat(runs.get(1)).isEqualTo(runs.get(0));
      assertThat(runs.get(0)).as("faults").anyMatch(fault -> !fault.equals("null"));
    }
  }
}
