package dev.allowflux.sync.audit;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an audit has found.
 *
 * @since 0.1
 */
public final class AuditReport {
  private final long policies;
  private final FindingTable findings;

  AuditReport(long policies, FindingTable findings) {
    this.policies = policies;
    this.findings = findings;
  }

  /**
   * Returns how many policies were audited.
   *
   * @return 0 or more
   */
  public long policies() {
    return policies;
  }

  /**
   * Returns how many findings a rule has.
   *
   * @param rule the rule
   * @return 0 or more, without those that were waived
   */
  public long count(AuditRule rule) {
    return findings.count(rule);
  }

  /**
   * Returns how many findings there are of each severity.
   *
   * @return all severities, the worst first
   */
  public Map<AuditSeverity, Long> bySeverity() {
    Map<AuditSeverity, Long> counts = new EnumMap<>(AuditSeverity.class);
    for (AuditSeverity severity : AuditSeverity.values()) {
      counts.put(severity, 0L);
    }
    for (AuditRule rule : AuditRule.values()) {
      counts.merge(rule.severity(), count(rule), Long::sum);
    }
    return counts;
  }

  /**
   * Returns how bad the worst finding is.
   *
   * @return the severity, if there is a finding
   */
  public Optional<AuditSeverity> worst() {
    return bySeverity().entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Returns how many findings were turned off by a waiver.
   *
   * @return 0 or more
   */
  public long waived() {
    return findings.waived();
  }

  /**
   * Returns the waivers that nothing was found for: they may have become pointless.
   *
   * @return in the order in which they were given
   */
  public List<AuditWaiver> unusedWaivers() {
    return findings.unusedWaivers();
  }

  /**
   * Gives all findings, by rule in the order of {@link AuditRule}, each in the order in which the
   * policies were added.
   *
   * @param visitor takes them one by one; they are made as they are given
   */
  public void forEach(Consumer<? super AuditFinding> visitor) {
    for (AuditRule rule : AuditRule.values()) {
      forEach(rule, visitor);
    }
  }

  /**
   * Gives the findings of a rule, in the order in which the policies were added.
   *
   * @param rule the rule
   * @param visitor takes them one by one; they are made as they are given
   */
  public void forEach(AuditRule rule, Consumer<? super AuditFinding> visitor) {
    findings.forEach(rule, Integer.MAX_VALUE, visitor);
  }

  /** Gives the first findings of a rule. */
  void forFirst(int most, AuditRule rule, Consumer<? super AuditFinding> visitor) {
    findings.forEach(rule, most, visitor);
  }
}
