package dev.allowflux.model;

/**
 * What the pattern of a policy is compared with (docs/api-facts.md#patterns).
 *
 * @since 0.1
 */
public enum PatternType {
  /** A whole e-mail address. */
  EMAIL,

  /** A domain name. */
  DOMAIN,

  /** An IP address or a CIDR block. */
  IP,

  /**
   * The API's own word for "unknown". Answers can have it and listings can be narrowed to it;
   * writes cannot send it.
   */
  UNKNOWN,

  /**
   * The API used a word that this version of the library does not know; {@link
   * AllowPolicy#patternTypeName()} has it. Never sent.
   */
  UNRECOGNIZED
}
