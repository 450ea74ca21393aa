package dev.allowflux.sync.internal.exposure;

/** What can be wrong with letting in the senders that a pattern stands for. */
public enum FindingKind {
  /**
   * The regular expression matches senders at more domains, or addresses, than an owner can mean.
   */
  BROAD_REGEX,

  /** What the regular expression matches cannot be decided, so it may be anything. */
  UNDECIDABLE_REGEX,

  /** Anybody can register a name under this one. */
  PUBLIC_SUFFIX,

  /** Anybody can open an address at this domain. */
  FREE_MAIL_PROVIDER,

  /** Many customers of a service send from this domain or these servers. */
  SHARED_SENDER,

  /** The name is forged often, so it means nothing unless the sender is verified. */
  BRAND_WITHOUT_VERIFICATION,

  /** The network has more addresses than a sender can have for its own. */
  WIDE_NETWORK,

  /** The pattern is none of its kind, so nobody knows what the service takes it for. */
  NOT_AN_ADDRESS
}
