package dev.allowflux.sync.internal.exposure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A list of domains, kept as a text file beside this class.
 *
 * <p>A line is a domain ({@code web.de}), a domain with all names under it ({@code .sendgrid.net}),
 * a name under each public suffix of the registries ({@code yahoo.*}), or a domain under which each
 * name belongs to another customer ({@code *.zendesk.com}); {@code #} begins a comment.
 */
final class KnownDomains {
  static final KnownDomains FREE_MAIL_PROVIDERS = read("free-mail-providers.txt");
  static final KnownDomains SHARED_SENDERS = read("shared-senders.txt");
  static final KnownDomains BRANDS = read("impersonated-brands.txt");

  private final Set<String> names = new HashSet<>();
  private final Set<String> withSubdomains = new HashSet<>();
  private final Set<String> nationalNames = new HashSet<>();
  private final Set<String> customerSuffixes = new HashSet<>();
  private final Map<String, Set<String>> byAncestor = new HashMap<>();

  private KnownDomains() {}

  /** Tells whether the list has exactly this domain. */
  boolean hasExactly(String domain) {
    return names.contains(domain) || withSubdomains.contains(domain) || isNational(domain);
  }

  /** Tells whether the list has the domain, or one above it that stands for all under it. */
  boolean has(String domain) {
    if (hasExactly(domain)) {
      return true;
    }
    for (int dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      if (withSubdomains.contains(domain.substring(dot + 1))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the domains of the list that are this one or lie under it. */
  Set<String> atOrUnder(String domain) {
    Set<String> found = new HashSet<>(byAncestor.getOrDefault(domain, Set.of()));
    if (isNational(domain)) {
      found.add(domain);
    }
    return found;
  }

  /** Tells whether the names under this domain of the list belong to it. */
  boolean standsForSubdomains(String domain) {
    return withSubdomains.contains(domain);
  }

  /** The domains under which each name belongs to somebody else. */
  Set<String> customerSuffixes() {
    return customerSuffixes;
  }

  private boolean isNational(String domain) {
    int dot = domain.indexOf('.');
    return dot > 0
        && nationalNames.contains(domain.substring(0, dot))
        && PublicSuffixList.get().isIcannSuffix(domain.substring(dot + 1));
  }

  private static KnownDomains read(String resource) {
    KnownDomains list = new KnownDomains();
    try (InputStream in = KnownDomains.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from this module");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int comment = line.indexOf('#');
        list.add((comment < 0 ? line : line.substring(0, comment)).strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    list.names.forEach(list::index);
    list.withSubdomains.forEach(list::index);
    return list;
  }

  /** Adds the name to what lies under each of its ancestors and itself. */
  private void index(String name) {
    for (int dot = -1, from = 0; ; from = dot + 1) {
      byAncestor.computeIfAbsent(name.substring(from), domain -> new HashSet<>()).add(name);
      dot = name.indexOf('.', from);
      if (dot < 0) {
        return;
      }
    }
  }

  private void add(String entry) {
    if (entry.startsWith("*.")) {
      customerSuffixes.add(entry.substring(2));
      names.add(entry.substring(2));
    } else if (entry.endsWith(".*")) {
      nationalNames.add(entry.substring(0, entry.length() - 2));
    } else if (entry.startsWith(".")) {
      withSubdomains.add(entry.substring(1));
    } else if (!entry.isEmpty()) {
      names.add(entry);
    }
  }
}
