package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an account was read for a plan.
 *
 * @param startedAt when the reading began: the age of the plan counts from here
 * @param endedAt when the last page came
 * @param newest the latest {@code created_at} that came, by the clock of the service; {@code null}
 *     if there was no policy
 * @param traversal how it went through the pages, for people: {@code complete} or {@code fast}
 * @param complete whether it reached the end and saw no sign that the account changed meanwhile; if
 *     not, the plan deletes nothing
 * @param seen how many policies it gave
 * @param duplicates how many more it dropped because they came twice
 * @param pages how many pages it read
 * @since 0.1
 */
public record AccountRead(
    Instant startedAt,
    Instant endedAt,
    @Nullable Instant newest,
    String traversal,
    boolean complete,
    long seen,
    long duplicates,
    long pages) {

  /**
   * Refuses null and negative counts.
   *
   * @param startedAt when the reading began
   * @param endedAt when the last page came
   * @param newest the latest {@code created_at} that came
   * @param traversal how it went through the pages
   * @param complete whether it missed nothing
   * @param seen how many policies it gave
   * @param duplicates how many came twice
   * @param pages how many pages it read
   * @throws IllegalArgumentException if a count is negative
   */
  public AccountRead {
    requireNonNull(startedAt, "startedAt");
    requireNonNull(endedAt, "endedAt");
    requireNonNull(traversal, "traversal");
    if (seen < 0 || duplicates < 0 || pages < 0) {
      throw new IllegalArgumentException("counts of a reading must not be negative");
    }
  }
}
