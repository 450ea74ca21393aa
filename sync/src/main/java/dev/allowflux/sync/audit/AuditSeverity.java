package dev.allowflux.sync.audit;

/**
 * How much a finding matters, the worst first.
 *
 * @since 0.1
 */
public enum AuditSeverity {
  /** Strangers can get mail past detection. */
  HIGH,

  /** Forged or unexpected mail may get past detection, or a policy does what nobody expects. */
  MEDIUM,

  /** Order: what is superfluous, old or without an owner. */
  LOW
}
