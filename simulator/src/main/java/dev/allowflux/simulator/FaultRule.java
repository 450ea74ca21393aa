package dev.allowflux.simulator;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fault and the requests that get it.
 *
 * <p>A rule considers the requests that match its operation and page and that no earlier rule of
 * the script took. It lets the first {@code nth} - 1 of them pass, takes the next {@code times},
 * and is used up then.
 *
 * @param fault the fault of the requests that it takes
 * @param operation the operation, or null for any
 * @param page the page of a listing, from 1, or null for any; with a page the rule matches listings
 *     only
 * @param nth the first matching request to take, from 1
 * @param times how many to take, from 1
 * @since 0.1
 */
public record FaultRule(
    Fault fault, @Nullable Operation operation, @Nullable Integer page, int nth, int times) {

  /**
   * Makes a rule of its parts.
   *
   * @param fault the fault
   * @param operation the operation, or null for any
   * @param page the page of a listing, or null for any
   * @param nth the first matching request to take
   * @param times how many to take
   * @throws IllegalArgumentException if a number is below 1
   */
  public FaultRule {
    Objects.requireNonNull(fault, "fault");
    atLeastOne("page", page == null ? 1 : page);
    atLeastOne("nth", nth);
    atLeastOne("times", times);
  }

  /**
   * Returns a rule that takes the first request, whatever it is.
   *
   * @param fault the fault
   * @return the rule
   */
  public static FaultRule of(Fault fault) {
    return new FaultRule(fault, null, null, 1, 1);
  }

  /**
   * Returns this rule for one operation.
   *
   * @param operation the operation
   * @return the new rule
   */
  public FaultRule on(Operation operation) {
    return new FaultRule(fault, operation, page, nth, times);
  }

  /**
   * Returns this rule for one page of a listing.
   *
   * @param page the page, from 1
   * @return the new rule
   * @throws IllegalArgumentException if the page is below 1
   */
  public FaultRule onPage(int page) {
    return new FaultRule(fault, operation, page, nth, times);
  }

  /**
   * Returns this rule from another matching request on.
   *
   * @param nth the first matching request to take, from 1
   * @return the new rule
   * @throws IllegalArgumentException if it is below 1
   */
  public FaultRule fromNth(int nth) {
    return new FaultRule(fault, operation, page, nth, times);
  }

  /**
   * Returns this rule for several requests.
   *
   * @param times how many to take, from 1
   * @return the new rule
   * @throws IllegalArgumentException if it is below 1
   */
  public FaultRule times(int times) {
    return new FaultRule(fault, operation, page, nth, times);
  }

  /**
   * Returns this rule for all requests that match.
   *
   * @return the new rule
   */
  public FaultRule always() {
    return times(Integer.MAX_VALUE);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }
}
