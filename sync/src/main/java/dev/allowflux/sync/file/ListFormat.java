package dev.allowflux.sync.file;

/**
 * The form of an allow list of another product.
 *
 * @since 0.1
 */
public enum ListFormat {
  /**
   * The export of Microsoft 365's Tenant Allow/Block List as CSV: columns {@code Value} (or {@code
   * Entry}, {@code Entries}), {@code Action}, {@code ListType}, {@code ExpirationDate} and {@code
   * Notes}. Allowed senders are taken, with their last day.
   */
  M365,

  /** Proofpoint's list of safe senders: entries by line, comma or semicolon. */
  PROOFPOINT,

  /** Mimecast's permitted senders: one address or domain a line. */
  MIMECAST,

  /** Google Workspace's approved senders: addresses and domains by line or comma. */
  GOOGLE,

  /**
   * Barracuda's sender policies as CSV: an address or domain, what is done ({@code exempt}, {@code
   * block}, {@code quarantine}) and a comment. Exempt senders are taken.
   */
  BARRACUDA,

  /** Domains, addresses and networks, one a line; what follows a # is a comment. */
  PLAIN,

  /**
   * SpamAssassin's configuration: {@code welcomelist_from}, {@code whitelist_from}, {@code
   * welcomelist_auth} and {@code whitelist_auth}.
   */
  SPAMASSASSIN
}
