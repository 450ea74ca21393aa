package dev.allowflux.simulator;

import static dev.allowflux.simulator.Fault.Point.AFTER_HEADERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.simulator.Fault.Content;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultScriptTest {

  @Test
  void textCanExpressWhatCodeCan() {
    FaultScript script =
        FaultScript.parse(
            """
            [{"on": "list", "page": 3, "nth": 2, "times": 4, "fault": "reset", "at": "within_body"},
             {"fault": "pause", "at": "before_headers", "wait": "200ms", "times": "always"},
             {"fault": "status", "status": 504, "body": "html", "done": true},
             {"fault": "throttled", "code": 971, "headers": {"retry-after": "3600", "Ratelimit": null}},
             {"fault": "redirect", "location": "https://elsewhere.example/"},
             {"fault": "shifted_page", "rows": -4},
             {"on": "create", "fault": "none", "done": false},
             {"fault": "second_response", "wait": "5ms", "done": "2s"}]
            """);
    List<FaultRule> rules = script.rules();
    assertThat(rules).hasSize(8);
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
    assertThat(rules.get(7).fault()).hasToString("second_response PT0.005S, done after PT2S");
  }

  /** A rule of each kind as text, with the fault that code would make. */
  static Map<String, Fault> kinds() {
    Duration minutes = Duration.ofMinutes(5);
    Map<String, Fault> kinds = new LinkedHashMap<>();
    kinds.put("'none'", Fault.none());
    kinds.put("'status','status':300", Fault.status(300, Content.JSON));
    kinds.put("'throttled','code':300", Fault.throttled(300));
    kinds.put("'refusal','status':404,'code':300", Fault.refusal(404, 300));
    kinds.put("'redirect','status':300,'location':'/'", Fault.redirect(300, "/"));
    kinds.put("'pause','at':'after_headers','wait':'5m'", Fault.pause(AFTER_HEADERS, minutes));
    kinds.put("'stall','at':'after_headers','wait':'5m'", Fault.stall(AFTER_HEADERS, minutes));
    kinds.put("'hang','at':'after_headers'", Fault.hang(AFTER_HEADERS));
    kinds.put("'fin','at':'after_headers'", Fault.fin(AFTER_HEADERS));
    kinds.put("'reset','at':'after_headers'", Fault.reset(AFTER_HEADERS));
    kinds.put("'drip','bytes':300,'wait':'5m'", Fault.drip(300, minutes));
    kinds.put("'late','wait':'5m'", Fault.late(minutes));
    kinds.put("'informational','status':103", Fault.informational(103));
    kinds.put("'second_response'", Fault.secondResponse(Duration.ZERO));
    kinds.put("'trailing_bytes','bytes':300", Fault.trailingBytes(300));
    kinds.put("'no_content_with_body'", Fault.noContentWithBody());
    kinds.put("'close_announced'", Fault.closeAfter(true));
    kinds.put("'close_unannounced'", Fault.closeAfter(false));
    kinds.put("'half_body'", Fault.halfBody(true));
    kinds.put("'short_body'", Fault.halfBody(false));
    kinds.put("'unended_chunks'", Fault.unendedChunks());
    kinds.put("'broken_gzip'", Fault.brokenGzip());
    kinds.put("'invalid_utf8'", Fault.invalidUtf8());
    kinds.put("'bom'", Fault.bom());
    kinds.put("'invalid_json'", Fault.invalidJson());
    kinds.put("'success_false'", Fault.successFalse());
    kinds.put("'null_result'", Fault.nullResult());
    kinds.put("'empty_result'", Fault.emptyResult());
    kinds.put("'other_id'", Fault.otherId());
    kinds.put("'other_policy'", Fault.otherPolicy());
    kinds.put("'other_field','field':'comments'", Fault.otherField("comments"));
    kinds.put("'fewer_results','elements':300", Fault.fewerResults(300));
    kinds.put("'missing_page'", Fault.missingPage());
    kinds.put("'repeated_page'", Fault.repeatedPage());
    kinds.put("'capped_page','rows':300", Fault.cappedPage(300));
    kinds.put("'short_page','rows':300", Fault.shortPage(300));
    kinds.put("'shifted_page','rows':300", Fault.shiftedPage(300));
    kinds.put("'large_headers','bytes':300", Fault.largeHeaders(300));
    kinds.put("'large_body','bytes':300", Fault.largeBody(300));
    return kinds;
  }

  @Test
  void everyKindCanBeWrittenAsText() {
    Set<Fault.Kind> seen = EnumSet.noneOf(Fault.Kind.class);
    kinds()
        .forEach(
            (text, expected) -> {
              String script = ("[{'fault':" + text + "}]").replace('\'', '"');
              Fault fault = FaultScript.parse(script).rules().get(0).fault();
              assertThat(fault).hasToString(expected.toString());
              assertThat(fault.effect()).isEqualTo(expected.effect());
              assertThat(fault.headers()).isEqualTo(expected.headers());
              seen.add(fault.kind());
            });
    assertThat(seen).containsExactly(Fault.Kind.values());
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
        "[{\"fault\":\"bom\",\"at\":\"x\"}]       | faults: rule 1: bom does not take at",
        "[{\"fault\":\"bom\",\"nth\":0}]          | faults: rule 1: nth must be at least 1, not 0",
        "[{\"fault\":\"bom\",\"done\":1}]         | faults: rule 1: done must be true, false or a"
            + " duration",
        "[{\"fault\":\"status\",\"status\":99}]   | faults: rule 1: status must be from 200 to 599",
        "[{\"fault\":\"drip\",\"bytes\":9}]       | faults: rule 1: wait must be a duration",
        "[{\"fault\":\"other_field\",\"field\":\"id\"}] | faults: rule 1: field must be one of"
            + " pattern,",
        "[{\"fault\":\"informational\",\"status\":200}] | faults: rule 1: status must be from 100"
            + " to 199",
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
}
