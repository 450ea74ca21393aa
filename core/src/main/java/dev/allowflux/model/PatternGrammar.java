package dev.allowflux.model;

import dev.allowflux.internal.pattern.Advice;
import dev.allowflux.internal.pattern.DomainName;
import dev.allowflux.internal.pattern.EmailAddress;
import dev.allowflux.internal.pattern.Flaw;
import dev.allowflux.internal.pattern.IpNetwork;
import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.PatternCheck.Corrected;
import dev.allowflux.model.PatternCheck.Option;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternCheck.Valid;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** How a text is read as a pattern: first what surrounds it is taken off, then it is judged. */
final class PatternGrammar {
  private static final PatternType[] TYPES = {
    PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP
  };
  private static final int MAX_LENGTH = 1024;

  /** A name in front may be anything that is no address: that one would be the wrong one. */
  private static final Pattern IN_ANGLES = Pattern.compile("([^<>@]*)<([^<>]+)>");

  private static final String MAILTO = "mailto:";

  private final PatternType type;
  private final boolean allowMixture;

  PatternGrammar(PatternType type, Set<Option> options) {
    this.type = type;
    allowMixture = options.contains(Option.MIXED_SCRIPTS);
  }

  /** A text in the course of being read: the part that may be the pattern, and where it begins. */
  private record Part(String text, int start, List<String> corrections) {
    Part cut(int begin, int end, String correction) {
      List<String> all = new ArrayList<>(corrections);
      if (!all.contains(correction)) {
        all.add(correction);
      }
      return new Part(text.substring(begin, end), start + begin, all);
    }
  }

  static @Nullable PatternType typeOf(String text) {
    for (PatternType type : TYPES) {
      PatternCheck check =
          new PatternGrammar(type, Set.of(Option.MIXED_SCRIPTS)).check(text, false);
      if (!(check instanceof Refused)) {
        return type;
      }
    }
    return null;
  }

  PatternCheck check(String text, boolean isRegex) {
    int length = text.codePointCount(0, text.length());
    if (length < 1 || length > MAX_LENGTH) {
      return new Refused(
          FieldRules.lengthMessage(PolicyField.PATTERN.apiName(), 1, MAX_LENGTH, length), 0, -1);
    }
    if (!isRegex && isPlain(text) && flaw(text) == null) {
      return new Valid(text);
    }
    Part part = trimmed(new Part(text, 0, List.of()), isRegex);
    if (part.text.isEmpty()) {
      return refused(text, part, isRegex, Flaw.of("it is blank"));
    }
    int hidden = hidden(part.text);
    if (hidden >= 0) {
      return refused(text, part, isRegex, hiddenFlaw(part.text, hidden));
    }
    return isRegex ? expression(text, part) : plain(text, part);
  }

  /** The kind that the text comes closest to, for its refusal. */
  static PatternType likeliestType(String text) {
    if (text.indexOf('@') >= 0) {
      return PatternType.EMAIL;
    }
    boolean address = text.matches("[0-9.*/ -]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*[/%]?.*");
    return address ? PatternType.IP : PatternType.DOMAIN;
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static Part trimmed(Part part, boolean isRegex) {
    String text = part.text;
    int begin = 0;
    int end = text.length();
    while (begin < end && CodePoints.isBlank(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && CodePoints.isBlank(text.charAt(end - 1))) {
      end--;
    }
    if (begin == 0 && end == text.length()) {
      return part;
    }
    boolean escaped = isRegex && end > begin && endsInEscape(text.substring(begin, end));
    return escaped ? part : part.cut(begin, end, "white space around it");
  }

  private static boolean endsInEscape(String regex) {
    int slashes = 0;
    while (slashes < regex.length() && regex.charAt(regex.length() - 1 - slashes) == '\\') {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private static int hidden(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (!CodePoints.isVisible(c)) {
        return i;
      }
      i += Character.charCount(c);
    }
    return -1;
  }

  private static Flaw hiddenFlaw(String text, int index) {
    String what =
        switch (Character.getType(text.codePointAt(index))) {
          case Character.CONTROL -> "it has a control character";
          case Character.SURROGATE -> "it has half of a pair of surrogates";
          case Character.PRIVATE_USE -> "it has a private-use character";
          case Character.UNASSIGNED -> "it has a character that does not exist";
          default -> "it has an invisible character";
        };
    return new Flaw(what, index, "delete it");
  }

  private PatternCheck expression(String text, Part part) {
    for (int i = 0; i < part.text.length(); i++) {
      if (part.text.charAt(i) != ' ' && CodePoints.isBlank(part.text.charAt(i))) {
        Flaw flaw = new Flaw("it has white space that looks like a space", i, "write a space");
        return refused(text, part, true, flaw);
      }
    }
    try {
      // The service runs Java regular expressions, so the JDK's compiler is the right judge.
      Pattern unused = Pattern.compile(part.text);
      return accepted(part);
    } catch (PatternSyntaxException e) {
      String position = e.getIndex() < 0 ? "" : " at index " + (part.start + e.getIndex());
      return new Refused(
          "pattern must be a valid Java regular expression when is_regex is true: "
              + SafeText.line(e.getDescription(), 200)
              + position,
          0,
          -1);
    }
  }

  private PatternCheck plain(String text, Part trimmed) {
    Part part = type == PatternType.EMAIL ? unwrapped(trimmed) : trimmed;
    int last = part.text.length() - 1;
    if (type != PatternType.IP && part.text.endsWith(".") && flaw(withoutLast(part)) == null) {
      part = part.cut(0, last, "a dot at its end");
    }
    String composed = Normalizer.normalize(part.text, Form.NFC);
    if (!composed.equals(part.text) && flaw(composed) == null) {
      part =
          new Part(composed, part.start, part.corrections)
              .cut(0, composed.length(), "letters that are not composed (NFC)");
    }
    Flaw flaw = flaw(part.text);
    if (flaw == null) {
      return accepted(part);
    }
    Flaw explained =
        switch (type) {
          case EMAIL -> Advice.onAddress(part.text, flaw);
          case DOMAIN -> Advice.onDomain(part.text, flaw);
          default -> flaw.advice().isEmpty() ? Advice.onNetwork(part.text) : flaw;
        };
    return refused(text, part, false, explained);
  }

  private static String withoutLast(Part part) {
    return part.text.substring(0, part.text.length() - 1);
  }

  /** Takes off {@code mailto:}, angle brackets and the name in front of them, in any order. */
  private static Part unwrapped(Part trimmed) {
    Part part = trimmed;
    for (int depth = 0; depth < 3; depth++) {
      if (part.text.regionMatches(true, 0, MAILTO, 0, MAILTO.length())) {
        part = part.cut(MAILTO.length(), part.text.length(), "mailto: in front of it");
      }
      Matcher angles = IN_ANGLES.matcher(part.text);
      if (angles.matches()) {
        String what = angles.group(1).isBlank() ? "" : "a name in front of it and ";
        part = part.cut(angles.start(2), angles.end(2), what + "angle brackets around it");
      }
      part = trimmed(part, false);
    }
    return part;
  }

  private @Nullable Flaw flaw(String text) {
    return switch (type) {
      case EMAIL -> EmailAddress.flaw(text, allowMixture);
      case DOMAIN -> DomainName.flaw(text, allowMixture);
      default -> networkFlaw(text);
    };
  }

  private static @Nullable Flaw networkFlaw(String text) {
    IpNetwork network = IpNetwork.parse(text);
    if (network == null) {
      return Flaw.IS_NO_NETWORK;
    }
    String kind = network.unreachable();
    return kind == null
        ? null
        : new Flaw(
            "it is " + (kind.startsWith("u") ? "an " : "a ") + kind + " address",
            -1,
            "the service takes only addresses that can be reached from the Internet");
  }

  private static PatternCheck accepted(Part part) {
    return part.corrections.isEmpty()
        ? new Valid(part.text)
        : new Corrected(part.text, String.join(" and ", part.corrections));
  }

  private PatternCheck refused(String text, Part part, boolean isRegex, Flaw flaw) {
    int index = flaw.index() < 0 ? -1 : Math.min(part.start + flaw.index(), text.length() - 1);
    int codePoint = index < 0 ? -1 : part.text.codePointAt(flaw.index());
    int column = index < 0 ? 0 : 1 + text.codePointCount(0, index);
    String place = index < 0 ? "" : ", " + CodePoints.name(codePoint) + " at column " + column;
    String advice = flaw.advice().isEmpty() ? "" : "; " + flaw.advice();
    String kind =
        isRegex
            ? "regular expression"
            : switch (type) {
              case EMAIL -> "e-mail address";
              case DOMAIN -> "domain name";
              default -> "IP address or network";
            };
    return new Refused(
        "pattern is not a usable " + kind + ": " + flaw.reason() + place + advice,
        column,
        codePoint);
  }
}
