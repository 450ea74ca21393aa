package dev.allowflux.sync.internal.exposure;

import dev.allowflux.model.PatternType;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges what a pattern exposes: whom a policy with it lets in who is not meant.
 *
 * <p>Only the pattern is judged. Which findings count for a policy follows from its flags and from
 * what was there before, and is up to the caller: {@link FindingKind#FREE_MAIL_PROVIDER} and {@link
 * FindingKind#SHARED_SENDER} say nothing about exempt recipients, {@link
 * FindingKind#BRAND_WITHOUT_VERIFICATION} counts only without verification.
 *
 * <p>No expression is ever run, nothing is looked up, and the cost is bounded by counts, so that a
 * pattern is judged alike on every machine. Stateless and safe to use from any thread. An
 * expression usually takes less than a millisecond of a processor and at worst some hundred, which
 * is too much for an event loop; the first use also reads files, see {@link #prepare()}.
 */
public final class PatternExposure {
  private PatternExposure() {}

  /**
   * Reads the lists of public suffixes and known senders, unless that was done before. Blocks; no
   * judgement reads anything afterwards.
   */
  public static void prepare() {
    of(PatternType.DOMAIN, false, "boats.example");
    of(PatternType.EMAIL, true, "boats\\.example");
  }

  /**
   * Judges a pattern.
   *
   * @param kind the kind of the pattern; a regular expression is judged alike for all of them,
   *     since the service compares it with addresses, server names and IP addresses
   * @param regex whether the pattern is a regular expression
   * @param pattern the pattern in its normal form; other spellings are judged the same or refused
   * @return what it exposes; never fails, as what cannot be judged is a finding
   */
  public static Exposure of(PatternType kind, boolean regex, String pattern) {
    if (regex) {
      return RegexExposure.of(pattern);
    }
    return switch (kind) {
      case EMAIL -> ofAddress(pattern);
      case DOMAIN -> ofDomain(pattern);
      case IP -> ofNetwork(pattern);
      case UNKNOWN, UNRECOGNIZED ->
          Exposure.of(FindingKind.NOT_AN_ADDRESS, "the kind of the pattern is not known");
    };
  }

  private static Exposure ofAddress(String address) {
    int at = address.lastIndexOf('@');
    String domain = at < 0 ? "" : name(address.substring(at + 1));
    if (!isLocalPart(address, at) || !DomainNames.isName(domain)) {
      return Exposure.of(FindingKind.NOT_AN_ADDRESS, "it is no e-mail address");
    }
    return KnownDomains.BRANDS.has(domain) ? brand(domain) : Exposure.NONE;
  }

  private static boolean isLocalPart(String address, int end) {
    for (int i = 0; i < end; i++) {
      char c = address.charAt(i);
      if (c <= ' ' || c == '*' || c == '@') {
        return false;
      }
    }
    return end > 0;
  }

  private static Exposure ofDomain(String text) {
    String domain = name(text);
    if (!DomainNames.isName(domain)) {
      return Exposure.of(FindingKind.NOT_AN_ADDRESS, "it is no domain name");
    }
    List<Finding> findings = new ArrayList<>();
    if (PublicSuffixList.get().registrable(domain) == null) {
      findings.add(
          new Finding(
              FindingKind.PUBLIC_SUFFIX,
              "anybody can register a name under it",
              List.of("example." + domain)));
    }
    if (KnownDomains.FREE_MAIL_PROVIDERS.hasExactly(domain)) {
      findings.add(RegexExposure.freeMail(List.of(domain)));
    }
    if (KnownDomains.SHARED_SENDERS.has(domain)
        || !KnownDomains.SHARED_SENDERS.atOrUnder(domain).isEmpty()) {
      findings.add(RegexExposure.shared(List.of(domain)));
    }
    if (KnownDomains.BRANDS.has(domain)) {
      findings.addAll(brand(domain).findings());
    }
    return new Exposure(findings, List.of());
  }

  private static Exposure ofNetwork(String text) {
    IpBlock block = IpBlock.parse(text);
    if (block == null) {
      return Exposure.of(FindingKind.NOT_AN_ADDRESS, "it is no IP address or network");
    }
    return block.isWide()
        ? Exposure.of(
            FindingKind.WIDE_NETWORK, "it has more addresses than a /16 of IPv4 or a /32 of IPv6")
        : Exposure.NONE;
  }

  private static Exposure brand(String domain) {
    return new Exposure(List.of(RegexExposure.brand(List.of(domain))), List.of());
  }

  /** The name in lower case, in A-labels and without the dot that can end it. */
  private static String name(String text) {
    String name =
        FieldAlphabet.isFolded(text) ? text : DomainNames.toAscii(FieldAlphabet.fold(text));
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
