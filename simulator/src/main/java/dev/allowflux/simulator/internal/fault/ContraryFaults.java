package dev.allowflux.simulator.internal.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Content;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.Request;
import dev.allowflux.simulator.internal.random.SplitMix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The random faults of a service that contradicts, is late, speaks twice and has proxies before it.
 *
 * <p>Only such contradictions are drawn as a client can notice: a field that was sent comes back
 * with another value, never one that was not sent; a page is short only where the total, which
 * ignores filters, shows it. Nobody could notice the others.
 */
public final class ContraryFaults {
  private static final int[] INFORMATIONAL = {100, 102, 103};
  private static final Pattern FILTER =
      Pattern.compile("[?&](search|pattern|pattern_type|is_\\w+|verify_sender)=");
  private static final String[] FIELDS = {
    "pattern",
    "pattern_type",
    "is_regex",
    "is_trusted_sender",
    "is_acceptable_sender",
    "is_exempt_recipient",
    "verify_sender"
  };

  private final long seed;
  private final double rate;
  private final long settleMillis;
  private final SplitMix random;
  private final FaultStreaks streaks = new FaultStreaks();

  /**
   * Makes a source of faults.
   *
   * @param rate the share of requests that get one
   * @param settleTime the longest time until a late request is carried out
   */
  public ContraryFaults(long seed, double rate, Duration settleTime) {
    this.seed = seed;
    this.rate = rate;
    settleMillis = Math.max(1, settleTime.toMillis());
    random = new SplitMix(SplitMix.mix(~seed));
  }

  /** Returns the same source at its beginning. */
  public ContraryFaults fromStart() {
    return new ContraryFaults(seed, rate, Duration.ofMillis(settleMillis));
  }

  /** Draws the fault of a request that has a route, or {@link Exchange#NO_FAULT}. */
  public synchronized Fault next(Request request, Operation operation) {
    if (!streaks.allows(request, random.fraction() < rate)) {
      return Exchange.NO_FAULT;
    }
    List<Supplier<Fault>> choices = new ArrayList<>(common());
    choices.addAll(special(request, operation));
    Fault fault = choices.get(random.below(choices.size())).get();
    return operation.isWrite() ? withOutcome(fault) : fault;
  }

  /** What may happen to every request. */
  private List<Supplier<Fault>> common() {
    return List.of(
        () -> Fault.informational(INFORMATIONAL[random.below(INFORMATIONAL.length)]),
        () -> Fault.secondResponse(random.percent(50) ? Duration.ZERO : Duration.ofMillis(5)),
        () -> Fault.trailingBytes(1 + random.below(100)),
        Fault::noContentWithBody,
        Fault::nullResult,
        Fault::emptyResult,
        () -> Fault.status(404, random.percent(50) ? Content.HTML : Content.EMPTY),
        () -> Fault.refusal(404, random.percent(50) ? 7000 : 7003),
        () -> Fault.late(settling()));
  }

  private List<Supplier<Fault>> special(Request request, Operation operation) {
    List<Supplier<Fault>> choices = new ArrayList<>();
    JsonNode body = body(request);
    switch (operation) {
      case LIST -> {
        if (!FILTER.matcher(request.target()).find()) {
          choices.add(Fault::missingPage);
          choices.add(() -> Fault.shortPage(random.below(20)));
        }
      }
      case GET -> {
        choices.add(Fault::otherId);
        choices.add(Fault::otherPolicy);
      }
      case EDIT -> {
        choices.add(Fault::otherId);
        choices.add(Fault::otherPolicy);
        addOtherField(choices, body);
      }
      case CREATE -> addOtherField(choices, body);
      case BATCH -> {
        choices.add(() -> Fault.fewerResults(1 + random.below(3)));
        if (size(body, "deletes") + size(body, "patches") + size(body, "puts") > 0) {
          choices.add(Fault::otherId);
        } else {
          addOtherField(choices, body.path("posts").path(0));
        }
      }
      case DELETE -> choices.add(Fault::otherId);
      case LIST_ACCOUNTS -> {}
    }
    if (operation.isWrite()) {
      choices.addAll(lostWrites());
    }
    return choices;
  }

  private List<Supplier<Fault>> lostWrites() {
    return List.of(
        () -> Fault.fin(random.pick(Point.values())).doneAfter(settling()),
        () -> Fault.reset(random.pick(Point.values())).doneAfter(settling()),
        () -> Fault.status(504, Content.HTML).doneAfter(settling()));
  }

  private void addOtherField(List<Supplier<Fault>> choices, JsonNode sent) {
    List<String> fields = List.of(FIELDS).stream().filter(sent::has).toList();
    if (!fields.isEmpty()) {
      choices.add(() -> Fault.otherField(fields.get(random.below(fields.size()))));
    }
  }

  /** A response that proves nothing may hide a write that was carried out, or was not. */
  private Fault withOutcome(Fault fault) {
    boolean open =
        switch (fault.kind()) {
          case STATUS,
              REFUSAL,
              NULL_RESULT,
              EMPTY_RESULT,
              NO_CONTENT_WITH_BODY,
              OTHER_ID,
              OTHER_POLICY,
              OTHER_FIELD,
              FEWER_RESULTS ->
              fault.delay().isZero();
          default -> false;
        };
    if (!open) {
      return fault;
    }
    return random.percent(50) ? fault.done() : fault.notDone();
  }

  private Duration settling() {
    return Duration.ofMillis(1 + (long) (random.fraction() * settleMillis));
  }

  private static int size(JsonNode body, String array) {
    return body.path(array).size();
  }

  private static JsonNode body(Request request) {
    try {
      return JsonMapper.shared().readTree(new String(request.body(), UTF_8));
    } catch (JacksonException e) {
      return JsonMapper.shared().missingNode();
    }
  }
}
