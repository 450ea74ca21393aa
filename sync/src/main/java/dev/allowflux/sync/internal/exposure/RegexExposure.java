package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import dev.allowflux.sync.internal.exposure.regex.RegexParser;
import dev.allowflux.sync.internal.exposure.regex.UndecidableRegexException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges a regular expression as a match of a whole field: an address, a name or an IP address.
 *
 * <p>An expression that matches no whole field would do nothing if it had to, so whoever wrote it
 * means a part; it is judged as the end of a field then, and if it is none, as any part.
 */
final class RegexExposure {
  /** How many domains, or addresses at a domain that belongs to everybody, are few. */
  static final int FEW = 16;

  /** A name that nobody has, for examples. */
  static final String STRANGER = "kq3v9xw7";

  private static final int LONGEST = 1024;
  private static final int EXAMPLES = 3;

  private final RegexNode regex;
  private final Work work;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Warning> warnings = new ArrayList<>();

  private RegexExposure(RegexNode regex, Work work) {
    this.regex = regex;
    this.work = work;
  }

  static Exposure of(String regex) {
    try {
      return RegexShapes.judge(parsed(regex));
    } catch (UndecidableRegexException e) {
      return undecidable(e);
    }
  }

  /**
   * Judges an expression.
   *
   * @param work counts the judgement of whole fields
   * @param partWork counts the search for what a part would match
   */
  static Exposure of(String regex, Work work, Work partWork) {
    try {
      return of(parsed(regex), work, partWork);
    } catch (UndecidableRegexException e) {
      return undecidable(e);
    }
  }

  /** Judges an expression whatever is known of others. */
  static Exposure of(RegexNode regex, Work work, Work partWork) {
    try {
      RegexExposure exposure = new RegexExposure(regex, work);
      exposure.judge(partWork);
      return new Exposure(exposure.findings, exposure.warnings);
    } catch (UndecidableRegexException e) {
      return undecidable(e);
    }
  }

  private static RegexNode parsed(String regex) {
    if (regex.codePointCount(0, regex.length()) > LONGEST) {
      throw new UndecidableRegexException("it is longer than " + LONGEST + " characters");
    }
    return RegexParser.parse(regex);
  }

  private static Exposure undecidable(UndecidableRegexException e) {
    return Exposure.of(
        FindingKind.UNDECIDABLE_REGEX, "what it matches cannot be decided, because " + e.reason());
  }

  private void judge(Work partWork) {
    Automaton whole = AutomatonBuilder.whole(regex, work);
    boolean matchesEmpty = new StateSets(whole, work).accepts("");
    Automaton judged = whole;
    boolean matchesFields = judge(judged);
    if (!matchesFields && !matchesEmpty) {
      judged = AutomatonBuilder.suffix(regex, work);
      matchesFields = judge(judged);
      if (!matchesFields) {
        judged = AutomatonBuilder.part(regex, work);
        matchesFields = judge(judged);
      }
    }
    if (matchesEmpty && findings.isEmpty()) {
      broad("it matches the empty text, which is the sender of every bounce", List.of("<>"));
    }
    if (!findings.isEmpty()) {
      return;
    }
    if (matchesFields) {
      warnIfPartIsWider(judged, partWork);
    } else {
      warnings.add(
          new Warning(
              Warning.Kind.MATCHES_NOTHING,
              "it matches no e-mail address, no name and no IP address",
              List.of()));
    }
  }

  /** Adds what is wrong with the accepted fields; returns false if there are none. */
  private boolean judge(Automaton automaton) {
    DomainReach domains = DomainReach.of(automaton, FEW, work);
    if (!domains.isSmall()) {
      broad("it matches senders at more than " + FEW + " domains", domainExamples(domains));
      return true;
    }
    AddressReach addresses = AddressReach.of(automaton, FEW, work);
    if (!addresses.isSmall()) {
      broad(
          "it matches more IP addresses than a /16 of IPv4 or a /32 of IPv6",
          examples(List.of(addresses.v4(), addresses.v6(), addresses.literals())));
    }
    addKnown(domains);
    return !domains.isEmpty() || !addresses.isEmpty();
  }

  private static List<String> domainExamples(DomainReach domains) {
    Automaton all = domains.accepted();
    try {
      return examples(List.of(all.intersection(FieldGrammar.FAMILIAR_ENDING, new Work()), all));
    } catch (UndecidableRegexException e) {
      return examples(List.of(all));
    }
  }

  /** Examples are worth no refusal of their own, so what they cost is not counted with the rest. */
  private static List<String> examples(List<Automaton> automata) {
    List<String> examples = new ArrayList<>();
    for (Automaton automaton : automata) {
      int missing = EXAMPLES - examples.size();
      try {
        examples.addAll(
            ExampleWriter.write(automaton, missing, text -> !examples.contains(text), new Work()));
      } catch (UndecidableRegexException e) {
        // Then there are fewer.
      }
    }
    return examples;
  }

  private void broad(String explanation, List<String> examples) {
    findings.add(new Finding(FindingKind.BROAD_REGEX, explanation, examples));
  }

  private void addKnown(DomainReach reach) {
    Set<String> freeMail = new TreeSet<>();
    Set<String> shared = new TreeSet<>();
    Set<String> brands = new TreeSet<>();
    for (String domain : reach.registrable()) {
      addMatched(KnownDomains.FREE_MAIL_PROVIDERS, domain, reach, freeMail);
      addMatched(KnownDomains.SHARED_SENDERS, domain, reach, shared);
      if (KnownDomains.BRANDS.has(domain)) {
        brands.add(domain);
      }
    }
    Set<String> suffixes = new TreeSet<>(reach.publicSuffixes());
    suffixes.removeIf(
        name -> name.indexOf('.') >= 0 && reach.spells(name) && !matchesMany(reach, name));
    if (!suffixes.isEmpty()) {
      findings.add(
          new Finding(
              FindingKind.PUBLIC_SUFFIX, "it matches senders at a public suffix", first(suffixes)));
    }
    if (!freeMail.isEmpty()) {
      findings.add(freeMail(freeMail));
    }
    if (!shared.isEmpty()) {
      findings.add(shared(shared));
    }
    if (!brands.isEmpty()) {
      findings.add(brand(brands));
    }
  }

  /** A few addresses at such a domain are people that the owner knows; more are anybody. */
  private static void addMatched(
      KnownDomains list, String domain, DomainReach reach, Set<String> matched) {
    for (String name : list.atOrUnder(domain)) {
      boolean foreignSpelling = name.equals(domain) && !reach.spells(name);
      if (foreignSpelling
          || matchesMany(reach, name)
          || (list.standsForSubdomains(name) && reach.hasSubdomain(name))) {
        matched.add(name);
      }
    }
  }

  private static boolean matchesMany(DomainReach reach, String name) {
    return reach.hasHost(name) || reach.hasManyAddresses(name, FEW);
  }

  private void warnIfPartIsWider(Automaton judged, Work partWork) {
    try {
      DomainReach meant = DomainReach.of(judged, FEW, partWork);
      DomainReach wide = DomainReach.of(AutomatonBuilder.part(regex, partWork), FEW, partWork);
      if (!wide.isSmall() || !meant.registrable().containsAll(wide.registrable())) {
        warnPartIsWider(exampleOfPart(meant, wide, partWork));
      }
    } catch (UndecidableRegexException e) {
      // As a part it is too much to follow; that is reason enough to warn, without an example.
      warnPartIsWider(List.of());
    }
  }

  /** Adds to a whole match what shows best that a part is enough. */
  private static List<String> exampleOfPart(DomainReach meant, DomainReach wide, Work work) {
    StateSets states = new StateSets(wide.accepted(), work);
    for (String match : ExampleWriter.write(meant.accepted(), 1, text -> true, work)) {
      String stranger = "billing@" + STRANGER + match.substring(match.lastIndexOf('@') + 1);
      for (String text : List.of(match + '.' + STRANGER + ".com", stranger)) {
        if (states.accepts(text) && !meant.registrable().contains(domainOf(text))) {
          return List.of(text);
        }
      }
    }
    return ExampleWriter.write(
        wide.accepted(), 1, text -> !meant.registrable().contains(domainOf(text)), work);
  }

  private void warnPartIsWider(List<String> examples) {
    warnings.add(
        new Warning(
            Warning.Kind.PARTIAL_MATCH_WIDER,
            "without ^ and $ it matches more if the service looks for it within an address",
            examples));
  }

  private static String domainOf(String example) {
    String name = DomainNames.toAscii(example.substring(example.lastIndexOf('@') + 1));
    String domain = PublicSuffixList.get().registrable(name);
    return domain == null ? name : domain;
  }

  static Finding freeMail(Collection<String> domains) {
    return new Finding(
        FindingKind.FREE_MAIL_PROVIDER, "anybody can open an address there", first(domains));
  }

  static Finding shared(Collection<String> domains) {
    return new Finding(
        FindingKind.SHARED_SENDER,
        "every customer of the service sends from there",
        first(domains));
  }

  static Finding brand(Collection<String> domains) {
    return new Finding(
        FindingKind.BRAND_WITHOUT_VERIFICATION,
        "the name is forged often, so it means something only for verified senders",
        first(domains));
  }

  private static List<String> first(Collection<String> names) {
    return names.stream().limit(EXAMPLES).toList();
  }
}
