package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CharacterProperties;
import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import java.util.List;

/**
 * The grammars of what the service compares an expression with: addresses of senders, names of
 * hosts, IP addresses of servers.
 *
 * <p>They are wider than the standards where that costs nothing, as what a server lets through is
 * wider, too: a local part is any text, a label has what RFC 5321 allows in atoms. The last label
 * is strict, since a name ends in a top-level domain or is none; one of digits alone is an address.
 */
final class FieldGrammar {
  private static final CodePoints DIGIT = CodePoints.range('0', '9');
  private static final CodePoints BEYOND_ASCII =
      FieldAlphabet.ANY
          .intersection(CodePoints.range(FieldAlphabet.BEYOND_ASCII, Character.MAX_CODE_POINT))
          .minus(CharacterProperties.HORIZONTAL_SPACE)
          .minus(FieldAlphabet.DOTS);
  private static final CodePoints NAME =
      CodePoints.range('a', 'z')
          .union(CodePoints.range('A', 'Z'))
          .union(CodePoints.of("-_"))
          .union(BEYOND_ASCII);
  private static final CodePoints ATOM =
      NAME.union(DIGIT).union(CodePoints.of("!#$%&'*+/=?^`{|}~"));
  private static final CodePoints AT = CodePoints.single('@');
  private static final CodePoints DOT = CodePoints.single('.');
  private static final CodePoints HEX = CodePoints.of("0123456789abcdefABCDEF");

  /** A name of two or more labels, or an address at one; a dot may follow. */
  static final Automaton DOMAIN = domain(true);

  /** A name of a single label, or an address at one; a dot may follow. */
  static final Automaton BARE_NAME = domain(false);

  /** What ends in a top-level domain that many senders have. */
  static final Automaton FAMILIAR_ENDING = familiarEnding();

  /** An address at an IP address in brackets. */
  static final Automaton ADDRESS_LITERAL = addressLiteral();

  /** An IPv4 address in four decimal parts. */
  static final Automaton IPV4 = ipv4();

  /** A text of the form of an IPv6 address; some have too many groups, or too many gaps. */
  static final Automaton IPV6 = ipv6();

  private FieldGrammar() {}

  private static Automaton domain(boolean dotted) {
    Automaton.Builder builder = new Automaton.Builder();
    int start = builder.state();
    int local = builder.state();
    int domain = builder.state();
    int[] beforeLast =
        dotted ? new int[] {dottedPart(builder, start, domain)} : new int[] {start, domain};
    int digits = builder.state();
    int name = builder.state();
    int dot = builder.state();
    builder
        .start(start)
        .transition(start, local, FieldAlphabet.ANY)
        .transition(local, local, FieldAlphabet.ANY)
        .transition(local, domain, AT)
        .transition(digits, digits, DIGIT)
        .transition(digits, name, NAME)
        .transition(name, name, NAME.union(DIGIT))
        .transition(name, dot, FieldAlphabet.DOTS)
        .accept(name)
        .accept(dot);
    for (int before : beforeLast) {
      builder.transition(before, digits, DIGIT).transition(before, name, NAME);
    }
    return builder.build();
  }

  /** Adds one or more labels with their dots; returns the state behind a dot. */
  private static int dottedPart(Automaton.Builder builder, int start, int domain) {
    int label = builder.state();
    int behindDot = builder.state();
    builder
        .transition(start, label, ATOM)
        .transition(domain, label, ATOM)
        .transition(label, label, ATOM)
        .transition(label, behindDot, FieldAlphabet.DOTS)
        .transition(behindDot, label, ATOM);
    return behindDot;
  }

  private static Automaton familiarEnding() {
    Automaton.Builder builder = new Automaton.Builder();
    int anything = builder.state();
    builder.start(anything).transition(anything, anything, FieldAlphabet.ANY);
    for (String ending : List.of(".com", ".net", ".org", ".co.uk", ".de", ".ru")) {
      int state = anything;
      for (int i = 0; i < ending.length(); i++) {
        int next = builder.state();
        builder.transition(state, next, CodePoints.single(ending.charAt(i)));
        state = next;
      }
      builder.accept(state);
    }
    return builder.build();
  }

  private static Automaton addressLiteral() {
    Automaton.Builder builder = new Automaton.Builder();
    int start = builder.state();
    int local = builder.state();
    int at = builder.state();
    int inside = builder.state();
    int end = builder.state();
    return builder
        .start(start)
        .transition(start, local, FieldAlphabet.ANY)
        .transition(local, local, FieldAlphabet.ANY)
        .transition(local, at, AT)
        .transition(at, inside, CodePoints.single('['))
        .transition(inside, inside, HEX.union(CodePoints.of("iIpPvV.:")))
        .transition(inside, end, CodePoints.single(']'))
        .accept(end)
        .build();
  }

  private static Automaton ipv4() {
    Automaton.Builder builder = new Automaton.Builder();
    int start = builder.state();
    addIpv4(builder.start(start), start);
    return builder.build();
  }

  private static void addIpv4(Automaton.Builder builder, int... starts) {
    int[] from = starts;
    for (int part = 0; part < 4; part++) {
      int[] ends = addByte(builder, from);
      int next = builder.state();
      for (int end : ends) {
        if (part < 3) {
          builder.transition(end, next, DOT);
        } else {
          builder.accept(end);
        }
      }
      from = new int[] {next};
    }
  }

  /** Adds the numbers from 0 to 255 without leading zeros; returns the states that end one. */
  private static int[] addByte(Automaton.Builder builder, int... starts) {
    int end = builder.state();
    int oneMore = builder.state();
    int twoMore = builder.state();
    int upToFive = builder.state();
    int high = builder.state();
    for (int start : starts) {
      builder
          .transition(start, end, CodePoints.single('0'))
          .transition(start, oneMore, CodePoints.range('3', '9'))
          .transition(start, twoMore, CodePoints.single('1'))
          .transition(start, high, CodePoints.single('2'));
    }
    builder
        .transition(oneMore, end, DIGIT)
        .transition(twoMore, oneMore, DIGIT)
        .transition(high, oneMore, CodePoints.range('0', '4'))
        .transition(high, upToFive, CodePoints.single('5'))
        .transition(high, end, CodePoints.range('6', '9'))
        .transition(upToFive, end, CodePoints.range('0', '5'));
    return new int[] {end, oneMore, twoMore, upToFive, high};
  }

  private static Automaton ipv6() {
    Automaton.Builder builder = new Automaton.Builder();
    CodePoints colon = CodePoints.single(':');
    int[][] groups = new int[9][5];
    for (int[] group : groups) {
      for (int digits = 0; digits < 5; digits++) {
        group[digits] = builder.state();
        if (digits > 0) {
          builder.transition(group[digits - 1], group[digits], HEX);
        }
      }
    }
    builder.start(groups[0][0]);
    for (int i = 0; i < groups.length; i++) {
      for (int digits = 0; digits < 5; digits++) {
        if (i + 1 < groups.length) {
          builder.transition(groups[i][digits], groups[i + 1][0], colon);
        }
        if (i >= 2) {
          builder.accept(groups[i][digits]);
        }
      }
    }
    addIpv4(builder, groups[2][0], groups[3][0], groups[4][0], groups[5][0], groups[6][0]);
    return builder.build();
  }
}
