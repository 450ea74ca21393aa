package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyKeyTest {
  @ParameterizedTest
  @CsvSource({
    "example.com, example.com",
    "Example.COM, example.com",
    "bücher.example, xn--bcher-kva.example",
    "BÜCHER.example, xn--bcher-kva.example",
    "XN--Bcher-KVA.example, xn--bcher-kva.example",
    "例え.テスト, xn--r8jz45g.xn--zckzah",
    "例え。テスト, xn--r8jz45g.xn--zckzah",
    "straße.example, xn--strae-oqa.example",
    "STRAẞE.example, xn--strae-oqa.example",
    "βόλος.example, xn--nxasmm1c.example",
    "STRASSE.example, strasse.example",
    "example.com., example.com",
    "Example.COM.., example.com..",
    "b\u00fccher.example., xn--bcher-kva.example",
    "not a domain!, not a domain!",
    "ａ!.example, ａ!.example",
    "-_ Ü ..-., -_ ü ..-"
  })
  void domainsAreLowerCaseAndALabels(String pattern, String normal) {
    assertThat(normal(PatternType.DOMAIN, pattern)).isEqualTo(normal);
  }

  @ParameterizedTest
  @CsvSource({
    "John.Doe@Example.COM, John.Doe@example.com",
    "a@b@BÜCHER.example, a@b@xn--bcher-kva.example",
    "No At Sign, No At Sign",
    "@EXAMPLE.com, @example.com",
    "x@, x@"
  })
  void onlyTheDomainPartOfAnAddressIsNormalised(String pattern, String normal) {
    assertThat(normal(PatternType.EMAIL, pattern)).isEqualTo(normal);
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 203.0.113.7",
    "203.0.113.7/32, 203.0.113.7",
    "203.0.113.7/24, 203.0.113.0/24",
    "203.0.113.7/0, 0.0.0.0/0",
    "203.0.113.255/25, 203.0.113.128/25",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:db8::1/128, 2001:db8::1",
    "2001:db8:ffff::/32, 2001:db8::/32",
    "::, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "1:0:0:2:0:0:3:4, 1::2:0:0:3:4",
    "1::, 1::",
    "::ffff:203.0.113.7, ::ffff:203.0.113.7",
    "::FFFF:cb00:7107, ::ffff:203.0.113.7",
    "64:ff9b::203.0.113.7, 64:ff9b::cb00:7107",
    "::ffff:203.0.113.7/120, ::ffff:203.0.113.0/120"
  })
  void addressesAndBlocksHaveTheirCanonicalText(String pattern, String normal) {
    assertThat(normal(PatternType.IP, pattern)).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "203.0.113",
        "203.0.113.256",
        "203.0.113.07",
        "203.0.113.7/33",
        "203.0.113.7/",
        "203.0.113.7/08",
        "203.0.113.7/24/24",
        "203.0.113.7.",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "1:2:3:4::5:6:7:8",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        ":::",
        "fe80::1%eth0",
        "12345::",
        "::1.2.3",
        "1.2.3.4::",
        "::1/129",
        "-1.2.3.4",
        "١.٢.٣.٤",
        "localhost",
        ""
      })
  void whatIsNoAddressStandsForItself(String pattern) {
    assertThat(normal(PatternType.IP, pattern)).isEqualTo(pattern);
  }

  @ParameterizedTest
  @ValueSource(strings = {".*@Example\\.COM", "BÜCHER", "203.0.113.7/24"})
  void aRegularExpressionStandsForItself(String pattern) {
    for (PatternType type : new PatternType[] {PatternType.EMAIL, PatternType.IP}) {
      assertThat(new PolicyKey(type, true, pattern).pattern()).isEqualTo(pattern);
    }
  }

  @Test
  void everyTextHasANormalFormWhichIsItsOwn() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    PatternType[] types = {PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP};
    for (int i = 0; i < 200_000; i++) {
      PatternType type = types[i % 3];
      String text = text(random);
      String normal = normal(type, text);
      assertThat(normal(type, normal)).as("seed %s, text '%s'", seed, text).isEqualTo(normal);
    }
  }

  @Test
  void addressesMeanWhatTheJdkReadsInThem() throws UnknownHostException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      for (int zeros = random.nextInt(bytes.length); zeros > 0; zeros--) {
        bytes[random.nextInt(bytes.length)] = 0;
      }
      String text = InetAddress.getByAddress(bytes).getHostAddress();
      String normal = normal(PatternType.IP, text);
      assertThat(InetAddress.getByName(normal))
          .as("seed %s, address %s, normal form %s", seed, text, normal)
          .isEqualTo(InetAddress.getByName(text));
      assertThat(normal(PatternType.IP, text + "/" + 8 * bytes.length)).isEqualTo(normal);
    }
  }

  @Test
  void aPolicyWithoutAPatternOrOfNoKnownKindHasNoKey() {
    AllowPolicy.Builder policy =
        AllowPolicy.builder().id(new PolicyId("1")).createdAt(Instant.EPOCH);

    assertThat(PolicyKey.of(policy.build())).isNull();
    assertThat(PolicyKey.of(policy.pattern("a").build())).isNull();
    assertThat(PolicyKey.of(policy.patternTypeName("UNKNOWN").build())).isNull();
    assertThat(PolicyKey.of(policy.patternTypeName("ASN").build())).isNull();
    assertThat(PolicyKey.of(policy.patternTypeName("IP").build()))
        .isEqualTo(new PolicyKey(PatternType.IP, false, "a"));
    assertThatThrownBy(() -> new PolicyKey(PatternType.UNKNOWN, false, "a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String normal(PatternType type, String pattern) {
    return new PolicyKey(type, false, pattern).pattern();
  }

  /** Bits of names and addresses, foreign letters, halves of surrogate pairs, and long ones. */
  private static String text(Random random) {
    String[] bits = {
      ".",
      ".",
      "@",
      ":",
      "::",
      "/",
      "1",
      "24",
      "255",
      "ffff",
      "xn--",
      "a",
      "B",
      "ü",
      "ß",
      "ẞ",
      "İ",
      "。",
      "例",
      "Ⅷ",
      "\u200d",
      "\u0301",
      "ﬁ",
      "Σ",
      "ς",
      "\ud83d\ude00",
      "\ud800",
      "\udc00",
      "\u0000",
      "é",
      "\u0635",
      "\u05d0",
      "-",
      "_",
      " ",
      "xn--a",
      "K"
    };
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      text.append(
          random.nextInt(20) == 0
              ? new String(Character.toChars(random.nextInt(0x110000)))
              : bits[random.nextInt(bits.length)]);
    }
    return random.nextInt(500) == 0 ? text.toString().repeat(200) : text.toString();
  }
}
