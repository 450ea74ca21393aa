package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.simulator.Fault.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ContraryIT {
  private static final long SEED = 20_261_126;
  private static final String POLICY =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true}";

  /** Sends the same requests one after the other, each on a connection of its own. */
  private static void callEverything(ApiSimulator api, int rounds) throws IOException {
    List<String> ids = api.policyIds();
    for (int i = 0; i < rounds; i++) {
      String id = "/" + ids.get(i % ids.size());
      call(api, "GET", "?page=" + (i % 7 + 1) + "&per_page=20", "");
      call(api, "GET", id, "");
      call(api, "POST", "", POLICY);
      call(api, "PATCH", id, "{\"comments\":\"round " + i + "\",\"verify_sender\":true}");
      call(
          api,
          "POST",
          "/batch",
          "{\"deletes\":[],\"patches\":[],\"puts\":[],\"posts\":[" + POLICY + "," + POLICY + "]}");
      call(api, "DELETE", "/" + ids.get(ids.size() - 1 - i % ids.size()), "");
    }
    while (api.pendingWrites() > 0) {
      Thread.onSpinWait();
    }
  }

  private static void call(ApiSimulator api, String method, String suffix, String body)
      throws IOException {
    try (Wire wire = new Wire(api)) {
      wire.request(method, suffix, body, "connection: close").readToEnd();
    }
  }

  private static ApiSimulator start(long seed, double rate) {
    return ApiSimulator.builder()
        .policies(300)
        .noRateLimit()
        .contrary(seed, rate, Duration.ofMillis(20))
        .start();
  }

  private static List<String> faults(long seed) throws IOException {
    try (ApiSimulator api = start(seed, 0.3)) {
      callEverything(api, 40);
      List<String> faults = new ArrayList<>();
      for (RecordedRequest request : api.requests()) {
        faults.add(request.operation() + " " + request.fault() + " " + request.carriedOut());
      }
      return faults;
    }
  }

  @Test
  void sameSeedGivesTheSameFaultsAndOutcomes() throws IOException {
    List<String> faults = faults(SEED);
    assertThat(faults(SEED)).as("seed %d", SEED).isEqualTo(faults);
    assertThat(faults(SEED + 1)).isNotEqualTo(faults);
  }

  @Test
  void everyKindOfContradictionOccurs() throws IOException {
    try (ApiSimulator api = start(SEED, 0.9)) {
      callEverything(api, 150);
      Set<Kind> expected =
          EnumSet.of(
              Kind.INFORMATIONAL,
              Kind.SECOND_RESPONSE,
              Kind.TRAILING_BYTES,
              Kind.NO_CONTENT_WITH_BODY,
              Kind.NULL_RESULT,
              Kind.EMPTY_RESULT,
              Kind.STATUS,
              Kind.REFUSAL,
              Kind.LATE,
              Kind.MISSING_PAGE,
              Kind.SHORT_PAGE,
              Kind.OTHER_ID,
              Kind.OTHER_POLICY,
              Kind.OTHER_FIELD,
              Kind.FEWER_RESULTS,
              Kind.FIN,
              Kind.RESET);
      assertThat(api.faultCounts().keySet()).as("seed %d", SEED).containsAll(expected);
    }
  }

  @Test
  void recordOfChangesExplainsTheWholeAccount() throws IOException {
    for (long seed = SEED; seed < SEED + 5; seed++) {
      try (ApiSimulator api = start(seed, 0.5)) {
        Set<String> expected = new LinkedHashSet<>(api.policyIds());
        callEverything(api, 60);
        Set<String> seen = new HashSet<>(expected);
        for (RecordedRequest request : api.requests()) {
          expected.addAll(request.createdIds());
          seen.addAll(request.createdIds());
          expected.removeAll(request.deletedIds());
          assertThat(seen).as("seed %d", seed).containsAll(request.editedIds());
        }
        assertThat(api.policyIds())
            .as("seed %d", seed)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  @Test
  void sameRequestNeverGetsMoreThanThreeFaultsInARow() throws IOException {
    try (ApiSimulator api = start(SEED, 1)) {
      String id = "/" + api.policyIds().get(3);
      for (int i = 0; i < 40; i++) {
        call(api, "GET", id, "");
      }
      int inARow = 0;
      for (RecordedRequest request : api.requests()) {
        inARow = request.fault() == null ? 0 : inARow + 1;
        assertThat(inARow).as("seed %d, request %s", SEED, request).isLessThan(4);
      }
    }
  }

  @Test
  void scriptComesFirst() throws IOException {
    try (ApiSimulator api = start(SEED, 1)) {
      api.faults(FaultScript.of(FaultRule.of(Fault.none()).on(Operation.GET).always()));
      for (String id : api.policyIds().subList(0, 50)) {
        assertThat(new Caller(api).get("/" + id).result().required("id").stringValue())
            .isEqualTo(id);
      }
    }
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    ApiSimulatorBuilder builder = ApiSimulator.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.contrary(1, 1.5, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.contrary(1, 0.5, Duration.ofSeconds(-1)));
  }
}
