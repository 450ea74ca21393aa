package dev.allowflux.sync.audit;

import dev.allowflux.model.PatternType;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.sync.audit.AuditedPolicies.Entry;
import dev.allowflux.sync.internal.exposure.IpBlock;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds policies that a wider one makes superfluous: an address by its domain, a network by one
 * that contains it. What lies below a domain is not searched, since the API does not say whether a
 * domain covers it; nor are regular expressions.
 */
final class ShadowSearch {
  private final AuditedPolicies policies;
  private final Map<PolicyKey, Integer> byKey;

  /** Takes a superfluous policy and the one that covers it. */
  interface Visitor {
    void visit(int number, Entry wider);
  }

  ShadowSearch(AuditedPolicies policies, Map<PolicyKey, Integer> byKey) {
    this.policies = policies;
    this.byKey = byKey;
  }

  void forEachShadowed(Visitor visitor) {
    Map<IpBlock, Integer> networks = new HashMap<>();
    NavigableSet<Integer> prefixes = new TreeSet<>();
    for (int number : byKey.values()) {
      IpBlock block = network(policies.get(number));
      if (block != null) {
        networks.put(block, number);
        prefixes.add(block.prefix());
      }
    }
    for (int number = 0; number < policies.size(); number++) {
      Entry entry = policies.get(number);
      if (!entry.exposes()) {
        continue;
      }
      Entry wider = domain(entry);
      IpBlock block = wider == null ? network(entry) : null;
      if (block != null) {
        wider = network(entry, block, networks, prefixes);
      }
      if (wider != null && entry.addsNothingTo(wider)) {
        visitor.visit(number, wider);
      }
    }
  }

  private static @Nullable IpBlock network(Entry entry) {
    PolicyKey key = entry.key();
    return key == null || key.isRegex() || key.patternType() != PatternType.IP
        ? null
        : IpBlock.parse(key.pattern());
  }

  private @Nullable Entry domain(Entry entry) {
    PolicyKey key = entry.key();
    if (key == null || key.isRegex() || key.patternType() != PatternType.EMAIL) {
      return null;
    }
    String domain = key.pattern().substring(key.pattern().lastIndexOf('@') + 1);
    Integer number = byKey.get(new PolicyKey(PatternType.DOMAIN, false, domain));
    return number == null ? null : policies.get(number);
  }

  /** Returns the narrowest network around this one that covers it. */
  private @Nullable Entry network(
      Entry entry, IpBlock block, Map<IpBlock, Integer> networks, NavigableSet<Integer> prefixes) {
    for (int prefix : prefixes.headSet(block.prefix(), false).descendingSet()) {
      Integer number = networks.get(block.widenedTo(prefix));
      if (number != null && entry.addsNothingTo(policies.get(number))) {
        return policies.get(number);
      }
    }
    return null;
  }
}
