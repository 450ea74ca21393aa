package dev.allowflux.sync.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The findings of an audit, a few bytes each: there may be several a policy. */
final class FindingTable {
  private final AuditedPolicies policies;
  private final Map<AuditRule, OfRule> found = new EnumMap<>(AuditRule.class);
  private final Map<AuditRule, AuditWaiver> everywhere = new EnumMap<>(AuditRule.class);
  private final Map<AuditRule, Map<String, AuditWaiver>> byPattern = new EnumMap<>(AuditRule.class);
  private final List<AuditWaiver> waivers;
  private final Set<AuditWaiver> used = new HashSet<>();
  private long waived;

  /** The policies that one rule found, and why. Reasons that are the same are one object. */
  private static final class OfRule {
    private int[] numbers = new int[16];
    private String[] reasons = new String[16];
    private int size;
    private @Nullable String last;

    void add(int number, String reason) {
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, size + size / 2);
        reasons = Arrays.copyOf(reasons, numbers.length);
      }
      if (last == null || !last.equals(reason)) {
        last = reason;
      }
      numbers[size] = number;
      reasons[size] = last;
      size++;
    }
  }

  FindingTable(AuditedPolicies policies, List<AuditWaiver> waivers) {
    this.policies = policies;
    this.waivers = waivers;
    for (AuditWaiver waiver : waivers) {
      if (waiver.pattern() == null) {
        everywhere.putIfAbsent(waiver.rule(), waiver);
      } else {
        byPattern
            .computeIfAbsent(waiver.rule(), rule -> new HashMap<>())
            .putIfAbsent(waiver.pattern(), waiver);
      }
    }
  }

  void add(AuditRule rule, int number, String reason) {
    AuditWaiver waiver = everywhere.get(rule);
    if (waiver == null && byPattern.containsKey(rule)) {
      waiver = byPattern.get(rule).get(policies.pattern(number));
    }
    if (waiver != null) {
      waived++;
      used.add(waiver);
      return;
    }
    found.computeIfAbsent(rule, r -> new OfRule()).add(number, reason);
  }

  long count(AuditRule rule) {
    OfRule ofRule = found.get(rule);
    return ofRule == null ? 0 : ofRule.size;
  }

  long waived() {
    return waived;
  }

  List<AuditWaiver> unusedWaivers() {
    List<AuditWaiver> unused = new ArrayList<>(waivers);
    unused.removeAll(used);
    return unused;
  }

  /** Gives the findings of a rule, at most so many of them. */
  void forEach(AuditRule rule, int most, Consumer<? super AuditFinding> visitor) {
    OfRule ofRule = found.get(rule);
    if (ofRule == null) {
      return;
    }
    for (int i = 0; i < Math.min(most, ofRule.size); i++) {
      int number = ofRule.numbers[i];
      String pattern = policies.pattern(number);
      String type = policies.typeName(number);
      visitor.accept(
          new AuditFinding(
              rule,
              policies.name(number),
              type == null ? "" : type,
              pattern == null ? "" : pattern,
              ofRule.reasons[i]));
    }
  }
}
