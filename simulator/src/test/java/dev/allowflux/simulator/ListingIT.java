package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Caller.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ListingIT {
  private static ApiSimulator api;
  private static Caller caller;
  private static List<JsonNode> truth;

  @BeforeAll
  static void start() {
    api = ApiSimulator.builder().policies(1500).seed(11).noRateLimit().start();
    caller = new Caller(api);
    truth = api.policyIds().stream().map(id -> Caller.json("" + api.policyJson(id))).toList();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static String text(JsonNode policy, String field) {
    return policy.path(field).asString("");
  }

  private static Predicate<JsonNode> holds(String search) {
    return policy ->
        (text(policy, "pattern") + "\n" + text(policy, "comments"))
            .toLowerCase(Locale.ROOT)
            .contains(search.toLowerCase(Locale.ROOT));
  }

  private static Predicate<JsonNode> is(String field, boolean value) {
    return policy -> policy.required(field).booleanValue() == value;
  }

  static Stream<Arguments> filters() {
    String pattern = text(truth.get(700), "pattern");
    String regex =
        text(truth.stream().filter(is("is_regex", true)).findFirst().orElseThrow(), "pattern");
    return Stream.of(
        Arguments.of("", (Predicate<JsonNode>) policy -> true),
        Arguments.of("&is_trusted_sender=true", is("is_trusted_sender", true)),
        Arguments.of("&is_trusted_sender=false", is("is_trusted_sender", false)),
        Arguments.of("&is_acceptable_sender=true", is("is_acceptable_sender", true)),
        Arguments.of("&is_exempt_recipient=true", is("is_exempt_recipient", true)),
        Arguments.of("&verify_sender=false", is("verify_sender", false)),
        Arguments.of(
            "&verify_sender=true&is_trusted_sender=true&pattern_type=DOMAIN",
            is("verify_sender", true)
                .and(is("is_trusted_sender", true))
                .and(policy -> text(policy, "pattern_type").equals("DOMAIN"))),
        Arguments.of(
            "&pattern_type=IP",
            (Predicate<JsonNode>) policy -> text(policy, "pattern_type").equals("IP")),
        Arguments.of("&pattern_type=UNKNOWN", (Predicate<JsonNode>) policy -> false),
        Arguments.of("&search=BILLing", holds("billing")),
        Arguments.of("&search=" + encoded("GEPRÜFT"), holds("geprüft")),
        Arguments.of("&search=" + encoded("\"the quiet one\""), holds("\"the quiet one\"")),
        Arguments.of("&search=", (Predicate<JsonNode>) policy -> true),
        Arguments.of(
            "&pattern=" + encoded(pattern),
            (Predicate<JsonNode>) policy -> text(policy, "pattern").equals(pattern)),
        Arguments.of(
            "&pattern=" + encoded(regex),
            (Predicate<JsonNode>) policy -> text(policy, "pattern").equals(regex)),
        Arguments.of("&unheard_of=1", (Predicate<JsonNode>) policy -> true));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void filtersOrdersAndPagesAgreeWithAPlainSearch(String query, Predicate<JsonNode> filter) {
    for (String order : new String[] {"", "&order=created_at", "&order=pattern"}) {
      for (String direction : new String[] {"", "&direction=asc", "&direction=desc"}) {
        List<JsonNode> expected = new ArrayList<>(truth.stream().filter(filter).toList());
        if (order.endsWith("pattern")) {
          expected.sort(
              (a, b) ->
                  Arrays.compareUnsigned(
                      text(a, "pattern").getBytes(StandardCharsets.UTF_8),
                      text(b, "pattern").getBytes(StandardCharsets.UTF_8)));
        }
        if (direction.endsWith("desc")) {
          Collections.reverse(expected);
        }
        List<JsonNode> listed = new ArrayList<>();
        Reply reply;
        int page = 0;
        do {
          reply = caller.get("?per_page=700&page=" + ++page + query + order + direction);
          reply.result().forEach(listed::add);
          assertThat(reply.json().required("result_info").required("total_count").intValue())
              .isEqualTo(1500);
        } while (reply.result().size() == 700);
        assertThat(listed).as(query + order + direction).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "page=0, /page",
    "page=-1, /page",
    "page=x, /page",
    "page=, /page",
    "page=99999999999999999999, /page",
    "per_page=0, /per_page",
    "per_page=1001, /per_page",
    "order=id, /order",
    "direction=up, /direction",
    "pattern_type=FAX, /pattern_type",
    "pattern_type=ip, /pattern_type",
    "verify_sender=1, /verify_sender",
    "is_trusted_sender=TRUE, /is_trusted_sender",
    "page=1&page=2, /page",
    "search=a&search=a, /search",
  })
  void badParameterIsNamed(String query, String pointer) {
    Reply reply = caller.get("?" + query);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo(10_400);
    assertThat(reply.pointer()).isEqualTo(pointer);
    assertThat(reply.result().isNull()).isTrue();
  }

  @Test
  void pagesPastTheEndAreEmpty() {
    for (String page : new String[] {"76", "9223372036854775"}) {
      Reply reply = caller.get("?page=" + page);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.result().isArray()).isTrue();
      assertThat(reply.result()).isEmpty();
      assertThat(reply.json().required("result_info").required("page").asString()).isEqualTo(page);
    }
  }

  @Test
  void listingSeesEachWriteAtOnce() {
    try (ApiSimulator own =
        ApiSimulator.builder().policies(5).totalCount(TotalCount.FILTERED).start()) {
      Caller client = new Caller(own);
      String query = "?order=pattern&search=zebra";
      assertThat(client.get(query).result()).isEmpty();
      String id = own.policyIds().get(2);
      client.send("PATCH", "/" + id, "{\"comments\":\"a Zebra\"}");
      assertThat(client.get(query).result().size()).isEqualTo(1);
      assertThat(
              client.get(query).json().required("result_info").required("total_count").intValue())
          .isEqualTo(1);
      client.send("DELETE", "/" + id, null);
      assertThat(client.get(query).result()).isEmpty();
    }
  }

  @Test
  void theTotalCanBeLeftOut() {
    try (ApiSimulator own =
        ApiSimulator.builder().policies(5).totalCount(TotalCount.ABSENT).start()) {
      JsonNode info = new Caller(own).get("").json().required("result_info");
      assertThat(info.has("total_count")).isFalse();
      assertThat(info.required("per_page").intValue()).isEqualTo(20);
    }
  }

  @Test
  void pagesCanBeCapped() {
    try (ApiSimulator own = ApiSimulator.builder().policies(50).maxPageSize(15).start()) {
      Caller client = new Caller(own);
      List<String> ids = new ArrayList<>();
      for (int page = 1; page <= 4; page++) {
        Reply reply = client.get("?per_page=40&page=" + page);
        assertThat(reply.json().required("result_info").required("per_page").intValue())
            .isEqualTo(15);
        reply.result().forEach(policy -> ids.add(text(policy, "id")));
      }
      assertThat(ids).isEqualTo(own.policyIds());
      assertThat(client.get("?per_page=10").result().size()).isEqualTo(10);
    }
  }

  @Test
  void policiesCanBeAddedAndDeletedWithoutARequest() {
    try (ApiSimulator own = ApiSimulator.builder().policies(10).seed(3).start()) {
      Caller client = new Caller(own);
      List<String> before = own.policyIds();
      own.deletePolicies(List.of(before.get(4), "no id", before.get(7)));
      List<String> added = own.addPolicies(500);
      assertThat(added).hasSize(500).doesNotHaveDuplicates().doesNotContainAnyElementsOf(before);
      assertThat(own.size()).isEqualTo(508);
      JsonNode result = client.get("?per_page=1000&order=created_at&direction=asc").result();
      List<String> listed = new ArrayList<>();
      List<String> patterns = new ArrayList<>();
      result.forEach(policy -> listed.add(text(policy, "id")));
      result.forEach(policy -> patterns.add(text(policy, "pattern")));
      List<String> expected = new ArrayList<>(before);
      expected.remove(7);
      expected.remove(4);
      expected.addAll(added);
      assertThat(listed).isEqualTo(expected);
      assertThat(patterns).doesNotHaveDuplicates();
      assertThat(own.requestCount()).isEqualTo(1);
      assertThat(client.get("/" + added.get(0)).status()).isEqualTo(200);
      assertThat(client.get("/" + before.get(4)).status()).isEqualTo(404);
    }
  }

  @Test
  void tiesCanComeInAnotherOrderEachTime() {
    try (ApiSimulator own = ApiSimulator.builder().policies(5).tieBreak(TieBreak.RANDOM).start()) {
      own.addPolicies(30);
      own.addPolicies(1);
      Caller client = new Caller(own);
      List<List<String>> orders = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        List<String> ids = new ArrayList<>();
        client.get("?per_page=100").result().forEach(policy -> ids.add(text(policy, "id")));
        orders.add(ids);
      }
      List<String> truth = own.policyIds();
      assertThat(orders.get(0)).isNotEqualTo(orders.get(1));
      for (List<String> order : orders) {
        assertThat(order.get(35)).isEqualTo(truth.get(35));
        assertThat(order.subList(5, 35)).containsExactlyInAnyOrderElementsOf(truth.subList(5, 35));
      }
    }
  }

  @Test
  void deprecatedFieldsCanBeLeftOut() {
    try (ApiSimulator own = ApiSimulator.builder().policies(3).deprecatedFields(false).start()) {
      JsonNode policy = new Caller(own).get("").result().required(0);
      assertThat(policy.propertyNames())
          .doesNotContain("last_modified", "is_sender", "is_spoof", "is_recipient")
          .contains("id", "created_at", "modified_at", "pattern", "pattern_type", "is_regex");
    }
  }
}
