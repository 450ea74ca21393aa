package dev.allowflux.simulator.internal.store;

import dev.allowflux.simulator.internal.random.SplitMix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Generates policies: the same ones for a seed on every machine, and the first n of a longer list
 * are the shorter list. No pattern occurs twice, and the service accepts every pattern.
 */
public final class SeededPolicies {
  private static final long FIRST_CREATED = Instant.parse("2021-01-04T07:30:00Z").getEpochSecond();

  private static final String[] FIRST_NAMES = {
    "anna", "ben", "carla", "deniz", "elif", "farid", "greta", "hugo", "ines", "jonas", "kira",
    "liam", "mona", "nils", "olga", "paul", "rosa", "samir", "tessa", "yusuf"
  };
  private static final String[] LAST_NAMES = {
    "adler", "brandt", "costa", "dubois", "ek", "fischer", "gruber", "hansen", "ito", "jensen",
    "kaya", "lopez", "moreau", "novak", "okafor", "peters", "rossi", "silva", "tanaka", "weber"
  };
  private static final String[] ROLES = {
    "alerts",
    "billing",
    "bounce",
    "careers",
    "info",
    "invoices",
    "news",
    "no-reply",
    "orders",
    "press",
    "reports",
    "service",
    "shipping",
    "support"
  };
  private static final String[] COMPANIES = {
    "alpenrail", "bluecrate", "cedarworks", "deltapay", "eastharbour", "fernlight", "granitebank",
    "hillcrest", "ironpost", "junipercare", "kestrelair", "lumenprint", "meridianlog", "northfold",
    "opalsoft", "pinegate", "quarrystone", "riverbend", "saltmarsh", "tidewater"
  };

  /** Names that are reserved for examples: none of them can belong to anybody. */
  private static final String[] ZONES = {"example", "example.com", "example.net", "example.org"};

  private static final String[] REASONS = {
    "Approved by the service desk",
    "Partner of the sales team",
    "Sends invoices for the finance department",
    "Newsletter that many of us read",
    "False positive, reported by a user",
    "Imported from the old gateway",
    "Payroll notifications",
    "Monitoring alerts must not be delayed"
  };
  private static final String[] FOREIGN_REASONS = {
    "Geprüft von der IT, gültig für alle Büros",
    "Vérifié par l'équipe sécurité",
    "Aprobado por administración – señal válida",
    "経理部の請求書",
    "Проверено службой безопасности",
    "Ask Zoë first \uD83D\uDC4D"
  };
  private static final String[] ESCAPED_REASONS = {
    "Known as \"the quiet one\" among users",
    "First line: approved\nSecond line: until further notice",
    "Owner:\tfinance\tFloor:\t3",
    "Share \\\\files\\mail\\allow holds the request"
  };

  private final SplitMix random;
  private final long salt;
  private long created = FIRST_CREATED * 1_000_000_000;
  private String createdAt = Timestamps.text(created, 0);

  private SeededPolicies(long seed, long salt) {
    random = new SplitMix(SplitMix.mix(seed));
    this.salt = salt;
  }

  /** A source of policies to add later; their patterns differ from those of {@link #make}. */
  static SeededPolicies more(long seed) {
    return new SeededPolicies(~seed, SplitMix.mix(seed + 1));
  }

  /** The next policy, as it is right after its creation. */
  StoredPolicy next(int number, String now) {
    StoredPolicy policy = policy(number);
    return StoredPolicy.of(
        number, policy.id(), now, now, policy.pattern(), policy.traits(), policy.comments(), false);
  }

  public static List<StoredPolicy> make(long seed, int count) {
    SeededPolicies source = new SeededPolicies(seed, SplitMix.mix(seed + 1));
    List<StoredPolicy> policies = new ArrayList<>(count);
    for (int number = 0; number < count; number++) {
      policies.add(source.policy(number));
    }
    return policies;
  }

  private StoredPolicy policy(int number) {
    String id = PolicyIds.of(random.next(), random.next());
    // One in ten has the time of the one before, as in imports. Others are a second apart at least,
    // so that the printed time ascends whatever the number of its digits.
    if (number == 0 || !random.percent(10)) {
      created += 1_000_000_000L * (1 + random.below(100)) + random.below(1_000_000_000);
      createdAt = Timestamps.text(created, random.below(10));
    }
    String modifiedAt = createdAt;
    if (random.percent(30)) {
      long later = created + 60_000_000_000L * (1 + random.below(50_000)) + random.below(1_000_000);
      modifiedAt = Timestamps.text(later, random.below(10));
    }
    int dice = random.below(100);
    int traits = dice < 50 ? 0 : dice < 85 ? 1 : 2;
    if (traits < 2 && random.below(85) < 12) {
      traits |= StoredPolicy.REGEX;
    }
    String pattern =
        switch (traits) {
          case 0 -> email(number);
          case 1 -> domain(number);
          case 2 -> address(number);
          case StoredPolicy.REGEX -> emailExpression(number);
          default -> domainExpression(number);
        };
    int exemption = random.below(100);
    traits |=
        exemption < 50
            ? StoredPolicy.TRUSTED_SENDER
            : exemption < 85 ? StoredPolicy.ACCEPTABLE_SENDER : StoredPolicy.EXEMPT_RECIPIENT;
    if (random.percent(60)) {
      traits |= StoredPolicy.VERIFY_SENDER;
    }
    int comment = random.below(100);
    return StoredPolicy.of(
        number, id, createdAt, modifiedAt, pattern, traits, comments(comment), comment < 10);
  }

  private @Nullable String comments(int dice) {
    if (dice < 40) {
      return null;
    }
    String reason =
        dice < 50
            ? random.pick(ESCAPED_REASONS)
            : dice < 55 ? random.pick(FOREIGN_REASONS) : random.pick(REASONS);
    return random.percent(50) ? reason : reason + " (ticket " + (1000 + random.below(90_000)) + ")";
  }

  private String email(int number) {
    String local =
        random.percent(60)
            ? random.pick(FIRST_NAMES) + "." + random.pick(LAST_NAMES)
            : random.pick(ROLES);
    return local + "@" + domain(number);
  }

  private String domain(int number) {
    String host = random.percent(25) ? random.pick(ROLES) + "." : "";
    return host + random.pick(COMPANIES) + "-" + tag(number) + "." + random.pick(ZONES);
  }

  private String emailExpression(int number) {
    return "^" + random.pick(ROLES) + "(\\+[a-z0-9]+)?@" + quoted(domain(number)) + "$";
  }

  private String domainExpression(int number) {
    return "(?i)(.+\\.)?" + quoted(domain(number));
  }

  private static String quoted(String domain) {
    return domain.replace(".", "\\.");
  }

  /** Different for every number, and not in the order of creation. */
  private String tag(int number) {
    int scrambled = (int) ((number * 0x9E3779B1L + salt) & 0x7FFF_FFFF);
    return Integer.toString(scrambled, 36);
  }

  /** An address outside of all special ranges; different for every number. */
  private String address(int number) {
    int net = (int) ((number * 2_654_435L + (salt >>> 40)) % (79 << 16));
    String v4 = (20 + (net >> 16)) + "." + ((net >> 8) & 0xFF) + "." + (net & 0xFF) + ".";
    int form = random.below(100);
    if (form < 60) {
      return v4 + (1 + random.below(254));
    }
    if (form < 85) {
      return v4 + "0/24";
    }
    String v6 =
        "2a02:"
            + Integer.toHexString(number >>> 16)
            + ":"
            + Integer.toHexString(number & 0xFFFF)
            + ":";
    return form < 95 ? v6 + ":" + (1 + random.below(9)) : v6 + ":/48";
  }
}
