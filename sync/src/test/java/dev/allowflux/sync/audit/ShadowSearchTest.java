package dev.allowflux.sync.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShadowSearchTest {
  private static final int LISTS = 40;
  private static final int NETWORKS = 150;

  /** A network as a number of bits, the slow way. */
  private record Network(int bits, BigInteger start, int prefix) {
    static Network of(String address, int prefix) throws UnknownHostException {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      int bits = 8 * bytes.length;
      BigInteger value = new BigInteger(1, bytes);
      return new Network(bits, value.shiftRight(bits - prefix), prefix);
    }

    boolean isAround(Network other) {
      return bits == other.bits
          && prefix < other.prefix
          && other.start.shiftRight(other.prefix - prefix).equals(start);
    }
  }

  private final List<Network> networks = new ArrayList<>();
  private final List<AllowPolicy> policies = new ArrayList<>();

  private void add(Random random) throws UnknownHostException {
    boolean v6 = random.nextInt(3) == 0;
    String address =
        v6
            ? String.format(
                "2a02:%x:%x::%x", random.nextInt(2), random.nextInt(3), random.nextInt(4))
            : "8." + random.nextInt(2) + "." + random.nextInt(3) + "." + random.nextInt(256);
    int prefix = v6 ? 16 + random.nextInt(113) : 8 + random.nextInt(25);
    networks.add(Network.of(address, prefix));
    policies.add(
        AllowPolicy.builder()
            .id(new PolicyId("p" + policies.size()))
            .createdAt(PlantedPolicies.NOW)
            .pattern(address + "/" + prefix)
            .patternTypeName("IP")
            .isTrustedSender(random.nextInt(4) == 0)
            .isAcceptableSender(random.nextInt(4) != 0)
            .isExemptRecipient(random.nextInt(4) == 0)
            .verifySender(random.nextBoolean())
            .comments(random.nextInt(4) == 0 ? "[allowflux:expires=2030-01-01]" : null)
            .build());
  }

  private static boolean is(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }

  private boolean covers(int wider, int number) {
    AllowPolicy one = policies.get(number);
    AllowPolicy other = policies.get(wider);
    boolean acceptable = is(other.isAcceptableSender()) || is(other.isTrustedSender());
    return (is(other.isTrustedSender()) || !is(one.isTrustedSender()))
        && (acceptable || !is(one.isAcceptableSender()))
        && (is(other.isExemptRecipient()) || !is(one.isExemptRecipient()))
        && (is(one.verifySender()) || !is(other.verifySender()))
        && other.comments() == null;
  }

  /** Looks at each pair. */
  private Map<String, String> expected() {
    Map<String, String> shadowed = new TreeMap<>();
    for (int number = 0; number < policies.size(); number++) {
      AllowPolicy policy = policies.get(number);
      Network network = networks.get(number);
      int narrowest = -1;
      for (int wider = 0; wider < policies.size(); wider++) {
        Network around = networks.get(wider);
        boolean first = networks.indexOf(around) == wider;
        if (first
            && around.isAround(network)
            && covers(wider, number)
            && (narrowest < 0 || around.prefix() > networks.get(narrowest).prefix())) {
          narrowest = wider;
        }
      }
      boolean exposes =
          is(policy.isTrustedSender())
              || is(policy.isAcceptableSender())
              || is(policy.isExemptRecipient());
      if (exposes && narrowest >= 0) {
        shadowed.put(policy.id().value(), "p" + narrowest);
      }
    }
    return shadowed;
  }

  @Test
  void theNarrowestNetworkThatCoversAnotherOneIsNamed() throws UnknownHostException {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    for (int list = 0; list < LISTS; list++) {
      Random random = new Random(seed + list);
      networks.clear();
      policies.clear();
      for (int i = 0; i < NETWORKS; i++) {
        add(random);
      }
      AuditReport report =
          PolicyAuditTest.audit(policies, AuditSettings.builder().now(PlantedPolicies.NOW).build());

      Map<String, String> found = new TreeMap<>();
      report.forEach(
          AuditRule.SHADOWED,
          finding -> found.put(finding.policy(), finding.reason().replaceFirst(".* of ", "")));
      assertThat(found).as("seed %d", seed + list).isEqualTo(expected());
    }
  }

  @Test
  void anAddressIsCoveredByItsDomainInAnySpelling() {
    AuditReport report =
        PolicyAuditTest.audit(
            List.of(
                policy("p0", "EMAIL", "a@B\u00dccher.example"),
                policy("p1", "DOMAIN", "b\u00fccher.example."),
                policy("p2", "EMAIL", "a@sub.b\u00fccher.example")),
            AuditSettings.builder().now(PlantedPolicies.NOW).build());

    List<String> found = new ArrayList<>();
    report.forEach(
        AuditRule.SHADOWED, finding -> found.add(finding.policy() + ": " + finding.reason()));
    assertThat(found).containsExactly("p0: covered by DOMAIN xn--bcher-kva.example of p1");
  }

  private static AllowPolicy policy(String id, String type, String pattern) {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(PlantedPolicies.NOW)
        .pattern(pattern)
        .patternTypeName(type)
        .isAcceptableSender(true)
        .verifySender(true)
        .build();
  }
}
