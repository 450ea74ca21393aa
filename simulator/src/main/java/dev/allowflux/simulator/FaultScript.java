package dev.allowflux.simulator;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What goes wrong, and when: rules in order, and faults drawn at random. Immutable; how far a
 * script has got is a matter of the simulator that is given it.
 *
 * <p>Rules come first: of those that fit a request, the first that is not used up takes it. A
 * request that no rule takes may meet a random fault.
 *
 * <p>Only such faults are drawn as a careful client recovers from: errors of the 5xx kind,
 * throttling with a wait of a second, connections that are closed or reset at any point, bodies
 * that are cut, broken or stall for a moment. A create or a batch, which nobody may repeat blindly,
 * meets only throttling. The same request (method, path and query) never meets more than three in a
 * row.
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
   * A script in which nothing goes wrong.
   *
   * @return the script
   */
  public static FaultScript none() {
    return NONE;
  }

  /**
   * A script of rules.
   *
   * @param rules the rules in order
   * @return the script
   */
  public static FaultScript of(FaultRule... rules) {
    return new FaultScript(List.of(rules), 0, 0);
  }

  /**
   * A script in which the first request meets the first fault, the next one the second, and so on.
   *
   * @param faults the faults in order
   * @return the script
   */
  public static FaultScript inOrder(Fault... faults) {
    return new FaultScript(Stream.of(faults).map(FaultRule::of).toList(), 0, 0);
  }

  /**
   * A script of random faults.
   *
   * @param seed what they are drawn from; the same requests in the same order meet the same faults
   * @param rate the share of requests that meet one, from 0 to 1
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
   * what the fault takes: {@code at} (a {@link Fault.Point} in lower case), {@code wait} (such as
   * {@code "200ms"}, {@code "30s"}, {@code "5m"}), {@code status}, {@code code}, {@code bytes},
   * {@code rows}, {@code body} ({@code "json"}, the default, {@code "html"} or {@code "empty"}),
   * {@code location}. Any fault may have {@code headers} (an object; null leaves a header out) and
   * {@code done} (true or false). When it applies is said by {@code on} (an {@link Operation} in
   * lower case), {@code page}, {@code nth} and {@code times} (a number, or {@code "always"}).
   * Example:
   *
   * <pre>{@code
   * [{"on": "list", "page": 3, "times": 2, "fault": "reset", "at": "within_body"},
   *  {"on": "create", "fault": "status", "status": 504, "body": "html", "done": true}]
   * }</pre>
   *
   * @param text the JSON text
   * @return the script
   * @throws IllegalArgumentException if the text is not such a script; the message says where in
   *     one line
   */
  public static FaultScript parse(String text) {
    return new FaultScript(FaultScriptReader.read(Objects.requireNonNull(text, "text")), 0, 0);
  }

  /**
   * This script with random faults for the requests that no rule takes; instead of those it had.
   *
   * @param seed what they are drawn from; the same requests in the same order meet the same faults
   * @param rate the share of these requests that meet one, from 0 to 1
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
   * The rules.
   *
   * @return an immutable list in order
   */
  public List<FaultRule> rules() {
    return rules;
  }

  long seed() {
    return seed;
  }

  double rate() {
    return rate;
  }
}
