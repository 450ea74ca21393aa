package dev.allowflux.query;

import java.util.Locale;

/**
 * Queries that people ask for most, by name.
 *
 * @since 0.1
 */
public enum NamedQuery {
  /** Policies that are honoured for whoever forges their sender. */
  WITHOUT_VERIFICATION(
      "policies that are honoured even if the sender is forged",
      """
      SELECT account_id, id, pattern_type, pattern, owner, comments
      FROM allow_policies
      WHERE verify_sender = FALSE
      ORDER BY account_id, pattern_type, pattern\
      """),

  /** How many policies each owner has. */
  BY_OWNER(
      "policies, those without verification and those that have expired, by owner",
      """
      SELECT owner, count(*) AS policies,
        count(*) FILTER (WHERE verify_sender = FALSE) AS without_verification,
        count(*) FILTER (WHERE expires < CURRENT_DATE) AS expired
      FROM allow_policies
      GROUP BY owner
      ORDER BY policies DESC, owner\
      """),

  /** Policies that were created in the current month, in UTC. */
  CREATED_THIS_MONTH(
      "policies that were created since the month began (UTC), newest first",
      """
      SELECT account_id, created_at, id, pattern_type, pattern, owner, comments
      FROM allow_policies
      WHERE created_at >= DATE_TRUNC('month', CURRENT_TIMESTAMP)
      ORDER BY created_at DESC, id\
      """),

  /** Patterns that are there more than once in an account, however they are spelt. */
  DUPLICATES(
      "patterns that are there more than once in an account, however they are spelt",
      """
      SELECT account_id, pattern_type, is_regex, normal_pattern, count(*) AS policies,
        min(created_at) AS first_created, max(created_at) AS last_created
      FROM allow_policies
      WHERE normal_pattern IS NOT NULL
      GROUP BY account_id, pattern_type, is_regex, normal_pattern
      HAVING count(*) > 1
      ORDER BY policies DESC, account_id, normal_pattern\
      """);

  private final String description;
  private final String sql;

  NamedQuery(String description, String sql) {
    this.description = description;
    this.sql = sql;
  }

  /**
   * Returns what the query shows.
   *
   * @return a phrase for people
   */
  public String description() {
    return description;
  }

  /**
   * Returns the statement.
   *
   * @return SQL that {@link PolicyQuery#of} takes
   */
  public String sql() {
    return sql;
  }

  /** Returns the name, such as {@code by-owner}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
