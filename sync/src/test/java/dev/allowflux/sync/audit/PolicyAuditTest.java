package dev.allowflux.sync.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.internal.exposure.RegexAmbiguity;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PolicyAuditTest {
  private static final AuditSettings SETTINGS =
      AuditSettings.builder().now(PlantedPolicies.NOW).build();

  @TempDir Path folder;

  @Test
  void everyPlantedFindingIsFoundAndNoneIsInvented() {
    long seed = System.nanoTime();
    PlantedPolicies planted = PlantedPolicies.of(100_000, 200, new Random(seed));

    AuditReport report = audit(planted.policies, SETTINGS);

    Map<AuditRule, Set<String>> found = new EnumMap<>(AuditRule.class);
    report.forEach(
        finding ->
            found
                .computeIfAbsent(finding.rule(), rule -> new TreeSet<>())
                .add(PlantedPolicies.lower(finding.pattern())));
    for (AuditRule rule : AuditRule.values()) {
      Set<String> expected = planted.planted.get(rule);
      Set<String> invented = new TreeSet<>(found.getOrDefault(rule, Set.of()));
      invented.removeAll(expected);
      assertThat(invented).as("%s, seed %s", rule, seed).isEmpty();
      assertThat(report.count(rule)).as("%s, seed %s", rule, seed).isEqualTo(expected.size());
    }
    System.out.printf(
        "audit: %d policies, %d rules with 200 findings each: all found, none invented%n",
        report.policies(), AuditRule.values().length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+b",
        "(a*)*b",
        "(a|a)*b",
        "(a|b|ab)*c",
        "([a-z0-9]+[._-]?)+@x\\.example",
        "(.*)*x",
        "^(\\w+\\s?)*$",
        "((a{1,2}){1,5})*b",
        "(x+x+)+y"
      })
  void aNestedRepetitionOfTheSameCharactersIsSlow(String regex) {
    assertThat(RegexAmbiguity.isExponential(regex)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "([a-z]+\\.)+example", "^[a-z]+(\\.[a-z]+)*@x\\.example$", ".*@.*\\.example", "(ab|cd)*",
        "a{1,64}@x\\.example", "^(sales|info)@(a|b)\\.example$", "(a+b)+", "[a-z]*[0-9]*"
      })
  void aRepetitionThatOneTextTakesInOneWayIsNotSlow(String regex) {
    assertThat(RegexAmbiguity.isExponential(regex)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"^", "(?:)", "()", "\\b"})
  void repeatedRepetitionsOfNothingEndTheSearch(String nothing) {
    String regex = "(".repeat(60) + nothing + "){3}".repeat(60);

    assertThat(RegexAmbiguity.isExponential(regex)).isFalse();
  }

  @Test
  void aWaivedFindingIsCountedAndNotReported() {
    PlantedPolicies planted = PlantedPolicies.of(0, 2, new Random(1));
    AuditWaiver one = new AuditWaiver(AuditRule.PUBLIC_SUFFIX, "suffix1.ck", "we run it");
    AuditWaiver all = new AuditWaiver(AuditRule.NO_OWNER, null, "owners are kept elsewhere");
    AuditWaiver unused = new AuditWaiver(AuditRule.OLD, "gone.example", "was kept");

    AuditReport report =
        audit(
            planted.policies,
            AuditSettings.builder()
                .now(PlantedPolicies.NOW)
                .waivers(List.of(one, all, unused))
                .build());

    assertThat(report.count(AuditRule.PUBLIC_SUFFIX)).isOne();
    assertThat(report.count(AuditRule.NO_OWNER)).isZero();
    assertThat(report.waived()).isEqualTo(3);
    assertThat(report.unusedWaivers()).containsExactly(unused);
  }

  @Test
  void theDaysOfTheSettingsDecideWhatExpiresSoonAndWhatIsOld() {
    List<AllowPolicy> policies = PlantedPolicies.of(0, 2, new Random(1)).policies;
    AuditSettings.Builder days = AuditSettings.builder().now(PlantedPolicies.NOW);

    AuditReport strict = audit(policies, days.soonDays(6).oldDays(730).build());
    AuditReport lenient = audit(policies, days.soonDays(5).oldDays(731).build());

    assertThat(strict.count(AuditRule.EXPIRES_SOON)).isEqualTo(2);
    assertThat(strict.count(AuditRule.OLD)).isEqualTo(2);
    assertThat(lenient.count(AuditRule.EXPIRES_SOON)).isZero();
    assertThat(lenient.count(AuditRule.OLD)).isZero();
  }

  @Test
  void waiversAreReadLineByLineAndAWrongOneIsNamed() throws IOException {
    Path good =
        Files.writeString(
            folder.resolve("good"),
            "# reviewed\n{\"rule\":\"old\",\"pattern\":\"a.example\",\"reason\":\"r\"}\n");
    Path bad =
        Files.writeString(
            folder.resolve("bad"),
            "{\"rule\":\"old\"}\r\n{\"rule\":\"odl\",\"reason\":\"r\"}\n{\n" + "x".repeat(1 << 20));

    assertThat(AuditWaiver.read(good))
        .containsExactly(new AuditWaiver(AuditRule.OLD, "a.example", "r"));
    assertThatThrownBy(() -> AuditWaiver.read(bad))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems())
                    .extracting(InputException.Problem::line, InputException.Problem::reason)
                    .containsExactly(
                        tuple(1L, "a waiver needs rule and reason"),
                        tuple(2L, "there is no rule odl"),
                        tuple(3L, "is not valid JSON"),
                        tuple(4L, "the line is too long")));
  }

  @Test
  void waiversThatAreNotUtf8AreRefusedByName() throws IOException {
    Path file = Files.write(folder.resolve("latin"), new byte[] {'#', (byte) 0xE4, '\n'});

    assertThatThrownBy(() -> AuditWaiver.read(file))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems())
                    .extracting(InputException.Problem::reason)
                    .containsExactly("is not valid UTF-8; save it as UTF-8"));
  }

  @Test
  void noControlCharacterOfAnUnknownKindReachesATerminal() throws IOException {
    PolicyAudit audit = PolicyAudit.of(SETTINGS);
    audit.add(
        AllowPolicy.builder()
            .id(new PolicyId("p1"))
            .createdAt(PlantedPolicies.NOW)
            .patternTypeName("\u001b[2J")
            .pattern("a.example")
            .build());
    StringWriter out = new StringWriter();

    AuditRenderer.of(audit.report()).text(out, 10);

    assertThat(out.toString()).contains("a.example").doesNotContain("\u001b");
  }

  @Test
  void sarifNamesRuleLevelAndLine() throws IOException {
    PolicyAudit audit = PolicyAudit.of(SETTINGS);
    audit.add(PlantedPolicies.of(0, 1, new Random(1)).policies.get(0), "my list.csv:12");
    StringWriter out = new StringWriter();

    AuditRenderer.of(audit.report()).sarif(out);

    JsonNode run = JsonMapper.shared().readTree(out.toString()).get("runs").get(0);
    JsonNode result = run.get("results").get(0);
    JsonNode place = result.get("locations").get(0).get("physicalLocation");
    assertThat(place.get("artifactLocation").get("uri").asString()).isEqualTo("my%20list.csv");
    assertThat(place.get("region").get("startLine").asInt()).isEqualTo(12);
    JsonNode rules = run.get("tool").get("driver").get("rules");
    assertThat(rules).hasSize(AuditRule.values().length);
    assertThat(rules.get(result.get("ruleIndex").asInt()).get("id"))
        .isEqualTo(result.get("ruleId"));
  }

  @Test
  void sarifNamesAFileWithAColonInItsName() throws IOException {
    PolicyAudit audit = PolicyAudit.of(SETTINGS);
    audit.add(PlantedPolicies.of(0, 1, new Random(1)).policies.get(0), "team:a.csv:12");
    StringWriter out = new StringWriter();

    AuditRenderer.of(audit.report()).sarif(out);

    assertThat(out.toString()).contains("\"uri\":\"./team:a.csv\"");
  }

  @Test
  void thePageHoldsNoMarkupFromAPattern() throws IOException {
    PolicyAudit audit = PolicyAudit.of(SETTINGS);
    audit.add(
        AllowPolicy.builder()
            .id(new PolicyId("p1"))
            .createdAt(PlantedPolicies.NOW)
            .patternTypeName("DOMAIN")
            .pattern("<script>alert(1)</script>\u202e")
            .build());
    StringWriter out = new StringWriter();

    AuditPage.of(audit.report(), "<b>", PlantedPolicies.NOW).write(out);

    assertThat(out.toString())
        .contains("&lt;script&gt;", "&lt;b&gt;")
        .doesNotContain("<script", "\u202e", "http://", "https://");
  }

  static AuditReport audit(List<AllowPolicy> policies, AuditSettings settings) {
    PolicyAudit audit = PolicyAudit.of(settings);
    new ArrayList<>(policies).forEach(audit::add);
    return audit.report();
  }
}
