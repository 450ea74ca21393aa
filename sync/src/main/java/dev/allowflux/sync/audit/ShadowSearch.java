package dev.allowflux.sync.audit;

import dev.allowflux.model.PatternType;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.sync.internal.exposure.IpBlock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Finds policies that a wider one makes superfluous: an address by its domain, a network by one
 * that contains it. What lies below a domain is not searched, since the API does not say whether a
 * domain covers it; nor are regular expressions.
 */
final class ShadowSearch {
  private static final Comparator<Network> ORDER =
      Comparator.comparing(Network::block).thenComparing(Network::number);

  private final AuditedPolicies policies;

  /** Takes a superfluous policy and the one that covers it. */
  interface Visitor {
    void visit(int number, int wider);
  }

  /** A policy of a network. */
  private record Network(IpBlock block, int number) {}

  ShadowSearch(AuditedPolicies policies) {
    this.policies = policies;
  }

  void forEachShadowed(Visitor visitor) {
    int[] around = coveringNetworks();
    for (int number = 0; number < policies.size(); number++) {
      if (policies.flags(number).expose()) {
        int domain = domain(number);
        int wider = domain == KeyTable.NONE ? around[number] : domain;
        if (wider != KeyTable.NONE && covers(wider, number)) {
          visitor.visit(number, wider);
        }
      }
    }
  }

  private boolean covers(int wider, int number) {
    return policies.flags(number).addNothingTo(policies.flags(wider));
  }

  /** Returns the first policy of the domain of an address. */
  private int domain(int number) {
    String address = policies.normalForm(number, PatternType.EMAIL);
    if (address == null) {
      return KeyTable.NONE;
    }
    String domain = address.substring(address.lastIndexOf('@') + 1);
    return policies.find(
        PatternType.DOMAIN, new PolicyKey(PatternType.DOMAIN, false, domain).pattern());
  }

  /** Returns, for each policy of a network, the narrowest one around it that covers it. */
  private int[] coveringNetworks() {
    int[] covering = new int[policies.size()];
    Arrays.fill(covering, KeyTable.NONE);
    // Those around the last network; the narrowest one first.
    Deque<Network> around = new ArrayDeque<>();
    for (Network network : sortedNetworks()) {
      while (!around.isEmpty() && !around.peek().block.contains(network.block)) {
        around.pop();
      }
      boolean isAgain = !around.isEmpty() && around.peek().block.equals(network.block);
      for (Network wider : around) {
        if (!wider.block.equals(network.block) && covers(wider.number, network.number)) {
          covering[network.number] = wider.number;
          break;
        }
      }
      if (!isAgain) {
        around.push(network);
      }
    }
    return covering;
  }

  private List<Network> sortedNetworks() {
    List<Network> networks = new ArrayList<>();
    for (int number = 0; number < policies.size(); number++) {
      String text = policies.normalForm(number, PatternType.IP);
      IpBlock block = text == null ? null : IpBlock.parse(text);
      if (block != null) {
        networks.add(new Network(block, number));
      }
    }
    networks.sort(ORDER);
    return networks;
  }
}
