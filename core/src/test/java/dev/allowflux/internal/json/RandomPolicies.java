package dev.allowflux.internal.json;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Policies such as the API might return, down to the odd ones. */
public final class RandomPolicies {
  public static final ApiRequest LIST =
      ApiCalls.list(new AccountId("acc"), AllowPolicyFilter.all(), 1, 1000);

  private RandomPolicies() {}

  public static List<AllowPolicy> list(Random random, int size) {
    return Stream.generate(() -> policy(random)).limit(size).toList();
  }

  @SuppressWarnings("deprecation")
  private static AllowPolicy policy(Random random) {
    AllowPolicy.Builder policy =
        AllowPolicy.builder()
            .id(new PolicyId(new UUID(random.nextLong(), random.nextLong()).toString()))
            .createdAt(time(random));
    policy.modifiedAt(random.nextBoolean() ? time(random) : null);
    policy.lastModified(random.nextBoolean() ? time(random) : null);
    policy.pattern(text(random));
    policy.patternTypeName(
        new @Nullable String[] {"EMAIL", "DOMAIN", "IP", "UNKNOWN", "ASN", null}
            [random.nextInt(6)]);
    policy.isRegex(flag(random)).isTrustedSender(flag(random)).isAcceptableSender(flag(random));
    policy.isExemptRecipient(flag(random)).verifySender(flag(random));
    policy.isRecipient(flag(random)).isSender(flag(random)).isSpoof(flag(random));
    policy.comments(text(random));
    for (int n = Math.max(0, random.nextInt(8) - 5); n > 0; n--) {
      String[] values = {"1", "-2.50e+3", "\"x\\\"\\u00e9\"", "{\"a\": [1 , {}]}", "[]", "true"};
      policy.unknownField("new_" + random.nextInt(5), values[random.nextInt(values.length)]);
    }
    return policy.build();
  }

  private static Instant time(Random random) {
    return Instant.ofEpochSecond(
        random.nextLong(0, 253_402_300_799L), random.nextInt(1_000_000_000));
  }

  private static @Nullable Boolean flag(Random random) {
    return random.nextInt(4) == 0 ? null : (Boolean) random.nextBoolean();
  }

  /** Text with escapes, every length of UTF-8, and surrogates that lost their other half. */
  private static @Nullable String text(Random random) {
    if (random.nextInt(4) == 0) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(40); n > 0; n--) {
      switch (random.nextInt(40)) {
        case 0 -> text.append("\"\\/\b\f\n\r\t".charAt(random.nextInt(8)));
        case 1 -> text.append((char) random.nextInt(32));
        case 2 -> text.append((char) (0x80 + random.nextInt(0x700)));
        case 3 -> text.append((char) (0x800 + random.nextInt(0x5000)));
        case 4 -> text.appendCodePoint(0x10000 + random.nextInt(0x10000));
        case 5 -> text.append((char) (0xD800 + random.nextInt(0x800)));
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }
}
