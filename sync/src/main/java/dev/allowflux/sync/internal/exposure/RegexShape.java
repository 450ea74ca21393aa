package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expression that ends in a domain spelt out, and what of it decides how it is judged.
 *
 * @param key the same for all expressions that are judged alike
 * @param domain the domain that it spells
 */
record RegexShape(Key key, String domain) {
  /** Stands for each letter, digit and hyphen. No example has it but where the domain stands. */
  private static final char LETTER = 'q';

  /** A label where the length of one decides nothing; no domain that anybody knows has it. */
  private static final String LABEL = String.valueOf(LETTER).repeat(12);

  private static final int LONGEST_DOMAIN = 128;
  private static final int MOST_NODES = 64;
  private static final int MOST_COPIES = 8;

  /**
   * What decides.
   *
   * @param head what stands before the domain
   * @param anyCase whether the domain matches in upper case, too
   * @param domain a domain with as many labels, and as long unless the expression is whole; its
   *     public suffix is that of the domain
   * @param end whether an anchor follows
   * @param whole whether there are anchors around all of it, so that there can be no example
   */
  record Key(List<RegexNode> head, boolean anyCase, String domain, boolean end, boolean whole) {
    RegexNode regex() {
      List<RegexNode> parts = new ArrayList<>(head);
      for (int i = 0; i < domain.length(); i++) {
        char c = domain.charAt(i);
        boolean both = anyCase && Character.isLetter(c);
        parts.add(
            new RegexNode.OneOf(
                both ? CodePoints.of("" + Character.toUpperCase(c) + c) : CodePoints.single(c)));
      }
      if (end) {
        parts.add(RegexNode.Anchor.END);
      }
      return new RegexNode.Sequence(parts);
    }
  }

  /** Returns the shape; null if the letters of the expression may decide. */
  static @Nullable RegexShape of(RegexNode regex) {
    if (!(regex instanceof RegexNode.Sequence sequence)) {
      return null;
    }
    List<RegexNode> parts = sequence.parts();
    boolean end = !parts.isEmpty() && parts.get(parts.size() - 1) == RegexNode.Anchor.END;
    int behind = end ? parts.size() - 1 : parts.size();
    int from = behind;
    StringBuilder reversed = new StringBuilder();
    int upper = 0;
    int letters = 0;
    for (int c = spelt(parts, from - 1); c >= 0; c = spelt(parts, from - 1)) {
      from--;
      reversed.append((char) c);
      boolean letter = c >= 'a' && c <= 'z';
      letters += letter ? 1 : 0;
      upper += letter && ((RegexNode.OneOf) parts.get(from)).set().count() == 2 ? 1 : 0;
    }
    while (from < behind && reversed.charAt(behind - from - 1) == '.') {
      from++;
      reversed.setLength(behind - from);
    }
    String domain = reversed.reverse().toString();
    if (domain.length() > LONGEST_DOMAIN
        || (upper != 0 && upper != letters)
        || !isOrdinary(domain)
        || !isBoundary(parts, from)) {
      return null;
    }
    List<RegexNode> head = List.copyOf(parts.subList(0, from));
    if (nodes(head, 1) > MOST_NODES) {
      return null;
    }
    boolean whole = end && from > 0 && parts.get(0) == RegexNode.Anchor.START;
    String other = other(domain, whole);
    return new RegexShape(new Key(head, upper > 0, other, end, whole), domain);
  }

  /** Tells whether the domain of the key has its letters for nothing, too. */
  boolean isSound() {
    String registrable = PublicSuffixList.get().registrable(domain);
    String other = PublicSuffixList.get().registrable(key.domain);
    return isOrdinary(key.domain)
        && registrable != null
        && other != null
        && labels(registrable) == labels(other);
  }

  private static long labels(String name) {
    return name.chars().filter(c -> c == '.').count();
  }

  /** Returns the lower case of the one character of a name that the part takes; -1 for none. */
  private static int spelt(List<RegexNode> parts, int index) {
    if (index < 0 || !(parts.get(index) instanceof RegexNode.OneOf one)) {
      return -1;
    }
    CodePoints set = one.set();
    int first = set.ceiling(0);
    int second = first < 0 ? -1 : set.ceiling(first + 1);
    if (second < 0) {
      boolean ofName =
          (first >= 'a' && first <= 'z')
              || (first >= '0' && first <= '9')
              || first == '-'
              || first == '.';
      return ofName ? first : -1;
    }
    boolean pair = first >= 'A' && first <= 'Z' && second == first + 32;
    return pair && set.ceiling(second + 1) < 0 ? second : -1;
  }

  /** Tells whether this is a name of its own that no list and no example knows. */
  private static boolean isOrdinary(String domain) {
    int dot = domain.lastIndexOf('.');
    if (dot <= 0 || !DomainNames.isName(domain)) {
      return false;
    }
    for (int i = dot + 1; i < domain.length(); i++) {
      if (domain.charAt(i) < 'a') {
        return false;
      }
    }
    String registrable = PublicSuffixList.get().registrable(domain);
    return registrable != null
        && PublicSuffixList.get().labelsUnder(registrable).isEmpty()
        && !isKnown(KnownDomains.FREE_MAIL_PROVIDERS, registrable)
        && !isKnown(KnownDomains.SHARED_SENDERS, registrable)
        && !isKnown(KnownDomains.BRANDS, registrable)
        && !domain.contains(RegexExposure.STRANGER)
        && !(RegexExposure.STRANGER + ".com").endsWith(domain)
        && !ExampleWriter.hasCandidateWith(domain);
  }

  private static boolean isKnown(KnownDomains list, String domain) {
    return list.has(domain) || !list.atOrUnder(domain).isEmpty();
  }

  /** Tells whether a label begins here, whatever was read before. */
  private static boolean isBoundary(List<RegexNode> parts, int index) {
    if (index == 0) {
      return true;
    }
    RegexNode before = parts.get(index - 1);
    if (before == RegexNode.Anchor.START) {
      return true;
    }
    if (before instanceof RegexNode.Repeat repeat) {
      return endsLabel(repeat.body()) && (repeat.min() > 0 || isBoundary(parts, index - 1));
    }
    return endsLabel(before);
  }

  private static boolean endsLabel(RegexNode node) {
    if (node instanceof RegexNode.Sequence sequence) {
      List<RegexNode> parts = sequence.parts();
      return !parts.isEmpty() && endsLabel(parts.get(parts.size() - 1));
    }
    return node instanceof RegexNode.OneOf one
        && (one.set().equals(CodePoints.single('.')) || one.set().equals(CodePoints.single('@')));
  }

  /**
   * Counts the nodes, repeated ones as often as they are repeated. Boundaries of words are too
   * many: a hyphen is one and a letter is none.
   */
  private static long nodes(List<RegexNode> nodes, long copies) {
    long count = 0;
    for (RegexNode node : nodes) {
      count += copies + inner(node, copies);
      if (count > MOST_NODES) {
        return count;
      }
    }
    return count;
  }

  private static long inner(RegexNode node, long copies) {
    if (node instanceof RegexNode.Sequence sequence) {
      return nodes(sequence.parts(), copies);
    }
    if (node instanceof RegexNode.Choice choice) {
      return nodes(choice.branches(), copies);
    }
    if (node instanceof RegexNode.Repeat repeat) {
      int max = repeat.max() == RegexNode.UNBOUNDED ? repeat.min() + 1 : repeat.max();
      return max > MOST_COPIES ? MOST_NODES + 1 : nodes(List.of(repeat.body()), copies * max);
    }
    boolean ofWords = node == RegexNode.Anchor.BOUNDARY || node == RegexNode.Anchor.NO_BOUNDARY;
    return ofWords ? MOST_NODES + 1 : 0;
  }

  private static String other(String domain, boolean whole) {
    String registrable = PublicSuffixList.get().registrable(domain);
    int suffix =
        registrable == null
            ? 0
            : domain.length() - registrable.length() + registrable.indexOf('.') + 1;
    StringBuilder other = new StringBuilder();
    for (int i = 0; i < suffix; i++) {
      boolean dot = domain.charAt(i) == '.';
      if (dot || !whole) {
        other.append(dot ? '.' : LETTER);
      } else if (i == 0 || domain.charAt(i - 1) == '.') {
        other.append(LABEL);
      }
    }
    return other.append(domain, suffix, domain.length()).toString();
  }
}
