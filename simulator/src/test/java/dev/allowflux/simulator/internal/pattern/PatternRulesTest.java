package dev.allowflux.simulator.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    "DOMAIN, xn--bcher-kva.example",
    "DOMAIN, हिन्दी.example",
    "DOMAIN, 1.example",
    "EMAIL, o'brien+x=y_z@example.com",
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
    "EMAIL, .user@example.com",
    "EMAIL, us..er@example.com",
    "EMAIL, user.@example.com",
    "EMAIL, user@1.2.3.4",
    "EMAIL, user@[1.2.3.4]",
    "DOMAIN, 1.2.3.4",
    "DOMAIN, 203.0.113.300",
    "DOMAIN, a_b.example",
    "DOMAIN, xn--.example",
    "DOMAIN, boats.example:25",
    "DOMAIN, localhost",
    "DOMAIN, .example.com",
    "DOMAIN, example..com",
    "DOMAIN, example.com.",
    "DOMAIN, user@example.com",
    "DOMAIN, '*.example.com'",
    "IP, 1.2.3",
    "IP, 01.2.3.4",
    "IP, ::ffff:01.2.3.4",
    "IP, 11.0.0.1/7",
    "IP, 1.2.3.4/24/24",
    "IP, 1:2:3:4:5:6:7:8:9",
    "IP, ::1::",
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

  /** Inputs that people paste: what they mean is clear to a person, but it is no pattern. */
  @ParameterizedTest
  @CsvSource({
    "DOMAIN, *.boats.example",
    "DOMAIN, .boats.example",
    "DOMAIN, https://boats.example/",
    "EMAIL, mailto:a@boats.example",
    "EMAIL, <a@boats.example>",
    "EMAIL, 'a@boats.example, b@boats.example'",
    "EMAIL, @boats.example",
    "DOMAIN, a@boats.example",
    "IP, 203.0.113.7 - 20",
    "IP, 203.0.113.7/255.255.255.0",
    "IP, 203.0.113.300",
    "IP, 010.000.000.001",
    "IP, 203.0.113.7:25",
    "IP, fe80::1%eth0",
    "EMAIL, '.*@boats\\.example'",
  })
  void whatIsAlmostAPatternIsRefused(String type, String pattern) {
    assertThat(accepted(type, pattern)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0x00, 0x09, 0x0A, 0x20, 0x7F, 0x85, 0xA0, 0xAD, 0x200B, 0x200D, 0x2028, 0x202E})
  void invisibleCharacterIsRefusedAtEveryPosition(int character) {
    String invisible = Character.toString(character);
    for (String pattern : new String[] {"video.example", "a@video.example"}) {
      String type = pattern.contains("@") ? "EMAIL" : "DOMAIN";
      for (int at = 0; at <= pattern.length(); at++) {
        String text = pattern.substring(0, at) + invisible + pattern.substring(at);
        assertThat(accepted(type, text)).as("U+%04X at %d", character, at).isFalse();
      }
    }
    assertThat(accepted("IP", "8.8.8.8" + invisible)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0xE000, 0x378, 0xFFFF, 0x1F44D, 0xD800})
  void characterWithoutLetterIsRefused(int character) {
    String text = Character.toString(character);
    assertThat(accepted("DOMAIN", "a" + text + "b.example")).isFalse();
    assertThat(accepted("EMAIL", "a" + text + "b@boats.example")).isFalse();
  }

  @Test
  void partsHaveTheirLongestLength() {
    String label = "a".repeat(63);
    assertThat(accepted("DOMAIN", label + ".example")).isTrue();
    assertThat(accepted("DOMAIN", label + "a.example")).isFalse();
    assertThat(accepted("DOMAIN", "ü".repeat(57) + ".example")).isTrue();
    assertThat(accepted("DOMAIN", "ü".repeat(63) + ".example")).isFalse();
    String domain = String.join(".", label, label, label);
    assertThat(accepted("DOMAIN", domain + "." + "a".repeat(61))).isTrue();
    assertThat(accepted("DOMAIN", domain + "." + "a".repeat(62))).isFalse();
    assertThat(accepted("EMAIL", "a".repeat(64) + "@boats.example")).isTrue();
    assertThat(accepted("EMAIL", "a".repeat(65) + "@boats.example")).isFalse();
  }
}
