package dev.allowflux.simulator.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.allowflux.simulator.internal.pattern.PatternRules;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SeededPoliciesTest {
  private static final int COUNT = 20_000;
  private static final PolicyWriter WRITER = new PolicyWriter(true);

  private static JsonNode json(StoredPolicy policy) {
    return JsonMapper.shared().readTree(new String(WRITER.bytes(policy), UTF_8));
  }

  @Test
  void seedGivesTheSamePoliciesOnEveryMachine() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (StoredPolicy policy : SeededPolicies.make(7, 1000)) {
      digest.update(WRITER.bytes(policy));
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("58441174d8619a02e2cc17bad454b2feaaa092334b5e05284e8b8ab339d37c7f");
  }

  @Test
  void fewerPoliciesAreTheFirstOfMore() {
    List<String> more = SeededPolicies.make(7, 300).stream().map(p -> json(p).toString()).toList();
    List<String> fewer = SeededPolicies.make(7, 100).stream().map(p -> json(p).toString()).toList();
    assertThat(more.subList(0, 100)).isEqualTo(fewer);
    assertThat(SeededPolicies.make(8, 1).get(0).id())
        .isNotEqualTo(SeededPolicies.make(7, 1).get(0).id());
  }

  @Test
  void idsAndPatternsAreUniqueAndPatternsValid() {
    Set<String> ids = new HashSet<>();
    Set<String> patterns = new HashSet<>();
    for (StoredPolicy policy : SeededPolicies.make(3, COUNT)) {
      assertThat(PolicyIds.parse(policy.id())).isNotNull().hasToString(policy.id());
      assertThat(ids.add(policy.id())).as(policy.id()).isTrue();
      assertThat(patterns.add(policy.pattern())).as(policy.pattern()).isTrue();
      assertThat(
              PatternRules.violation(
                  policy.pattern(), policy.type(), policy.has(StoredPolicy.REGEX)))
          .as(policy.pattern())
          .isNull();
    }
  }

  @Test
  void timesAscendAndSomeAreEqual() {
    Instant before = Instant.EPOCH;
    int equal = 0;
    Set<Integer> lengths = new HashSet<>();
    for (StoredPolicy policy : SeededPolicies.make(3, COUNT)) {
      JsonNode json = json(policy);
      String text = json.required("created_at").stringValue();
      Instant created = Instant.parse(text);
      assertThat(created).isAfterOrEqualTo(before);
      assertThat(Instant.parse(json.required("modified_at").stringValue()))
          .isAfterOrEqualTo(created);
      equal += created.equals(before) ? 1 : 0;
      lengths.add(text.length());
      before = created;
    }
    assertThat(equal).isCloseTo(COUNT / 10, within(COUNT / 50));
    assertThat(lengths).as("numbers of fraction digits").hasSize(10);
  }

  @Test
  void valuesAreAsVariedAsRealOnes() {
    List<JsonNode> policies = SeededPolicies.make(3, COUNT).stream().map(p -> json(p)).toList();
    assertShare(policies, 50, p -> p.required("pattern_type").stringValue().equals("EMAIL"));
    assertShare(policies, 35, p -> p.required("pattern_type").stringValue().equals("DOMAIN"));
    assertShare(policies, 15, p -> p.required("pattern_type").stringValue().equals("IP"));
    assertShare(policies, 12, p -> p.required("is_regex").booleanValue());
    assertShare(policies, 10, p -> !p.has("comments"));
    assertShare(policies, 30, p -> p.has("comments") && p.required("comments").isNull());
    assertShare(policies, 5, p -> p.path("comments").asString("").chars().anyMatch(c -> c > 127));
    assertShare(policies, 10, p -> p.path("comments").asString("").matches("(?s).*[\"\\\\\n\t].*"));
  }

  private static void assertShare(List<JsonNode> policies, int percent, Predicate<JsonNode> what) {
    long count = policies.stream().filter(what).count();
    assertThat(count * 100.0 / policies.size()).isCloseTo(percent, within(1.5));
  }

  @Test
  void policyTakesSomeTwoHundredBytesOfHeap() {
    long before = usedHeap();
    List<StoredPolicy> policies = SeededPolicies.make(1, 100_000);
    long perPolicy = (usedHeap() - before) / policies.size();
    assertThat(perPolicy).isBetween(100L, 300L);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void deprecatedFieldsEqualTheirSuccessors() {
    for (StoredPolicy policy : SeededPolicies.make(3, 1000)) {
      JsonNode json = json(policy);
      assertThat(json.required("is_sender")).isEqualTo(json.required("is_trusted_sender"));
      assertThat(json.required("is_spoof")).isEqualTo(json.required("is_acceptable_sender"));
      assertThat(json.required("is_recipient")).isEqualTo(json.required("is_exempt_recipient"));
      assertThat(json.required("last_modified")).isEqualTo(json.required("modified_at"));
    }
  }
}
