package dev.allowflux.simulator.internal.fault;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Content;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the rules of a {@link FaultScript} from JSON. */
public final class FaultScriptReader {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  private final JsonNode rule;
  private final Set<String> unread;

  private FaultScriptReader(JsonNode rule) {
    this.rule = rule;
    this.unread = new HashSet<>(rule.propertyNames());
  }

  public static List<FaultRule> read(String text) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new IllegalArgumentException(
          "faults: not JSON at line " + e.getLocation().getLineNr() + ": " + reason, e);
    }
    if (!json.isArray()) {
      throw new IllegalArgumentException("faults: an array of rules is needed");
    }
    List<FaultRule> rules = new ArrayList<>();
    for (JsonNode item : json) {
      String name = "faults: rule " + (rules.size() + 1);
      if (!item.isObject()) {
        throw new IllegalArgumentException(name + ": an object is needed");
      }
      try {
        rules.add(new FaultScriptReader(item).rule());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
      }
    }
    return List.copyOf(rules);
  }

  private FaultRule rule() {
    Fault fault = fault();
    Operation operation = rule.has("on") ? choice("on", Operation.values(), null) : null;
    Integer page = rule.has("page") ? number("page", 1) : null;
    int nth = number("nth", 1);
    JsonNode times = take("times");
    int count =
        times != null && times.isString() && times.stringValue().equals("always")
            ? Integer.MAX_VALUE
            : number("times", 1);
    if (!unread.isEmpty()) {
      throw new IllegalArgumentException(
          fault.kind() + " does not take " + String.join(", ", new TreeSet<>(unread)));
    }
    return new FaultRule(fault, operation, page, nth, count);
  }

  private Fault fault() {
    Fault fault = fault(choice("fault", Fault.Kind.values(), null));
    JsonNode headers = take("headers");
    if (headers != null) {
      for (Map.Entry<String, JsonNode> header : headers.properties()) {
        JsonNode value = header.getValue();
        fault = fault.header(header.getKey(), value.isNull() ? null : text(value, "headers"));
      }
    }
    JsonNode done = take("done");
    if (done == null) {
      return fault;
    }
    if (done.isString()) {
      return fault.doneAfter(duration("done"));
    }
    if (!done.isBoolean()) {
      throw new IllegalArgumentException("done must be true, false or a duration such as 200ms");
    }
    return done.booleanValue() ? fault.done() : fault.notDone();
  }

  private Fault fault(Fault.Kind kind) {
    return switch (kind) {
      case NONE -> Fault.none();
      case STATUS ->
          Fault.status(number("status", null), choice("body", Content.values(), Content.JSON));
      case THROTTLED -> Fault.throttled(number("code", 10_100));
      case REFUSAL -> Fault.refusal(number("status", null), number("code", null));
      case REDIRECT -> Fault.redirect(number("status", 302), text(take("location"), "location"));
      case PAUSE -> Fault.pause(at(), duration("wait"));
      case STALL -> Fault.stall(at(), duration("wait"));
      case HANG -> Fault.hang(at());
      case FIN -> Fault.fin(at());
      case RESET -> Fault.reset(at());
      case DRIP -> Fault.drip(number("bytes", null), duration("wait"));
      case LATE -> Fault.late(duration("wait"));
      case INFORMATIONAL -> Fault.informational(number("status", null));
      case SECOND_RESPONSE ->
          Fault.secondResponse(rule.has("wait") ? duration("wait") : Duration.ZERO);
      case TRAILING_BYTES -> Fault.trailingBytes(number("bytes", null));
      case NO_CONTENT_WITH_BODY -> Fault.noContentWithBody();
      case CLOSE_ANNOUNCED -> Fault.closeAfter(true);
      case CLOSE_UNANNOUNCED -> Fault.closeAfter(false);
      case HALF_BODY -> Fault.halfBody(true);
      case SHORT_BODY -> Fault.halfBody(false);
      case UNENDED_CHUNKS -> Fault.unendedChunks();
      case BROKEN_GZIP -> Fault.brokenGzip();
      case INVALID_UTF8 -> Fault.invalidUtf8();
      case BOM -> Fault.bom();
      case INVALID_JSON -> Fault.invalidJson();
      case SUCCESS_FALSE -> Fault.successFalse();
      case NULL_RESULT -> Fault.nullResult();
      case EMPTY_RESULT -> Fault.emptyResult();
      case OTHER_ID -> Fault.otherId();
      case OTHER_POLICY -> Fault.otherPolicy();
      case OTHER_FIELD -> Fault.otherField(text(take("field"), "field"));
      case FEWER_RESULTS -> Fault.fewerResults(number("elements", null));
      case MISSING_PAGE -> Fault.missingPage();
      case REPEATED_PAGE -> Fault.repeatedPage();
      case CAPPED_PAGE -> Fault.cappedPage(number("rows", null));
      case SHORT_PAGE -> Fault.shortPage(number("rows", null));
      case SHIFTED_PAGE -> Fault.shiftedPage(number("rows", null));
      case LARGE_HEADERS -> Fault.largeHeaders(number("bytes", null));
      case LARGE_BODY -> Fault.largeBody(number("bytes", null));
    };
  }

  private Point at() {
    return choice("at", Point.values(), null);
  }

  private @Nullable JsonNode take(String field) {
    unread.remove(field);
    return rule.get(field);
  }

  private int number(String field, @Nullable Integer absent) {
    JsonNode value = take(field);
    if (value == null && absent != null) {
      return absent;
    }
    if (value == null || !value.isInt()) {
      throw new IllegalArgumentException(field + " must be a whole number");
    }
    return value.intValue();
  }

  private <E extends Enum<E>> E choice(String field, E[] choices, @Nullable E absent) {
    JsonNode value = take(field);
    if (value == null && absent != null) {
      return absent;
    }
    List<String> names = new ArrayList<>();
    for (E choice : choices) {
      String name = choice.name().toLowerCase(Locale.ROOT);
      if (value != null && value.isString() && value.stringValue().equals(name)) {
        return choice;
      }
      names.add(name);
    }
    throw new IllegalArgumentException(field + " must be one of " + String.join(", ", names));
  }

  private Duration duration(String field) {
    JsonNode value = take(field);
    Matcher matcher =
        DURATION.matcher(value != null && value.isString() ? value.stringValue() : "");
    if (!matcher.matches()) {
      throw new IllegalArgumentException(field + " must be a duration such as 200ms, 30s or 5m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }

  private static String text(@Nullable JsonNode value, String field) {
    if (value == null || !value.isString()) {
      throw new IllegalArgumentException(field + " must be text");
    }
    return value.stringValue();
  }
}
