package dev.allowflux.reactor.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.reactor.internal.call.ScriptedTransport;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A wire behind which an account has so many policies. */
public final class ListingTransport {

  private static final Pattern PAGE = Pattern.compile("\\bpage=(\\d+)");
  private static final Pattern PER_PAGE = Pattern.compile("\\bper_page=(\\d+)");

  private ListingTransport() {}

  public static ScriptedTransport of(long policies) {
    return new ScriptedTransport()
        .then(
            (request, onSend) ->
                ScriptedTransport.answer(200, page(request, policies)).play(request, onSend));
  }

  private static String page(ApiRequest request, long policies) {
    long page = number(PAGE, request.query());
    long perPage = number(PER_PAGE, request.query());
    long from = Math.min(policies, (page - 1) * perPage);
    return LongStream.range(from, Math.min(policies, from + perPage))
        .mapToObj(
            i -> "{\"id\":\"p%d\",\"created_at\":\"%s\"}".formatted(i, Instant.ofEpochSecond(i)))
        .collect(
            Collectors.joining(
                ",",
                "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":[",
                "],\"result_info\":{\"page\":" + page + ",\"per_page\":" + perPage + "}}"));
  }

  private static long number(Pattern pattern, String query) {
    Matcher matcher = pattern.matcher(query);
    assertThat(matcher.find()).as(query).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
