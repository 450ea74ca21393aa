package dev.allowflux.simulator.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternRulesTest {

  private static boolean accepted(String type, String pattern) {
    return PatternRules.violation(pattern, type, type.equals("REGEX")) == null;
  }

  @ParameterizedTest
  @CsvSource({
    "EMAIL, user@example.com",
    "EMAIL, first.last+tag@mail.example.com",
    "EMAIL, müller@bücher.example",
    "DOMAIN, example.com",
    "DOMAIN, a-b.c0.example",
    "DOMAIN, bücher.example",
    "IP, 1.2.3.4",
    "IP, 1.2.3.0/24",
    "IP, 8.8.8.8/32",
    "IP, 2a02:1::",
    "IP, 2a02:1:2::/48",
    "IP, ::ffff:1.2.3.4",
    "REGEX, ^.*@(a|b)\\.example$",
    "REGEX, no address at all",
  })
  void goodPatternIsAccepted(String type, String pattern) {
    assertThat(accepted(type, pattern)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "EMAIL, example.com",
    "EMAIL, @example.com",
    "EMAIL, user@",
    "EMAIL, user@localhost",
    "EMAIL, a b@example.com",
    "EMAIL, a@b@example.com",
    "EMAIL, user@-a.example",
    "DOMAIN, localhost",
    "DOMAIN, .example.com",
    "DOMAIN, example..com",
    "DOMAIN, example.com.",
    "DOMAIN, user@example.com",
    "DOMAIN, '*.example.com'",
    "IP, 1.2.3",
    "IP, 1.2.3.256",
    "IP, 1.2.3.4/33",
    "IP, 1.2.3.4/x",
    "IP, 1.2.3.4/",
    "IP, 1.2.3.4/+8",
    "IP, '[2a02:1::]'",
    "IP, 2a02:1::%eth0",
    "IP, 2a02:1::/129",
    "IP, 10.1.2.3",
    "IP, 10.0.0.0/8",
    "IP, 172.16.0.1",
    "IP, 192.168.1.0/24",
    "IP, 127.0.0.1",
    "IP, 169.254.1.1",
    "IP, 0.0.0.0",
    "IP, 255.255.255.255",
    "IP, ::",
    "IP, ::1",
    "IP, fe80::1",
    "IP, fd00::1",
    "IP, ::ffff:10.1.2.3",
    "IP, ::ffff:127.0.0.1",
    "IP, example.com",
    "REGEX, '(unclosed'",
    "REGEX, '*'",
  })
  void badPatternIsRefused(String type, String pattern) {
    assertThat(accepted(type, pattern)).isFalse();
  }
}
