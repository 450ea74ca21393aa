package dev.allowflux.sync.internal.exposure;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Expressions that exhaust a matcher, a deterministic automaton or a careless parser. */
final class PathologicalExpressions {
  private static final List<String> LOCAL_PARTS =
      List.of(
          "(a+)+",
          "(a*)*",
          "((a*)*)*",
          "(((a?)*)+)*",
          "(a|a)*",
          "(a|b|ab)*",
          "(.*)*",
          "(.*.*)*",
          "(.*a){12}",
          "(a|b)*a(a|b){18}",
          "(a|b)*a(a|b){200}",
          ".*a.{200}",
          "(\\w+\\s?)*",
          "([a-z]+)*[a-z]{50}",
          "(a?){100}a{100}",
          "(a?){1000}",
          "((a?){40}){40}",
          "((a{1,20}){1,20}){1,20}",
          "a{1000}",
          "a{0,1000}",
          "a{0,2147483646}",
          "a{2147483646}",
          "(){2147483646}",
          "(a{0}){2147483646}",
          "((((a{100}){100}){100}){100})",
          "\\p{L}+\\p{M}*",
          "[\\p{L}\\p{N}&&[^\\p{IsLatin}]]+",
          "(\\p{L}|\\p{Lu}|\\p{IsHan}|\\p{InCyrillic})*",
          "[^\\p{L}]+",
          "(?iu)(\u0436|\u0416|\u017f|\u212a)+",
          "(?U)(\\w|\\d|\\s)*",
          "(a{2})*|(a{3})*|(a{5})*|(a{7})*|(a{11})*|(a{13})*|(a{17})*|(a{19})*|(a{23})*");
  private static final List<String> DOMAINS =
      List.of(
          "boats\\.example",
          "gmail\\.com",
          "(.*\\.)*boats\\.example",
          "([a-z]+\\.)*[a-z]+",
          "((a|b)*a(a|b){18}\\.)*boats\\.example",
          "(a|b)*a(a|b){18}\\.com",
          "boats\\.(a|b)*a(a|b){18}",
          "([a-f]{1,9}\\.){1,9}boats\\.example",
          "(boats|ports){1,9}\\.example",
          "(?iu)\u0431\u043e\u0446\u043c\u0430\u043d\\.\u0440\u0444",
          "[\\p{L}]{1,63}\\.[\\p{L}]{2,63}",
          "(.{0,9}\\.){0,9}amazonaws\\.com",
          "(.+\\.)?(.+\\.)?(.+\\.)?kawasaki\\.jp",
          "([01]?\\d?\\d|2[0-4]\\d|25[0-5])(\\.([01]?\\d?\\d|2[0-4]\\d|25[0-5])){3}");

  private PathologicalExpressions() {}

  /** Returns each local part with each domain, and random compositions of both. */
  static List<String> list(int count, long seed) {
    List<String> all = new ArrayList<>();
    for (String local : LOCAL_PARTS) {
      all.add(local);
      for (String domain : DOMAINS) {
        all.add("(" + local + ")@" + domain);
      }
    }
    all.add("((a|b)*a(a|b){9}|(c|d)*c(c|d){9})*".repeat(7).substring(0, 210) + "x");
    all.add("(".repeat(400) + "a" + ")*".repeat(400));
    all.add("[".repeat(400) + "a" + "]".repeat(400));
    all.add("a|".repeat(511) + "a");
    all.add("(a*)*".repeat(204));
    all.add("\\p{L}".repeat(200));
    all.add("[^\\p{L}&&\\P{Lu}]".repeat(60));
    all.add("(?iu)" + "\u0436".repeat(1000));
    Random random = new Random(seed);
    while (all.size() < count) {
      String one = LOCAL_PARTS.get(random.nextInt(LOCAL_PARTS.size()));
      String other = LOCAL_PARTS.get(random.nextInt(LOCAL_PARTS.size()));
      String domain = DOMAINS.get(random.nextInt(DOMAINS.size()));
      int times = 1 + random.nextInt(30);
      all.add(
          switch (random.nextInt(4)) {
            case 0 -> "((" + one + ")(" + other + ")*){" + times + "}@" + domain;
            case 1 -> "((" + one + ")|(" + other + ")){0," + times + "}@(" + domain + ")*";
            case 2 -> "(" + one + ")*@((" + other + ")\\.)*" + domain;
            default -> "(" + one + "){" + times + ",}(" + other + ")+@" + domain;
          });
    }
    return all;
  }
}
