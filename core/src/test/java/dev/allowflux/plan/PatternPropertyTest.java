package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternCheck.Corrected;
import dev.allowflux.model.PatternCheck.Option;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternCheck.Valid;
import dev.allowflux.model.PatternType;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The grammar of patterns and their normal form, against each other and the JDK. */
class PatternPropertyTest {
  private static final PatternType[] TYPES = {
    PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP
  };

  @Test
  void theNormalFormOfAPatternIsAPatternAndItsOwn() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 15_000; i++) {
      PatternType type = TYPES[i % 3];
      String pattern = pattern(random, type);
      String normal = normal(type, pattern);
      assertThat(check(type, pattern)).as("seed %s", seed).isEqualTo(new Valid(pattern));
      assertThat(check(type, normal))
          .as("seed %s, pattern %s", seed, pattern)
          .isEqualTo(new Valid(normal));
      assertThat(normal(type, normal)).as("seed %s", seed).isEqualTo(normal);
    }
  }

  @Test
  void whatANormalisingServiceStoresHasTheSameKey() throws UnknownHostException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 15_000; i++) {
      PatternType type = TYPES[i % 3];
      String pattern = pattern(random, type);
      String stored = stored(random, type, pattern);
      assertThat(normal(type, stored))
          .as("seed %s, pattern %s stored as %s", seed, pattern, stored)
          .isEqualTo(normal(type, pattern));
      assertThat(check(type, stored)).as("seed %s", seed).isNotInstanceOf(Refused.class);
    }
  }

  @Test
  void anyTextIsJudgedAndTheCharacterThatIsNamedIsThere() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 40_000; i++) {
      PatternType type = TYPES[random.nextInt(3)];
      boolean isRegex = random.nextInt(4) == 0;
      String text = damaged(random, pattern(random, type));
      PatternCheck check = PatternCheck.of(type, isRegex, text);
      if (check instanceof Refused refused) {
        assertThat(refused.reason().codePoints())
            .as("seed %s, text %s", seed, text)
            .allMatch(c -> CodePoints.isVisible(c) && (c == ' ' || !CodePoints.isBlank(c)));
        if (refused.column() > 0) {
          assertThat(text.codePointAt(text.offsetByCodePoints(0, refused.column() - 1)))
              .as("seed %s, text %s", seed, text)
              .isEqualTo(refused.codePoint());
        }
      } else if (check instanceof Corrected corrected) {
        assertThat(corrected.pattern()).isNotEqualTo(text);
        assertThat(PatternCheck.of(type, isRegex, corrected.pattern()))
            .as("seed %s, text %s", seed, text)
            .isEqualTo(new Valid(corrected.pattern()));
      } else {
        assertThat(text.codePoints())
            .as("seed %s, text %s", seed, text)
            .allMatch(c -> CodePoints.isVisible(c) && (c == ' ' || !CodePoints.isBlank(c)));
      }
    }
  }

  @Test
  void anInvisibleCharacterIsFoundWhereverItIs() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int[] invisible = {
      0, 7, 0x7f, 0x9f, 0xad, 0x200b, 0x200e, 0x202e, 0x2066, 0xfeff, 0xe000, 0x378
    };
    for (int i = 0; i < 10_000; i++) {
      PatternType type = TYPES[i % 3];
      boolean isRegex = random.nextInt(4) == 0;
      String pattern = pattern(random, type);
      int column = 1 + random.nextInt(pattern.codePointCount(0, pattern.length()) + 1);
      int index = pattern.offsetByCodePoints(0, column - 1);
      int c = invisible[random.nextInt(invisible.length)];
      String text = pattern.substring(0, index) + Character.toString(c) + pattern.substring(index);
      PatternCheck check = PatternCheck.of(type, isRegex, text, Option.MIXED_SCRIPTS);
      assertThat(check).as("seed %s, text %s", seed, text).isInstanceOf(Refused.class);
      assertThat(((Refused) check).column()).as("seed %s", seed).isEqualTo(column);
      assertThat(((Refused) check).codePoint()).as("seed %s", seed).isEqualTo(c);
    }
  }

  @Test
  void aPatternIsOfOneKindAlone() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      PatternType type = TYPES[i % 3];
      String pattern = pattern(random, type);
      assertThat(PatternCheck.typeOf(pattern)).as("seed %s, %s", seed, pattern).isEqualTo(type);
      for (PatternType other : TYPES) {
        assertThat(check(other, pattern) instanceof Valid)
            .as("seed %s, %s", seed, pattern)
            .isEqualTo(other == type);
      }
    }
  }

  @Test
  void namesAreEncodedAsTheJdkEncodesThemWhereBothRulesAgree() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      String domain = domain(random);
      if (domain.indexOf('ß') < 0 && domain.indexOf('ς') < 0) {
        assertThat(normal(PatternType.DOMAIN, domain))
            .as("seed %s, domain %s", seed, domain)
            .isEqualTo(IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT));
      }
    }
  }

  private static PatternCheck check(PatternType type, String pattern) {
    return PatternCheck.of(type, false, pattern);
  }

  private static String normal(PatternType type, String pattern) {
    return new PolicyKey(type, false, pattern).pattern();
  }

  private static String pattern(Random random, PatternType type) {
    return switch (type) {
      case EMAIL -> local(random) + "@" + domain(random);
      case DOMAIN -> domain(random);
      default -> network(random);
    };
  }

  private static String local(Random random) {
    String[] locals = {
      "a", "Ann.Lee", "x+y=z", "o'brien", "\"Ann Lee\"", "\"a@b\"", "jürgen", "用户", "иван", "1"
    };
    return locals[random.nextInt(locals.length)];
  }

  private static String domain(Random random) {
    StringBuilder domain = new StringBuilder();
    for (int n = random.nextInt(4); n > 0; n--) {
      domain.append(label(random)).append('.');
    }
    return domain.append(random.nextBoolean() ? "example" : "テスト").toString();
  }

  private static String label(Random random) {
    String[] letters = {
      "abcxyzXYZ0123456789", "abcäöüÄÖÜéèñ", "абвгдАБВГД", "αβγδΣσ", "例東京都", "あいうカキク", "אבגד", "한국말"
    };
    if (random.nextInt(8) == 0) {
      String[] labels = {
        "my-boats", "xn--bcher-kva", "XN--Bcher-KVA", "straße", "βόλος", "उदाहरण", "ไทย"
      };
      return labels[random.nextInt(labels.length)];
    }
    int[] set = letters[random.nextInt(letters.length)].codePoints().toArray();
    StringBuilder label = new StringBuilder();
    for (int n = 1 + random.nextInt(8); n > 0; n--) {
      label.appendCodePoint(set[random.nextInt(set.length)]);
    }
    return label.toString();
  }

  private static String network(Random random) {
    if (random.nextBoolean()) {
      String address = "203.0.113." + random.nextInt(256);
      return random.nextBoolean() ? address : address + "/" + (1 + random.nextInt(32));
    }
    String address = random.nextBoolean() ? "2001:DB8::" : "2001:db8:0:0:1:";
    address += Integer.toHexString(random.nextInt(0x10000)) + ":0:1";
    return random.nextBoolean() ? address : address + "/" + random.nextInt(129);
  }

  /** What services do to a pattern that they store. */
  private static String stored(Random random, PatternType type, String pattern)
      throws UnknownHostException {
    if (type == PatternType.IP) {
      return cleared(pattern);
    }
    int at = pattern.lastIndexOf('@');
    String domain = pattern.substring(at + 1);
    if (random.nextBoolean() && domain.indexOf('ß') < 0 && domain.indexOf('ς') < 0) {
      domain = IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED);
    }
    if (random.nextBoolean()) {
      // Not as a whole word: the JDK then writes another letter for a Σ at its end.
      domain =
          domain
              .codePoints()
              .map(Character::toLowerCase)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
    }
    return pattern.substring(0, at + 1) + domain + (random.nextInt(3) == 0 ? "." : "");
  }

  /** The bits behind the prefix set to zero, written as the JDK writes an address. */
  private static String cleared(String network) throws UnknownHostException {
    int slash = network.indexOf('/');
    byte[] address =
        InetAddress.getByName(slash < 0 ? network : network.substring(0, slash)).getAddress();
    int prefix = slash < 0 ? 8 * address.length : Integer.parseInt(network.substring(slash + 1));
    for (int bit = prefix; bit < 8 * address.length; bit++) {
      address[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return InetAddress.getByAddress(address).getHostAddress() + "/" + prefix;
  }

  private static String damaged(Random random, String pattern) {
    String[] bits = {
      " ",
      "\u00a0",
      ".",
      "@",
      "*",
      ",",
      ";",
      "/",
      ":",
      "\\",
      "\"",
      "<",
      ">",
      "mailto:",
      "\u200b",
      "%",
      "-",
      "xn--",
      "\u0430",
      "\u0301",
      "\ud83d\ude00",
      "\ud800",
      "[",
      "(",
      "?",
      "24",
      "255.255.255.0",
      "|",
      "\n",
      "ｂ"
    };
    StringBuilder text = new StringBuilder(pattern);
    for (int n = random.nextInt(4); n > 0; n--) {
      int at =
          text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length()) + 1));
      if (random.nextInt(4) == 0) {
        text.setLength(at);
      } else {
        text.insert(at, bits[random.nextInt(bits.length)]);
      }
    }
    return text.isEmpty() ? " " : text.toString();
  }
}
