package dev.allowflux.simulator.internal.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternNormalizerTest {

  @ParameterizedTest
  @CsvSource({
    "DOMAIN, Boats.EXAMPLE., boats.example",
    "DOMAIN, bücher.example, xn--bcher-kva.example",
    "DOMAIN, XN--BCHER-KVA.example, xn--bcher-kva.example",
    "DOMAIN, boats.example, boats.example",
    "DOMAIN, boats.example.., boats.example..",
    "EMAIL, Anna@Boats.EXAMPLE., Anna@boats.example",
    "EMAIL, no address, no address",
    "IP, 8.8.8.9/24, 8.8.8.0/24",
    "IP, 8.8.8.9, 8.8.8.9",
    "IP, 8.8.8.9/32, 8.8.8.9/32",
    "IP, 8.8.8.9/33, 8.8.8.9/33",
    "IP, 2A02:0001:0:0:0:0:0:9/47, 2a02:1::/47",
    "IP, ::ffff:1.2.3.4, ::ffff:102:304",
  })
  void spellingsOfOnePatternBecomeOne(String type, String pattern, String normal) {
    assertThat(PatternNormalizer.normalize(pattern, type, false)).isEqualTo(normal);
    assertThat(PatternNormalizer.normalize(normal, type, false)).isEqualTo(normal);
  }

  @ParameterizedTest
  @CsvSource({"EMAIL, .*@Boats\\.EXAMPLE", "DOMAIN, Boats\\.EXAMPLE.", "IP, 8\\.8\\.8\\.9"})
  void regularExpressionStaysAsItIs(String type, String pattern) {
    assertThat(PatternNormalizer.normalize(pattern, type, true)).isEqualTo(pattern);
  }
}
