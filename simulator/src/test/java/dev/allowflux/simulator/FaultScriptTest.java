package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FaultScriptTest {

  @Test
  void textSaysAllThatCodeCan() {
    FaultScript script =
        FaultScript.parse(
            """
            [{"on": "list", "page": 3, "nth": 2, "times": 4, "fault": "reset", "at": "within_body"},
             {"fault": "pause", "at": "before_headers", "wait": "200ms", "times": "always"},
             {"fault": "status", "status": 504, "body": "html", "done": true},
             {"fault": "throttled", "code": 971, "headers": {"retry-after": "3600", "Ratelimit": null}},
             {"fault": "redirect", "location": "https://elsewhere.example/"},
             {"fault": "shifted_page", "rows": -4},
             {"on": "create", "fault": "none", "done": false}]
            """);
    List<FaultRule> rules = script.rules();
    assertThat(rules).hasSize(7);
    assertThat(rules.get(0))
        .extracting(FaultRule::operation, FaultRule::page, FaultRule::nth, FaultRule::times)
        .containsExactly(Operation.LIST, 3, 2, 4);
    assertThat(rules.get(0).fault()).hasToString("reset within_body, done");
    assertThat(rules.get(1).times()).isEqualTo(Integer.MAX_VALUE);
    assertThat(rules.get(1).fault()).hasToString("pause before_headers PT0.2S, done");
    assertThat(rules.get(2).fault()).hasToString("status 504 html, done");
    assertThat(rules.get(3).fault()).hasToString("throttled 971, not done");
    assertThat(rules.get(3).fault().headers())
        .containsEntry("retry-after", "3600")
        .containsEntry("ratelimit", null);
    assertThat(rules.get(4).fault().headers())
        .containsEntry("location", "https://elsewhere.example/");
    assertThat(rules.get(5).fault()).hasToString("shifted_page -4, done");
    assertThat(rules.get(6).fault()).hasToString("none, not done");
  }

  @ParameterizedTest
  @EnumSource
  void everyKindCanBeWrittenAsText(Fault.Kind kind) {
    StringBuilder rule = new StringBuilder("[{\"fault\":\"" + kind + "\"");
    if (kind.takesPoint) {
      rule.append(",\"at\":\"after_headers\"");
    }
    if (kind.takesWait) {
      rule.append(",\"wait\":\"5m\"");
    }
    if (kind.number != null) {
      rule.append(",\"").append(kind.number).append("\":300");
    }
    if (kind == Fault.Kind.REDIRECT) {
      rule.append(",\"location\":\"/\"");
    }
    Fault fault = FaultScript.parse(rule.append("}]").toString()).rules().get(0).fault();
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.pauseLength())
        .isEqualTo(kind.takesWait ? Duration.ofMinutes(5) : Duration.ZERO);
    assertThat(fault.number()).isEqualTo(kind.number == null ? 1 : 300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                       | faults: an array of rules is needed",
        "[                                        | faults: not JSON at line 1",
        "[3]                                      | faults: rule 1: an object is needed",
        "[{}]                                     | faults: rule 1: fault must be one of none,",
        "[{\"fault\":\"bom\"},{\"fault\":\"fin\"}] | faults: rule 2: at must be one of"
            + " before_headers,",
        "[{\"fault\":\"bom\",\"at\":\"x\"}]       | faults: rule 1: bom has no use for at",
        "[{\"fault\":\"bom\",\"nth\":0}]          | faults: rule 1: nth must be at least 1, not 0",
        "[{\"fault\":\"bom\",\"done\":1}]         | faults: rule 1: done must be true or false",
        "[{\"fault\":\"status\",\"status\":99}]   | faults: rule 1: status must be from 200 to 599",
        "[{\"fault\":\"drip\",\"bytes\":9}]       | faults: rule 1: wait must be a duration",
        "[{\"fault\":\"redirect\"}]               | faults: rule 1: location must be text",
      })
  void mistakesAreNamedInOneLine(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultScript.parse(text))
        .withMessageStartingWith(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void rateMustBeAShare() {
    for (double rate : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> FaultScript.random(1, rate));
    }
  }

  private static List<String> draws(long seed, double rate, int count) {
    FaultDraw draw = new FaultDraw(FaultScript.random(seed, rate));
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Request request =
          new Request("GET", "/?page=" + i, EmptyHttpHeaders.INSTANCE, new byte[0], true, null);
      faults.add(draw.next(request, Operation.LIST).toString());
    }
    return faults;
  }

  @Test
  void sameSeedDrawsTheSameFaults() {
    assertThat(draws(7, 0.5, 500)).isEqualTo(draws(7, 0.5, 500)).isNotEqualTo(draws(8, 0.5, 500));
  }

  @Test
  void rateIsTheShareOfRequestsThatMeetAFault() {
    long faults = draws(7, 0.2, 10_000).stream().filter(fault -> !fault.startsWith("none")).count();
    assertThat(faults).isBetween(1_800L, 2_200L);
  }
}
