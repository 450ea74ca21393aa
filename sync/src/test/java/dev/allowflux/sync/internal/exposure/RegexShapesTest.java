package dev.allowflux.sync.internal.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.testkit.Soak;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Expressions of one shape are judged as each would be for itself. */
class RegexShapesTest {
  private static final int COUNT = Soak.count(3_000, 300_000);
  private static final long SEED = Long.getLong("allowflux.seed", 20261127);

  private static final List<String> HEADS =
      List.of(
          "",
          "^",
          "(.+\\.)?",
          "(?i)",
          "(?i)(.+\\.)?",
          "^(.+\\.)?",
          "^.*@",
          ".*@",
          ".+@",
          "@",
          "^[^@]+@",
          "^(a|b)@",
          "[a-z]+",
          "(mail|smtp)",
          "(g)?",
          "^info(\\+[a-z0-9]+)?@",
          ".*\\.",
          ".*",
          "\\b",
          "^(.*\\.){0,3}",
          "(.+[@.])?",
          "([a-z]+\\.)*",
          "(?iu)",
          "^\\w{1,40}@",
          "x",
          "^(x@y@)?",
          "(?s)^.+@(mail\\.)?",
          "info@|",
          "(a$)?",
          "[@.]",
          "([a-z]+@([a-z]+\\.)?)?");

  private static final List<String> LABELS =
      List.of(
          "boats",
          "mail",
          "q",
          "qq",
          "g",
          "a-b",
          "7",
          "x9",
          "yahoo",
          "gmail",
          "hotmail",
          "paypal",
          "sendgrid",
          "amazonaws",
          "s3",
          "kq3v9xw7",
          "vorlanti-trade",
          "brenkova",
          "co",
          "com",
          "blogspot",
          "github",
          "kestrelair-1x8f",
          "example",
          "beef",
          "k",
          "s",
          "secure-kq3v9xw7");

  private static final List<String> SUFFIXES =
      List.of(
          "com",
          "net",
          "org",
          "de",
          "co.uk",
          "ru",
          "example",
          "ck",
          "kawasaki.jp",
          "io",
          "zz",
          "github.io",
          "s3.amazonaws.com",
          "zendesk.com",
          "gov",
          "top",
          "cd",
          "BE");

  private static final List<String> TAILS = List.of("", "$", "$", "", "/", "?", "\\.?$");

  @Test
  void expressionsOfAShapeAreJudgedAsEachForItself() {
    for (int i = 0; i < COUNT; i++) {
      String regex = expression(new Random(SEED + i));
      assertThat(RegexExposure.of(regex))
          .as("seed %s, expression %s: %s", SEED, i, regex)
          .isEqualTo(RegexExposure.of(regex, new Work(), new Work()));
    }
  }

  @Test
  void anExampleHasTheDomainOfItsOwnExpression() {
    for (String name : List.of("tidewater-odvw0k", "granitebank-7bo", "kestrelair-01sk")) {
      Exposure exposure = RegexExposure.of("(?i)(.+\\.)?" + name + "\\.example");
      assertThat(exposure.findings()).isEmpty();
      assertThat(exposure.warnings()).hasSize(1);
      assertThat(exposure.warnings().get(0).examples())
          .hasSize(1)
          .allMatch(example -> example.contains(name + ".example"));
    }
  }

  private static String expression(Random random) {
    StringBuilder regex = new StringBuilder(pick(HEADS, random));
    for (int labels = 1 + random.nextInt(3); labels > 0; labels--) {
      regex.append(random.nextInt(3) == 0 ? label(random) : pick(LABELS, random));
      regex.append(random.nextInt(20) == 0 ? "." : "\\.");
    }
    return regex.append(pick(SUFFIXES, random).replace(".", "\\.")) + pick(TAILS, random);
  }

  private static String label(Random random) {
    StringBuilder label = new StringBuilder();
    for (int length = 1 + random.nextInt(14); length > 0; length--) {
      label.append("abcdefghijklmnopqrstuvwxyz0123456789-_".charAt(random.nextInt(38)));
    }
    return label.toString();
  }

  private static <T> T pick(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }
}
