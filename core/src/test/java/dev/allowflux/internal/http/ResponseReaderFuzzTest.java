package dev.allowflux.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.json.Mutations;
import dev.allowflux.internal.json.RandomPolicies;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.ApiResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever comes off the wire is a value or one of the declared failures. */
class ResponseReaderFuzzTest {
  private static final int CASES = 250_000;
  private static final List<ResponseReader<?>> READERS =
      List.of(
          ResponseInterpreter.POLICY,
          ResponseReader.PAGE,
          ResponseInterpreter.DELETED,
          ResponseInterpreter.BATCH);
  private static final int[] STATUSES = {
    0, 100, 201, 204, 206, 301, 304, 400, 401, 403, 404, 408, 409, 418, 422, 429, 451, 500, 501,
    502, 505, 522, 599, 600, 999, -7
  };
  private static final String[] HEADERS = {
    "retry-after", "ratelimit", "ratelimit-policy", "date", "cf-ray", "content-type"
  };

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void anyAnswerIsAValueOrADeclaredFailure() throws IOException {
    long seed = Long.getLong("allowflux.seed", 20261121);
    Random random = new Random(seed);
    List<byte[]> bodies = bodies(random);
    Map<Class<?>, Integer> outcomes = new HashMap<>();
    for (int round = 0; round < CASES; round++) {
      byte[] body = body(bodies, random);
      int status = random.nextInt(4) == 0 ? STATUSES[random.nextInt(STATUSES.length)] : 200;
      ApiResponse response =
          random.nextInt(8) == 0
              ? Answers.of(status, body, HEADERS[random.nextInt(HEADERS.length)], text(random))
              : Answers.of(status, body);
      ResponseReader<?> reader = READERS.get(random.nextInt(READERS.size()));
      Object outcome;
      try {
        outcome = check(reader, response);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d round %d: status %d, body %s"
                .formatted(seed, round, status, HexFormat.of().formatHex(body)),
            e);
      }
      outcomes.merge(outcome.getClass(), 1, Integer::sum);
    }
    // A fuzzer that only ever finds one kind of outcome would prove little.
    assertThat(outcomes)
        .containsOnlyKeys(
            ApiResult.class, Malformed.class, Rejected.class, Throttled.class, Unavailable.class)
        .allSatisfy((kind, count) -> assertThat(count).isGreaterThan(500));
    assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(CASES);
  }

  private static Object check(ResponseReader<?> reader, ApiResponse response) {
    try {
      ApiResult<?> result = reader.read(RandomPolicies.LIST, response);
      assertThat(result.status()).isBetween(200, 299);
      return result;
    } catch (EmailSecurityException e) {
      assertThat(e.details().status()).isEqualTo(response.status());
      assertThat(e.details().requestSent()).isEqualTo(Sent.YES);
      assertThat(e.getMessage()).hasSizeLessThanOrEqualTo(1000);
      assertThat(isOneLine(e.getMessage())).isTrue();
      assertThat(e.details().bodyExcerpt() == null).isEqualTo(response.length() == 0);
      assertThat(e.details().bodyExcerpt() == null || isOneLine(e.details().bodyExcerpt()))
          .isTrue();
      return e;
    }
  }

  private static boolean isOneLine(String text) {
    return text.chars().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
  }

  private static List<byte[]> bodies(Random random) throws IOException {
    List<byte[]> bodies = new ArrayList<>();
    for (String name : Answers.GOLDEN) {
      bodies.add(Answers.golden(name));
    }
    for (int i = 0; i < 50; i++) {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      PolicyNdjsonWriter.ofAllFields().write(RandomPolicies.list(random, random.nextInt(6)), lines);
      String list = String.join(",", lines.toString(UTF_8).lines().toList());
      bodies.add(
          ("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":["
                  + list
                  + "],\"result_info\":{\"page\":1,\"per_page\":1000}}")
              .getBytes(UTF_8));
    }
    return bodies;
  }

  private static byte[] body(List<byte[]> bodies, Random random) {
    if (random.nextInt(20) == 0) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] body = bodies.get(random.nextInt(bodies.size()));
    return random.nextInt(10) == 0 ? body : Mutations.mutate(body, random);
  }

  private static String text(Random random) {
    String symbols = "\"d\";r=5;t=9, 0123456789abcGMT:/-+json\u0000é";
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(40); n > 0; n--) {
      text.append(symbols.charAt(random.nextInt(symbols.length())));
    }
    return text.toString();
  }
}
