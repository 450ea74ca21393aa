package dev.allowflux.sync.internal.exposure;

import java.util.List;

/**
 * What a pattern exposes, whatever its policy does with the senders it matches.
 *
 * @param findings what is wrong, in the order of {@link FindingKind}; empty if nothing is
 * @param warnings what an owner should know
 */
public record Exposure(List<Finding> findings, List<Warning> warnings) {
  static final Exposure NONE = new Exposure(List.of(), List.of());

  public Exposure {
    findings = List.copyOf(findings);
    warnings = List.copyOf(warnings);
  }

  /**
   * Tells whether there is a finding of this kind.
   *
   * @param kind the kind to look for
   * @return whether there is one
   */
  public boolean has(FindingKind kind) {
    return findings.stream().anyMatch(finding -> finding.kind() == kind);
  }

  static Exposure of(FindingKind kind, String explanation, String... examples) {
    return new Exposure(List.of(new Finding(kind, explanation, List.of(examples))), List.of());
  }
}
