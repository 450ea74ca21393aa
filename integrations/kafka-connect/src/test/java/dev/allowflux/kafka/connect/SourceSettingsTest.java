package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.kafka.connect.SourceSettings.Tenant;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.runtime.AbstractHerder;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.storage.ClusterConfigState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code validate} says of a configuration, and how tasks are cut. */
class SourceSettingsTest {

  private static Map<String, String> three() {
    Map<String, String> values = new HashMap<>();
    values.put("topic", "policies");
    values.put("credentials", "a,b,c");
    for (String name : List.of("a", "b", "c")) {
      values.put("credentials." + name + ".token", "token-" + name);
      values.put("credentials." + name + ".accounts", name + "1," + name + "2");
    }
    return values;
  }

  private static Map<String, List<String>> problems(Map<String, String> values) {
    Map<String, List<String>> problems = new TreeMap<>();
    for (ConfigValue value : new AllowPolicySourceConnector().validate(values).configValues()) {
      if (!value.errorMessages().isEmpty()) {
        problems.put(value.name(), value.errorMessages());
      }
    }
    return problems;
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> values = three();
    values.put(key, value);
    return values;
  }

  private static Map<String, String> without(String key) {
    Map<String, String> values = three();
    values.remove(key);
    return values;
  }

  @Test
  void eachWrongSettingIsReportedUnderItsOwnName() {
    assertThat(problems(without("topic"))).containsOnlyKeys("topic");
    assertThat(problems(without("credentials"))).containsOnlyKeys("credentials");
    assertThat(problems(with("mode", "everything"))).containsOnlyKeys("mode");
    assertThat(problems(with("credentials", "a,b c"))).containsOnlyKeys("credentials");
    assertThat(problems(with("page.size", "1001"))).containsOnlyKeys("page.size");
    assertThat(problems(with("poll.interval.ms", "soon"))).containsOnlyKeys("poll.interval.ms");
    assertThat(problems(with("base.url", "http://example.com"))).containsOnlyKeys("base.url");
    assertThat(problems(with("quota.store", "database"))).containsOnlyKeys("quota.store");
    assertThat(problems(with("credentials.b.accounts", "b1,b1")))
        .containsOnlyKeys("credentials.b.accounts");
    assertThat(problems(without("credentials.b.accounts")))
        .containsOnlyKeys("credentials.b.accounts");
    assertThat(problems(without("credentials.b.token"))).containsOnlyKeys("credentials.b.token");
    assertThat(problems(with("credentials.b.email", "a@b.example")))
        .containsOnlyKeys("credentials.b.token");
  }

  @Test
  void severalWrongSettingsAreReportedAtOnce() {
    Map<String, String> values = with("page.size", "0");
    values.put("mode", "");
    assertThat(problems(values)).containsOnlyKeys("mode", "page.size");
  }

  @Test
  void noTwoCredentialsShareASecretOrAnAccount() {
    assertThat(problems(with("credentials.b.token", "token-a")).get("credentials.b.token"))
        .hasSize(1)
        .allSatisfy(problem -> assertThat(problem).contains("a").doesNotContain("token-a"));
    assertThat(problems(with("credentials.b.accounts", "a1")).get("credentials.b.accounts"))
        .containsExactly("account a1 is already read with a");
  }

  @Test
  void noMessageShowsASecret() {
    Map<String, String> values = with("credentials.a.token", "se cret");
    values.put("quota.store", "redis:/user:secret@host");
    assertThat(problems(values).toString()).doesNotContain("se cret").doesNotContain("secret");
    assertThat(new SourceSettings(three()).values().toString()).doesNotContain("token-a");
  }

  @Test
  void credentialIsCheckedWithTheApi() {
    try (ApiSimulator api = ApiSimulator.builder().addAccount("second", "right", 1).start()) {
      Map<String, String> values = new HashMap<>();
      values.put("topic", "policies");
      values.put("base.url", api.baseUrl());
      values.put("credentials", "a");
      values.put("credentials.a.token", "right");
      values.put("credentials.a.accounts", "second");
      assertThat(problems(values)).isEmpty();
      values.put("credentials.a.token", "wrong");
      assertThat(problems(values).get("credentials.a.token"))
          .containsExactly("the credential is refused: check the token, or make a new one");
      values.put("base.url", "http://127.0.0.1:1");
      assertThat(problems(values)).containsOnlyKeys("base.url");
    }
  }

  private static Map<String, String> one(ApiSimulator api) {
    Map<String, String> values = new HashMap<>();
    values.put("topic", "policies");
    values.put("base.url", api.baseUrl());
    values.put("credentials", "a");
    values.put("credentials.a.token", "right");
    values.put("credentials.a.accounts", "first");
    return values;
  }

  @Test
  void quotaThatTheServiceSaysIsUsedUpIsNoProblemOfTheConfiguration() {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .addAccount("first", "right", 1)
            .rateLimit(RateLimitRule.of(1, Duration.ofMinutes(5)))
            .start()) {
      api.user("right").spend(2);
      assertThat(problems(one(api))).isEmpty();
      assertThat(api.responseCounts()).containsOnlyKeys(429);
    }
  }

  @Test
  void checkTakesItsCallFromTheStoreOfTheQuota(@TempDir Path folder) {
    try (ApiSimulator api = ApiSimulator.builder().addAccount("first", "right", 1).start()) {
      Map<String, String> values = one(api);
      values.put("quota.store", "file:" + folder.resolve("quota"));
      values.put("quota.calls", "2");
      for (int i = 0; i < 4; i++) {
        assertThat(problems(values)).isEmpty();
      }
      assertThat(api.requestCount()).isEqualTo(2);
    }
  }

  @Test
  void storeThatCannotBeMadeIsReportedWithoutItsAddress() {
    try (ApiSimulator api = ApiSimulator.builder().addAccount("first", "right", 1).start()) {
      Map<String, String> values = one(api);
      values.put("quota.store", "redis://:secret@host:port");
      assertThat(problems(values)).containsOnlyKeys("quota.store");
      assertThat(problems(values).toString()).doesNotContain("secret");
    }
  }

  /** What a person must mend; a quota that is used up is no problem of the configuration. */
  @Test
  void storeThatGrantsNothingIsReported(@TempDir Path folder) throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().addAccount("first", "right", 1).start()) {
      Map<String, String> values = one(api);
      values.put("quota.store", "redis://user:secret@127.0.0.1:1");
      Map<String, List<String>> problems = problems(values);
      assertThat(problems).containsOnlyKeys("quota.store");
      assertThat(problems.get("quota.store").toString())
          .startsWith("[it grants no call: Redis at ")
          .contains("127.0.0.1:1")
          .doesNotContain("secret");
      Path file = Files.createFile(folder.resolve("file"));
      values.put("quota.store", "file:" + file);
      assertThat(problems(values)).containsOnlyKeys("quota.store");
      assertThat(api.requestCount()).isZero();
    }
  }

  /** The names of the credentials that a task reads. */
  private static List<String> names(Map<String, String> task) {
    return TaskSettings.read(task).tenants().stream().map(Tenant::name).toList();
  }

  /** What Connect stores of a task has the references of its config providers again. */
  @Test
  void tasksAreCutByCredentialAlsoWhereTheNamesAreAReference() {
    Map<String, String> raw = three();
    for (String key : List.of("credentials", "credentials.b.token", "credentials.c.accounts")) {
      raw.put(key, "${file:/secrets/cf:" + key + "}");
    }
    ClusterConfigState state =
        new ClusterConfigState(
            1,
            null,
            Map.of(),
            Map.of("policies", raw),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Set.of(),
            Set.of());
    AllowPolicySourceConnector connector = new AllowPolicySourceConnector();
    connector.start(three());
    List<List<String>> tasks = new ArrayList<>();
    for (Map<String, String> stored :
        AbstractHerder.reverseTransform("policies", state, connector.taskConfigs(2))) {
      assertThat(stored).containsEntry("credentials", raw.get("credentials"));
      Map<String, String> resolved = new HashMap<>(stored);
      resolved.replaceAll((key, value) -> value.startsWith("${") ? three().get(key) : value);
      tasks.add(names(resolved));
    }
    assertThat(tasks).containsExactly(List.of("a", "c"), List.of("b"));
  }

  @Test
  void tasksAreCutByCredential() {
    AllowPolicySourceConnector connector = new AllowPolicySourceConnector();
    connector.start(three());
    for (int max = 1; max <= 5; max++) {
      List<Map<String, String>> tasks = connector.taskConfigs(max);
      assertThat(tasks).hasSize(Math.min(max, 3));
      assertThat(tasks.stream().flatMap(task -> names(task).stream()))
          .containsExactlyInAnyOrder("a", "b", "c");
      for (Map<String, String> task : tasks) {
        for (String name : List.of("a", "b", "c")) {
          assertThat(task.containsKey("credentials." + name + ".token"))
              .isEqualTo(names(task).contains(name));
        }
      }
    }
  }

  @Test
  void nameThatBeginsLikeAnotherOneKeepsItsSettings() {
    Map<String, String> values = three();
    values.put("credentials", "a,a1");
    values.put("credentials.a1.token", "token-a1");
    values.put("credentials.a1.accounts", "x");
    AllowPolicySourceConnector connector = new AllowPolicySourceConnector();
    connector.start(values);
    assertThat(connector.taskConfigs(2)).allSatisfy(task -> assertThat(names(task)).hasSize(1));
  }

  @Test
  void connectorThatCannotWorkDoesNotStart() {
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(
            () -> new AllowPolicySourceConnector().start(with("credentials.b.token", "token-a")))
        .withMessageStartingWith("credentials.b.token: ");
  }

  @Test
  void exactlyOnceWithTransactionsOfTheConnectorIsSupported() {
    AllowPolicySourceConnector connector = new AllowPolicySourceConnector();
    assertThat(connector.exactlyOnceSupport(three())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    assertThat(connector.canDefineTransactionBoundaries(three()))
        .isEqualTo(ConnectorTransactionBoundaries.SUPPORTED);
    assertThat(connector.version()).isNotBlank().doesNotContain("$");
  }
}
