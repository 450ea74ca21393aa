package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.store.Selection;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The parameters of a listing. */
record ListQuery(Selection selection, boolean descending, long page, int perPage) {
  private static final int DEFAULT_PER_PAGE = 20;
  private static final int MAX_PER_PAGE = 1000;
  private static final String[] FLAG_FILTERS = {
    "is_trusted_sender", "is_acceptable_sender", "is_exempt_recipient", "verify_sender"
  };

  /**
   * Reads the query of a request target; unknown parameters are ignored.
   *
   * @throws Refusal if a parameter is not valid
   */
  static ListQuery parse(String target) {
    Parameters parameters = new Parameters(target);
    long page = parameters.number("page", 1, Long.MAX_VALUE / MAX_PER_PAGE, 1);
    int perPage = (int) parameters.number("per_page", 1, MAX_PER_PAGE, DEFAULT_PER_PAGE);
    String order = parameters.choice("order", List.of("created_at", "pattern"));
    String direction = parameters.choice("direction", List.of("asc", "desc"));
    int mask = 0;
    int bits = 0;
    String type = parameters.choice("pattern_type", StoredPolicy.types());
    if (type != null) {
      mask |= StoredPolicy.TYPE_MASK;
      bits |= StoredPolicy.types().indexOf(type);
    }
    for (int i = 0; i < FLAG_FILTERS.length; i++) {
      String value = parameters.choice(FLAG_FILTERS[i], List.of("true", "false"));
      if (value != null) {
        mask |= StoredPolicy.TRUSTED_SENDER << i;
        bits |= value.equals("true") ? StoredPolicy.TRUSTED_SENDER << i : 0;
      }
    }
    String search = parameters.text("search");
    return new ListQuery(
        new Selection(
            search == null || search.isEmpty() ? null : search.toLowerCase(Locale.ROOT),
            parameters.text("pattern"),
            mask,
            bits,
            "pattern".equals(order)),
        "desc".equals(direction),
        page,
        perPage);
  }

  /** The parameters of a query. */
  static final class Parameters {
    private final QueryStringDecoder query;

    Parameters(String target) {
      query = new QueryStringDecoder(target);
      try {
        query.parameters();
      } catch (IllegalArgumentException e) {
        throw Refusal.of(400, "the percent-encoding of the query is not valid");
      }
    }

    @Nullable String text(String name) {
      List<String> values = query.parameters().get(name);
      if (values == null) {
        return null;
      }
      if (values.size() > 1) {
        throw Refusal.badRequest("/" + name, name + " occurs more than once");
      }
      return values.get(0);
    }

    @Nullable String choice(String name, List<String> choices) {
      String value = text(name);
      if (value != null && !choices.contains(value)) {
        throw Refusal.badRequest("/" + name, name + " must be one of " + choices);
      }
      return value;
    }

    long number(String name, long min, long max, long absent) {
      String value = text(name);
      if (value == null) {
        return absent;
      }
      try {
        long number = Long.parseLong(value);
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Refused below, like a number out of its range.
      }
      throw Refusal.badRequest("/" + name, name + " must be a number from " + min + " to " + max);
    }
  }
}
