package dev.allowflux.simulator;

import dev.allowflux.simulator.internal.fault.FaultScriptReader;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Faults and the requests that get them: rules in order, and random faults. Immutable; the
 * simulator that runs a script keeps the count of what its rules took.
 *
 * <p>Rules come first: of those that match a request, the first that is not used up takes it. A
 * request that no rule takes may get a random fault.
 *
 * <p>Random faults are those that a careful client recovers from: errors of the 5xx kind,
 * throttling with a wait of a second, connections that are closed or reset at any point, bodies
 * that are cut, broken or stall for a moment. A create or a batch, which must not be retried
 * blindly, gets only throttling. The same request (method, path and query) never gets more than
 * three in a row.
 *
 * @since 0.1
 */
public final class FaultScript {
  private static final FaultScript NONE = new FaultScript(List.of(), 0, 0);

  private final List<FaultRule> rules;
  private final long seed;
  private final double rate;

  private FaultScript(List<FaultRule> rules, long seed, double rate) {
    this.rules = rules;
    this.seed = seed;
    this.rate = rate;
  }

  /**
   * Returns a script without faults.
   *
   * @return the script
   */
  public static FaultScript none() {
    return NONE;
  }

  /**
   * Returns a script of rules.
   *
   * @param rules the rules in order
   * @return the script
   */
  public static FaultScript of(FaultRule... rules) {
    return new FaultScript(List.of(rules), 0, 0);
  }

  /**
   * Returns a script in which the first request gets the first fault, the next one the second, and
   * so on.
   *
   * @param faults the faults in order
   * @return the script
   */
  public static FaultScript inOrder(Fault... faults) {
    return new FaultScript(Stream.of(faults).map(FaultRule::of).toList(), 0, 0);
  }

  /**
   * Returns a script of random faults.
   *
   * @param seed the seed; the same requests in the same order get the same faults
   * @param rate the share of requests that get one, from 0 to 1
   * @return the script
   * @throws IllegalArgumentException if the rate is out of range
   */
  public static FaultScript random(long seed, double rate) {
    return NONE.withRandom(seed, rate);
  }

  /**
   * Reads a script from JSON text: an array of rules.
   *
   * <p>A rule has the name of its {@code fault}, as {@link Fault.Kind} has it in lower case, and
   * the data of the fault: {@code at} (a {@link Fault.Point} in lower case), {@code wait} (such as
   * {@code "200ms"}, {@code "30s"}, {@code "5m"}), {@code status}, {@code code}, {@code bytes},
   * {@code rows}, {@code elements}, {@code field}, {@code body} ({@code "json"}, the default,
   * {@code "html"} or {@code "empty"}), {@code location}. Any fault may have {@code headers} (an
   * object; null leaves a header out) and {@code done} (true, false, or a time such as {@code "2s"}
   * after which the request is carried out). The rule matches requests by {@code on} (an {@link
   * Operation} in lower case), {@code page}, {@code nth} and {@code times} (a number, or {@code
   * "always"}). Example:
   *
   * <pre>{@code
   * [{"on": "list", "page": 3, "times": 2, "fault": "reset", "at": "within_body"},
   *  {"on": "create", "fault": "status", "status": 504, "body": "html", "done": true}]
   * }</pre>
   *
   * @param text the JSON text
   * @return the script
   * @throws IllegalArgumentException if the text is not such a script; the message names the rule
   *     in one line
   */
  public static FaultScript parse(String text) {
    return new FaultScript(FaultScriptReader.read(Objects.requireNonNull(text, "text")), 0, 0);
  }

  /**
   * Returns this script with random faults for the requests that no rule takes; they replace those
   * that it had.
   *
   * @param seed the seed; the same requests in the same order get the same faults
   * @param rate the share of these requests that get one, from 0 to 1
   * @return the new script
   * @throws IllegalArgumentException if the rate is out of range
   */
  public FaultScript withRandom(long seed, double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate must be from 0 to 1, not " + rate);
    }
    return new FaultScript(rules, seed, rate);
  }

  /**
   * Returns the rules.
   *
   * @return an immutable list in order
   */
  public List<FaultRule> rules() {
    return rules;
  }

  /**
   * Returns the seed of the random faults.
   *
   * @return the seed, without meaning if {@link #rate()} is 0
   */
  public long seed() {
    return seed;
  }

  /**
   * Returns the share of requests that get a random fault.
   *
   * @return from 0 to 1; 0 without random faults
   */
  public double rate() {
    return rate;
  }
}
