package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The text of pages such as the service might send: mostly as it does send them, and now and then
 * in every other way in which JSON can be written or the service might change.
 */
final class RandomPages {
  private static final String[] FLAGS = {
    "is_regex",
    "is_trusted_sender",
    "is_acceptable_sender",
    "is_exempt_recipient",
    "verify_sender",
    "is_sender",
    "is_spoof",
    "is_recipient"
  };
  private static final String[] SPACES = {" ", "\n", "\r\n  ", "\t", "   "};
  private static final String[] ODD_VALUES = {
    "null",
    "true",
    "0",
    "-1",
    "1.5e3",
    "123456789012345678",
    "\"\"",
    "\".\"",
    "\"2026-02-30T00:00:00Z\"",
    "[]",
    "[{\"a\":[1,{}]}]",
    "{}",
    "{\"id\":\"x\"}",
    "TRUE",
    "01",
    "\"\\ud83d\"",
    "\"\\uD83D\\uDE00\"",
    "\"\\udc00\\ud800\"",
    "\"\\u00e9\\u0000\\uFFFD\"",
    "\"\\x\"",
    "\"\uFFFD\"",
    "\"\u0001\"",
    "\"\u007f\""
  };

  private final Random random;
  private final boolean odd;
  private final boolean spaced;

  private RandomPages(Random random) {
    this.random = random;
    odd = random.nextInt(4) == 0;
    spaced = random.nextInt(8) == 0;
  }

  /** Makes a page of a number of policies. */
  static byte[] page(Random random, int policies) {
    return new RandomPages(random).page(policies).getBytes(UTF_8);
  }

  private String page(int size) {
    List<String> policies = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      policies.add(policy());
    }
    List<String> info = new ArrayList<>();
    for (String name : new String[] {"count", "page", "per_page", "total_count"}) {
      if (random.nextInt(8) != 0) {
        info.add(member(name, Integer.toString(random.nextInt(2000))));
      }
    }
    List<String> envelope = new ArrayList<>();
    envelope.add(member("success", rarely() ? "false" : "true"));
    envelope.add(member("errors", rarely() ? "[{\"code\":1,\"message\":\"m\"}]" : "[]"));
    envelope.add(member("messages", rarely() ? "null" : "[]"));
    envelope.add(member("result", '[' + String.join(comma(), policies) + ']'));
    envelope.add(member("result_info", object(info)));
    String end = odd && rarely() ? ODD_VALUES[random.nextInt(ODD_VALUES.length)] : space();
    return space() + object(envelope) + end;
  }

  private String policy() {
    List<String> members = new ArrayList<>();
    members.add(member("id", quote(new UUID(random.nextLong(), random.nextLong()).toString())));
    String created = quote(time());
    members.add(member("created_at", created));
    String modified = random.nextBoolean() ? created : quote(time());
    if (random.nextInt(8) != 0) {
      members.add(member("modified_at", modified));
    }
    if (random.nextInt(4) != 0) {
      members.add(member("last_modified", random.nextInt(4) == 0 ? "null" : modified));
    }
    members.add(member("pattern", text()));
    String[] types = {"EMAIL", "DOMAIN", "IP", "UNKNOWN", "ASN"};
    members.add(member("pattern_type", quote(types[random.nextInt(types.length)])));
    for (String flag : FLAGS) {
      if (random.nextInt(12) != 0) {
        members.add(member(flag, random.nextInt(20) == 0 ? "null" : "" + random.nextBoolean()));
      }
    }
    if (random.nextInt(10) != 0) {
      members.add(member("comments", random.nextInt(3) == 0 ? "null" : text()));
    }
    return object(members);
  }

  private String object(List<String> members) {
    if (odd && random.nextInt(3) == 0) {
      change(members);
    }
    if (random.nextInt(10) == 0) {
      Collections.shuffle(members, random);
    }
    return '{' + space() + String.join(comma(), members) + space() + '}';
  }

  private void change(List<String> members) {
    int at = members.isEmpty() ? 0 : random.nextInt(members.size());
    switch (random.nextInt(4)) {
      case 0 -> members.add(at, member("new_" + random.nextInt(3), oddValue()));
      case 1 -> members.addAll(at, members.isEmpty() ? members : List.of(members.get(at)));
      case 2 -> members.subList(at, Math.min(at + 1, members.size())).clear();
      default -> {
        if (!members.isEmpty()) {
          String member = members.get(at);
          members.set(at, member.substring(0, member.indexOf(':') + 1) + oddValue());
        }
      }
    }
  }

  private String oddValue() {
    return ODD_VALUES[random.nextInt(ODD_VALUES.length)];
  }

  private String member(String name, String value) {
    String written =
        odd && rarely() ? "\\u%04x".formatted((int) name.charAt(0)) : name.substring(0, 1);
    return '"' + written + name.substring(1) + '"' + (odd ? space() : "") + ':' + space() + value;
  }

  private String time() {
    StringBuilder time = new StringBuilder();
    time.append("20%02d-%02d-%02d".formatted(number(0, 99), number(1, 12), number(1, 28)));
    time.append(odd && rarely() ? ' ' : 'T');
    time.append("%02d:%02d:%02d".formatted(number(0, 23), number(0, 59), number(0, 59)));
    int digits = random.nextInt(10);
    if (digits > 0) {
      time.append('.').append("%09d".formatted(random.nextInt(1_000_000_000)), 0, digits);
    }
    return time.append(random.nextInt(12) == 0 ? "+05:30" : "Z").toString();
  }

  private int number(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  /** A text as JSON, with each character written in one of the ways in which it can be. */
  private String text() {
    StringBuilder json = new StringBuilder("\"");
    int rich = random.nextInt(4);
    for (int n = random.nextInt(40); n > 0; n--) {
      switch (rich == 0 ? random.nextInt(24) : 7) {
        case 0 -> json.append('\\').append("\"\\/bfnrt".charAt(random.nextInt(8)));
        case 1 -> json.append("\\u%04x".formatted(random.nextInt(0xD800)));
        case 2 -> json.append("\\u%04X".formatted(0xE000 + random.nextInt(0x2000)));
        case 3 -> pair(json);
        case 4 -> json.append((char) (0x80 + random.nextInt(0x780)));
        case 5 -> json.append((char) (0x800 + random.nextInt(0xD000)));
        case 6 -> json.appendCodePoint(0x10000 + random.nextInt(0x100000));
        default -> json.append((char) ('#' + random.nextInt('[' - '#')));
      }
    }
    return json.append('"').toString();
  }

  private void pair(StringBuilder json) {
    char[] pair = Character.toChars(0x10000 + random.nextInt(0x100000));
    json.append("\\u%04x\\u%04x".formatted((int) pair[0], (int) pair[1]));
  }

  private boolean rarely() {
    return random.nextInt(40) == 0;
  }

  private String comma() {
    return space() + ',' + space();
  }

  private String space() {
    return spaced && random.nextInt(3) == 0 ? SPACES[random.nextInt(SPACES.length)] : "";
  }

  private static String quote(String plain) {
    return '"' + plain + '"';
  }
}
