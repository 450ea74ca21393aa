package dev.allowflux.sync.audit;

/**
 * One thing that an audit has found.
 *
 * @param rule the rule that found it
 * @param policy the policy: its id, or where it stands in a file
 * @param patternType the kind of the pattern; empty if the service did not say it
 * @param pattern the pattern; empty if the policy has none
 * @param reason what was found, in one line; foreign text in it is not masked
 * @since 0.1
 */
public record AuditFinding(
    AuditRule rule, String policy, String patternType, String pattern, String reason) {}
