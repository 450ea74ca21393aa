package dev.allowflux.internal.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people write for a network in other programs. */
final class NetworkAdvice {
  private static final Pattern RANGE =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.)(\\d+)\\s*[-–]\\s*((?:\\d+\\.){3})?(\\d+)");
  private static final Pattern MASK =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+)\\s*[/ ]\\s*(\\d+\\.\\d+\\.\\d+\\.\\d+)");
  private static final Pattern FOUR_NUMBERS =
      Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)(?:/(.*))?");
  private static final Pattern WILDCARD =
      Pattern.compile("((?:\\d+\\.){1,3})(?:[*xX]\\.){0,2}[*xX]");

  /** More networks than that are not named one by one. */
  private static final int FEW = 4;

  private NetworkAdvice() {}

  /** A range, a wildcard or a netmask, which can be taken for a name or a list. */
  static @Nullable Flaw onSeveral(String text) {
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      String start = range.group(1);
      String end = range.group(3) == null ? start : range.group(3);
      return Flaw.of("it is a range", networks(start + range.group(2), end + range.group(4)));
    }
    Matcher wildcard = WILDCARD.matcher(text);
    if (wildcard.matches()) {
      int numbers = wildcard.group(1).split("\\.", -1).length - 1;
      String network = wildcard.group(1) + "0.".repeat(3 - numbers) + "0/" + 8 * numbers;
      return Flaw.of("it has a wildcard", advice(network));
    }
    if (text.matches("[\\d.*]*\\*[\\d.*]*")) {
      return Flaw.of("it has a wildcard", "write a network, such as 203.0.113.0/24");
    }
    Matcher mask = MASK.matcher(text);
    int prefix = mask.matches() ? prefix(mask.group(2)) : -1;
    return prefix < 0 ? null : Flaw.of("it has a netmask", advice(mask.group(1) + "/" + prefix));
  }

  static Flaw on(String text) {
    int zone = text.indexOf('%');
    if (zone > 0 && text.indexOf(':') >= 0) {
      return new Flaw("it has a zone", zone, advice(text.substring(0, zone)));
    }
    if (text.startsWith("[") && IpNetwork.parse(Advice.withoutBrackets(text)) != null) {
      return Flaw.of("it is in brackets", Advice.write(Advice.withoutBrackets(text)));
    }
    Matcher four = FOUR_NUMBERS.matcher(text);
    return four.matches() ? onNumbers(four) : onShape(text);
  }

  private static Flaw onNumbers(Matcher four) {
    for (int i = 1; i <= 4; i++) {
      String number = four.group(i);
      if (number.length() > 1 && number.startsWith("0")) {
        return new Flaw(
            "it has a number with a leading zero, which systems read in different ways",
            four.start(i),
            "write the number without it");
      }
      if (number.length() > 3 || Integer.parseInt(number) > 255) {
        return new Flaw(
            "its number " + shortened(number) + " is larger than 255", four.start(i), "");
      }
    }
    return prefixFlaw(four.group(5), 32);
  }

  private static Flaw prefixFlaw(@Nullable String prefix, int most) {
    return Flaw.of(
        prefix == null || prefix.isEmpty()
            ? "it has no length of the prefix behind the slash"
            : "its length of the prefix is not a number from 0 to " + most);
  }

  private static Flaw onShape(String text) {
    int slash = text.indexOf('/');
    if (slash > 0 && IpNetwork.parse(text.substring(0, slash)) != null) {
      return prefixFlaw(text.substring(slash + 1), text.indexOf(':') < 0 ? 32 : 128);
    }
    if (text.matches("[\\d.]+(/.*)?")) {
      return Flaw.of("an IPv4 address has four numbers with dots between them");
    }
    if (Advice.looksLikeExpression(text)) {
      return Flaw.of("it looks like a regular expression", "set is_regex to true if it is one");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.digit(c, 16) < 0 || c > 0x7f) {
        if (".:/".indexOf(c) < 0) {
          return Flaw.at(i, "an address cannot have this character");
        }
      }
    }
    return Flaw.of("it is neither four numbers with dots nor eight groups with colons");
  }

  private static String advice(String network) {
    IpNetwork parsed = IpNetwork.parse(network);
    return parsed == null || parsed.unreachable() != null ? "" : Advice.write(parsed.toString());
  }

  private static String shortened(String number) {
    return number.length() > 10 ? number.substring(0, 10) + "…" : number;
  }

  /** The length of the prefix of a netmask, or of its inverse, or -1. */
  private static int prefix(String mask) {
    long bits = value(mask);
    if (bits < 0) {
      return -1;
    }
    int ones = Long.numberOfLeadingZeros(~(bits << 32));
    if (bits == (0xffffffffL << (32 - ones) & 0xffffffffL)) {
      return ones;
    }
    int zeros = Long.numberOfLeadingZeros(bits << 32);
    return bits == 0xffffffffL >>> zeros ? zeros : -1;
  }

  private static String networks(String first, String last) {
    long start = value(first);
    long end = value(last);
    if (start < 0 || end < start) {
      return "write its networks";
    }
    List<String> networks = new ArrayList<>();
    while (start <= end && networks.size() <= FEW) {
      int free = Math.min(32, Long.numberOfTrailingZeros(start | 1L << 32));
      while ((1L << free) - 1 > end - start) {
        free--;
      }
      networks.add(text(start) + (free == 0 ? "" : "/" + (32 - free)));
      start += 1L << free;
    }
    return networks.size() > FEW
        ? "write one policy for each of its networks, from " + networks.get(0) + " on"
        : "write " + String.join(", ", networks) + (networks.size() > 1 ? ", one policy each" : "");
  }

  private static long value(String address) {
    IpNetwork network = IpNetwork.parse(address);
    if (network == null || !network.isV4()) {
      return -1;
    }
    long value = 0;
    for (String number : address.split("\\.", -1)) {
      value = value << 8 | Integer.parseInt(number);
    }
    return value;
  }

  private static String text(long address) {
    return (address >> 24)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }
}
