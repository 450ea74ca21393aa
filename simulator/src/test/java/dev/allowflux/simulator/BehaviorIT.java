package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Caller.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What the documentation leaves open, as settings. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class BehaviorIT {
  private static String policy(String pattern, String type, String comments) {
    return """
    {"pattern":"%s","pattern_type":"%s","is_regex":false,"is_trusted_sender":true,
     "is_acceptable_sender":false,"is_exempt_recipient":false,"verify_sender":true,
     "comments":"%s"}
    """
        .formatted(pattern, type, comments);
  }

  @Test
  void normalizingServiceStoresItsOwnSpelling() {
    try (ApiSimulator api = ApiSimulator.builder().normalizing(true).start()) {
      Caller caller = new Caller(api);
      JsonNode domain = caller.post("", policy("Bücher.Example.", "DOMAIN", "  a b ")).result();
      assertThat(domain.required("pattern").stringValue()).isEqualTo("xn--bcher-kva.example");
      assertThat(domain.required("comments").stringValue()).isEqualTo("a b");
      JsonNode network = caller.post("", policy("8.8.8.8/24", "IP", "")).result();
      assertThat(network.required("pattern").stringValue()).isEqualTo("8.8.8.0/24");
      String id = network.required("id").stringValue();
      JsonNode edited =
          caller.send("PATCH", "/" + id, "{\"pattern\":\"2A02:1:0:0::9/32\"}").result();
      assertThat(edited.required("pattern").stringValue()).isEqualTo("2a02:1::/32");
      assertThat(Caller.json("" + api.policyJson(id)).required("pattern"))
          .isEqualTo(edited.required("pattern"));
    }
  }

  @Test
  void otherServiceStoresWhatWasSent() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      JsonNode domain =
          new Caller(api).post("", policy("Bücher.Example", "DOMAIN", " a ")).result();
      assertThat(domain.required("pattern").stringValue()).isEqualTo("Bücher.Example");
      assertThat(domain.required("comments").stringValue()).isEqualTo(" a ");
    }
  }

  @Test
  void clampedPagesCanReportTheRequestedSize() {
    try (ApiSimulator api =
        ApiSimulator.builder().policies(60).maxPageSize(25).echoRequestedPageSize(true).start()) {
      List<String> ids = new ArrayList<>();
      for (int page = 1; page <= 3; page++) {
        Reply reply = new Caller(api).get("?per_page=1000&page=" + page);
        assertThat(reply.json().at("/result_info/per_page").intValue()).isEqualTo(1000);
        reply.result().forEach(policy -> ids.add(policy.required("id").stringValue()));
      }
      assertThat(ids).isEqualTo(api.policyIds());
    }
  }

  @Test
  void refusedBatchThatIsNotAtomicHasDoneTheElementsBeforeTheRefusedOne() {
    try (ApiSimulator api = ApiSimulator.builder().policies(3).atomicBatches(false).start()) {
      List<String> ids = api.policyIds();
      String good = policy("a@b.example", "EMAIL", "");
      Reply reply =
          new Caller(api)
              .post(
                  "/batch",
                  "{\"deletes\":[{\"id\":\"%s\"}],\"patches\":[],\"puts\":[],\"posts\":[%s,%s,%s]}"
                      .formatted(ids.get(1), good, policy("no address", "EMAIL", ""), good));
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.pointer()).isEqualTo("/posts/1/pattern");
      assertThat(api.size()).isEqualTo(3);
      assertThat(api.policyIds()).doesNotContain(ids.get(1));
      RecordedRequest request = api.requests().get(0);
      assertThat(request.carriedOut()).isFalse();
      assertThat(request.deletedIds()).containsExactly(ids.get(1));
      assertThat(request.createdIds()).containsExactly(api.policyIds().get(2));
    }
  }
}
