package dev.allowflux.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitHeadersTest {
  private static final Duration HUNDRED_YEARS = Duration.ofDays(36_500);
  private static final String DATE = "Sat, 21 Nov 2026 08:00:00 GMT";

  @Test
  void aQuotaIsJoinedWithThePolicyOfItsName() {
    assertThat(
            RateLimitHeaders.parse(
                List.of("\"default\";r=50;t=30"),
                List.of("\"burst\";q=10;w=1, \"default\";q=1200;w=300")))
        .containsExactly(quota("default", 50, 30, 1200L, 300L));
  }

  @Test
  void aQuotaWithoutAPolicyStandsAlone() {
    List<RateLimit> alone = List.of(quota("default", 50, 30, null, null));

    assertThat(parse("\"default\";r=50;t=30")).isEqualTo(alone);
    assertThat(
            RateLimitHeaders.parse(
                List.of("\"default\";r=50;t=30"), List.of("\"burst\";q=100;w=60")))
        .isEqualTo(alone);
    assertThat(RateLimitHeaders.parse(List.of(), List.of("\"default\";q=100;w=60"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"d\";r=5;t=9",
        "d;r=5;t=9",
        "  \"d\";r=5;t=9  ",
        "\"d\"; r=5;\t t=9",
        "\"d\";t=9;r=5",
        "\"d\";r=5;t=9;pk=:cGs=:",
        "\"d\";x=\"a,b;r=1\\\"\";r=5;t=9",
        "\"d\";flag;r=5;on=?1;z=?0;when=@1763712000;f=1.5;k=tok/en:x;u=%\"f%c3%bc\";t=9",
        "\"d\";r=1;t=1;r=5;t=9",
        "\"\\d\";r=5;t=9"
      })
  void everyFormOfAnItemIsRead(String field) {
    assertThat(parse(field)).containsExactly(quota("d", 5, 9, null, null));
  }

  @Test
  void itemsMayStandInOneLineOrInSeveral() {
    List<RateLimit> expected =
        List.of(quota("a", 1, 2, null, null), quota("b,\"c\\", 3, 4, null, null));

    assertThat(parse("\"a\";r=1;t=2,\"b,\\\"c\\\\\";r=3;t=4")).isEqualTo(expected);
    assertThat(parse("\"a\";r=1;t=2", "\"b,\\\"c\\\\\";r=3;t=4")).isEqualTo(expected);
    assertThat(parse("\"a\";r=1;t=2 , ", "", ",\"b,\\\"c\\\\\";r=3;t=4")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",,,",
        "limit=100, remaining=50, reset=30",
        "50",
        "(\"d\");r=5;t=9",
        "\"d\"",
        "\"d\";r=5",
        "\"d\";t=9",
        "\"d\";r=-5;t=9",
        "\"d\";r=5;t=-9",
        "\"d\";r=5.0;t=9",
        "\"d\";r=\"5\";t=9",
        "\"d\";r=;t=9",
        "\"d\";r=5;t",
        "\"d\";r=5;t=9999999999999999",
        "\"d\" r=5;t=9",
        "\"d\";R=5;T=9",
        "\"d\";r=5;t=9;r",
        "\"d\";r=5;t=9 x",
        "\"d;r=5;t=9",
        "\"d\";r=5;;t=9",
        "\"d\";k=:abc;r=5;t=9",
        "\"d\";k=?x\u0000;r=5;t=9",
        "\u0000;r=5;t=9"
      })
  void malformedItemsAreIgnoredAndTheRestIsRead(String item) {
    assertThat(parse(item)).isEmpty();
    assertThat(parse(item, "\"ok\";r=5;t=9")).containsExactly(quota("ok", 5, 9, null, null));
    assertThat(parse("\"ok\";r=5;t=9," + item)).containsExactly(quota("ok", 5, 9, null, null));
  }

  @Test
  void aMalformedItemEndsAtTheNextComma() {
    assertThat(parse("\"d\";r=x y, \"ok\";r=5;t=9")).containsExactly(quota("ok", 5, 9, null, null));
  }

  @Test
  void theTightestQuotaAllowsTheFewestCallsASecond() {
    RateLimit wide = quota("wide", 1000, 300, null, null);
    RateLimit narrow = quota("narrow", 9, 10, null, null);

    assertThat(RateLimitHeaders.tightest(List.of(wide, narrow))).isEqualTo(narrow);
    assertThat(RateLimitHeaders.tightest(List.of(narrow, wide))).isEqualTo(narrow);
    assertThat(RateLimitHeaders.tightest(List.of())).isNull();
  }

  @Test
  void ofEmptyQuotasTheOneThatIsResetLastIsTheTightest() {
    RateLimit soon = quota("soon", 0, 5, null, null);
    RateLimit late = quota("late", 0, 60, null, null);

    assertThat(RateLimitHeaders.tightest(List.of(soon, late))).isEqualTo(late);
    assertThat(RateLimitHeaders.tightest(List.of(late, soon))).isEqualTo(late);
  }

  @Test
  void aQuotaThatIsResetAtOnceDoesNotBind() {
    RateLimit now = quota("now", 0, 0, null, null);
    RateLimit other = quota("other", 500, 300, null, null);

    assertThat(RateLimitHeaders.tightest(List.of(now, other))).isEqualTo(other);
    assertThat(RateLimitHeaders.tightest(List.of(now))).isEqualTo(now);
  }

  @Test
  void aHostileFieldCostsNoMoreThanItsLength() {
    String many = "\"d\";r=5;t=9,".repeat(100_000);
    String quotes = "\"".repeat(1_000_001);
    String parameters = "\"d\"" + ";a=1".repeat(500_000);

    assertThat(parse(many)).hasSize(32);
    assertThat(parse(quotes)).isEmpty();
    assertThat(parse(parameters)).isEmpty();
    assertThat(parse(Collections.nCopies(100_000, "x").toArray(String[]::new))).isEmpty();
  }

  @Test
  void generatedFieldsReadBackAsTheyWereMeant() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      List<RateLimit> expected = new ArrayList<>();
      List<String> limits = new ArrayList<>();
      List<String> policies = new ArrayList<>();
      for (int n = random.nextInt(5); n > 0; n--) {
        String name = name(random) + n;
        boolean hasPolicy = random.nextBoolean();
        long remaining = random.nextInt(2000);
        long reset = random.nextInt(400);
        long quota = random.nextInt(2000);
        long window = random.nextInt(400);
        limits.add(
            quoted(name) + noise(random) + ";r=" + remaining + noise(random) + ";t=" + reset);
        if (hasPolicy) {
          policies.add(quoted(name) + ";q=" + quota + noise(random) + ";w=" + window);
        }
        expected.add(
            quota(name, remaining, reset, hasPolicy ? quota : null, hasPolicy ? window : null));
      }
      assertThat(RateLimitHeaders.parse(lines(random, limits), lines(random, policies)))
          .as("seed %d round %d: %s %s", seed, round, limits, policies)
          .isEqualTo(expected);
    }
  }

  @Test
  void noTextThrows() {
    long seed = 20261121;
    Random random = new Random(seed);
    String symbols = "\"\";;,,==rtqw0123456789-.\\ ?:@%*()\tdÿ\u0000";
    int read = 0;
    for (int round = 0; round < 200_000; round++) {
      StringBuilder field = new StringBuilder("\"d\";r=5;t=9, \"e\";r=0;t=1");
      for (int n = random.nextInt(6); n > 0; n--) {
        field.insert(
            random.nextInt(field.length()), symbols.charAt(random.nextInt(symbols.length())));
      }
      String text = field.toString();
      List<RateLimit> quotas = RateLimitHeaders.parse(List.of(text), List.of(text));
      read += quotas.size();
      RateLimit tightest = RateLimitHeaders.tightest(quotas);
      assertThat(tightest == null).isEqualTo(quotas.isEmpty());
      assertThat(RateLimitHeaders.retryAfter(List.of(text), text)).isNull();
    }
    assertThat(read).isBetween(100_000, 399_000);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "' 30 ', 30",
    "0000000000000030, 3153600000",
    "3153600000, 3153600000",
    "3153600001, 3153600000",
    "99999999999999999999999999, 3153600000",
    "'Sat, 21 Nov 2026 08:00:30 GMT', 30",
    "'Sat, 21 Nov 2026 07:00:00 GMT', 0",
    "'Fri, 31 Dec 9999 23:59:59 GMT', 3153600000"
  })
  void retryAfterIsSecondsOrADate(String value, long seconds) {
    assertThat(RateLimitHeaders.retryAfter(List.of(value), DATE))
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "٣",
        "soon",
        "Sun, 21 Nov 2026 08:00:30 GMT",
        "2026-11-21T08:00:30Z",
        "Sat, 31 Feb 2026 08:00:30 GMT"
      })
  void aRetryAfterOfAnotherFormIsIgnored(String value) {
    assertThat(RateLimitHeaders.retryAfter(List.of(value), DATE)).isNull();
    assertThat(RateLimitHeaders.retryAfter(List.of(value, "4"), DATE))
        .isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void aDateSaysNothingWithoutTheDateOfTheAnswer() {
    String date = "Sat, 21 Nov 2026 08:00:30 GMT";

    assertThat(RateLimitHeaders.retryAfter(List.of(date), null)).isNull();
    assertThat(RateLimitHeaders.retryAfter(List.of(date), "today")).isNull();
    assertThat(RateLimitHeaders.retryAfter(List.of(), DATE)).isNull();
  }

  @Test
  void ofSeveralWaitsTheLongestHolds() {
    assertThat(RateLimitHeaders.retryAfter(List.of("5", "60", "7"), DATE))
        .isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void noWaitOverflowsANanosecondClock() {
    assertThat(HUNDRED_YEARS.toNanos()).isPositive();
    assertThat(parse("\"d\";r=5;t=999999999999999").get(0).reset()).isEqualTo(HUNDRED_YEARS);
  }

  private static List<RateLimit> parse(String... lines) {
    return RateLimitHeaders.parse(List.of(lines), List.of());
  }

  private static RateLimit quota(
      String name, long remaining, long reset, @Nullable Long quota, @Nullable Long window) {
    return new RateLimit(
        name,
        remaining,
        Duration.ofSeconds(reset),
        quota,
        window == null ? null : Duration.ofSeconds(window));
  }

  private static String name(Random random) {
    String symbols = "ab ,;=\"\\()?-";
    StringBuilder name = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      name.append(symbols.charAt(random.nextInt(symbols.length())));
    }
    return name.toString();
  }

  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String noise(Random random) {
    String[] noise = {"", "", "; a", ";b=?1", ";c=\"r=1;t=2,\"", ";d=:AA==:", ";e=-1.5", ";f=*x"};
    return noise[random.nextInt(noise.length)];
  }

  private static List<String> lines(Random random, List<String> items) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String item : items) {
      line.append(line.isEmpty() ? "" : random.nextBoolean() ? ", " : ",").append(item);
      if (random.nextBoolean()) {
        lines.add(line.toString());
        line.setLength(0);
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
