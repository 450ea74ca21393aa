package dev.allowflux.internal.pattern;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.internal.text.SafeText;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people write who mean something else, and what to write instead. */
public final class Advice {
  private static final Pattern URL =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\\[[^]]*]|[^/?#:]*).*");
  private static final Pattern WITH_PORT = Pattern.compile("(\\[[^]]*]|[^:]+):\\d{1,5}(?:/.*)?");
  private static final Pattern SEPARATOR = Pattern.compile("\\s*[,;|]\\s*|\\s+");
  private static final String EXPRESSION = "\\^$*+?()[]{}|";
  private static final String SET_REGEX = "set is_regex to true if it is one";

  private Advice() {}

  /**
   * Returns the flaw of a text that is no domain name, in words for what it rather is.
   *
   * @param text the text
   * @param flaw what is wrong with it as a domain name
   */
  public static Flaw onDomain(String text, Flaw flaw) {
    Flaw other = other(text, Advice::isDomain);
    if (other != null) {
      return other;
    }
    if (EmailAddress.flaw(text, true) == null) {
      String domain = text.substring(text.lastIndexOf('@') + 1);
      return Flaw.of(
          "it is an e-mail address",
          "set pattern_type to EMAIL, or " + write(domain) + " for all addresses there");
    }
    if (text.startsWith("@") && isDomain(text.substring(1))) {
      return Flaw.of("it begins with an @", write(text.substring(1)));
    }
    if (text.startsWith("*.") && isDomain(text.substring(2))) {
      String domain = text.substring(2);
      return Flaw.of(
          "it has a wildcard",
          write(domain)
              + ", or as a regular expression (is_regex) "
              + SafeText.marked(".*\\." + domain.replace(".", "\\.")));
    }
    if (text.startsWith(".") && isDomain(text.substring(1))) {
      return new Flaw(flaw.reason(), flaw.index(), write(text.substring(1)));
    }
    if (IpNetwork.parse(text) != null) {
      return Flaw.of("it is an IP address or network", "set pattern_type to IP");
    }
    int slash = text.indexOf('/');
    if (slash > 0 && isDomain(text.substring(0, slash))) {
      return Flaw.of("it has a path", write(text.substring(0, slash)));
    }
    return onCharacter(text, flaw, Advice::isDomain);
  }

  /**
   * Returns the flaw of a text that is no e-mail address, in words for what it rather is.
   *
   * @param text the text
   * @param flaw what is wrong with it as an address
   */
  public static Flaw onAddress(String text, Flaw flaw) {
    Flaw other = other(text, part -> EmailAddress.flaw(part, true) == null);
    if (other != null) {
      return other;
    }
    long addresses =
        Arrays.stream(SEPARATOR.split(text, -1)).filter(p -> p.indexOf('@') >= 0).count();
    if (addresses > 1) {
      return Flaw.of("it is a list of " + addresses, "write one policy for each");
    }
    int at = text.lastIndexOf('@');
    int query = text.indexOf('?', at + 1);
    if (query > 0 && EmailAddress.flaw(text.substring(0, query), true) == null) {
      return new Flaw("it has a query behind the address", query, write(text.substring(0, query)));
    }
    String domain = text.substring(at + 1);
    if (at < 0) {
      if (isDomain(text)) {
        return Flaw.of("it is a domain name", "set pattern_type to DOMAIN");
      }
      if (IpNetwork.parse(text) != null) {
        return Flaw.of("it is an IP address or network", "set pattern_type to IP");
      }
    } else if ((at == 0 || text.startsWith("*@")) && isDomain(domain)) {
      return Flaw.of(
          at == 0 ? flaw.reason() : "it has a wildcard",
          "for all addresses there set pattern_type to DOMAIN and " + write(domain));
    } else if (domain.startsWith("[") && domain.endsWith("]")) {
      return Flaw.of(
          "it has an address in brackets in place of a domain",
          "write the address with pattern_type IP");
    }
    return onCharacter(text, flaw, part -> EmailAddress.flaw(part, true) == null);
  }

  /** Returns why a text is no IP address or network. */
  public static Flaw onNetwork(String text) {
    Flaw known = NetworkAdvice.onSeveral(text);
    Flaw other = known != null ? known : other(text, part -> IpNetwork.parse(part) != null);
    if (other != null) {
      return other;
    }
    if (EmailAddress.flaw(text, true) == null) {
      return Flaw.of("it is an e-mail address", "set pattern_type to EMAIL");
    }
    if (isDomain(text)) {
      return Flaw.of("it is a domain name", "set pattern_type to DOMAIN");
    }
    return NetworkAdvice.on(text);
  }

  /** {@code write boats.example}. */
  static String write(String pattern) {
    return "write " + SafeText.marked(pattern);
  }

  private interface Kind {
    boolean has(String text);
  }

  private static boolean isDomain(String text) {
    return DomainName.flaw(text, true) == null;
  }

  /** A URL, a list or a port, whatever the kind. */
  private static @Nullable Flaw other(String text, Kind kind) {
    Matcher url = URL.matcher(text);
    if (url.matches()) {
      String host = withoutBrackets(url.group(1));
      return Flaw.of("it is a URL", kind.has(host) ? write(host) : "");
    }
    List<String> parts = Arrays.asList(SEPARATOR.split(text, -1));
    if (parts.size() > 1 && parts.stream().allMatch(kind::has)) {
      return Flaw.of("it is a list of " + parts.size(), "write one policy for each");
    }
    Matcher port = WITH_PORT.matcher(text);
    if (port.matches() && kind.has(withoutBrackets(port.group(1)))) {
      return Flaw.of("it has a port", write(withoutBrackets(port.group(1))));
    }
    return null;
  }

  static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static Flaw onCharacter(String text, Flaw flaw, Kind kind) {
    String plain =
        Normalizer.normalize(text, Form.NFKC).replace('\u3002', '.').replace('\uff61', '.');
    if (!plain.equals(text) && kind.has(plain)) {
      return new Flaw(flaw.reason(), flaw.index(), write(plain));
    }
    if (looksLikeExpression(text)) {
      return Flaw.of("it looks like a regular expression", SET_REGEX);
    }
    boolean atBlank = flaw.index() >= 0 && CodePoints.isBlank(text.charAt(flaw.index()));
    int blank = atBlank ? flaw.index() : flaw.advice().isEmpty() ? blank(text) : -1;
    return blank >= 0 ? Flaw.at(blank, "it has white space in it") : flaw;
  }

  /**
   * Tells whether a text has signs that expressions have and patterns of no other kind.
   *
   * @param text any text
   */
  public static boolean looksLikeExpression(String text) {
    int at = text.lastIndexOf('@');
    if (at > 0 && EmailAddress.looksLikeExpression(text.substring(0, at))) {
      return true;
    }
    boolean inLocalPart = text.chars().noneMatch(c -> "\\()[]".indexOf(c) >= 0);
    String part = at > 0 && inLocalPart && !text.startsWith(".") ? text.substring(at) : text;
    return part.chars().anyMatch(c -> EXPRESSION.indexOf(c) >= 0);
  }

  private static int blank(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (CodePoints.isBlank(text.charAt(i))) {
        return i;
      }
    }
    return -1;
  }
}
