package dev.allowflux.internal.paging;

/**
 * Decides how many pages to read per fence, from the rate of deletions and the time that a response
 * takes. One page at a time needs no fence and wastes nothing; more pages at a time save time, but
 * if the fence fails, all of them but the first are read again.
 *
 * <p>What this may cost, relative to one page at a time: 1.05 times the calls in a quiet account;
 * elsewhere 1.1 times, or 1.6 times where the time falls to a third or less; always plus four
 * calls. Never more than 1.1 times the time. Fences and pages that are read again are counted, and
 * a block is taken only if all this holds even if its fence fails: up to 1.1 times for certain,
 * beyond that unless the rate of deletions rises above what was observed.
 */
class FenceRule {

  /**
   * How many pages to read per fence.
   *
   * @param pages so many, the first of which needs no fence
   * @param readOn how many more while they and their fence are under way
   */
  record Block(int pages, int readOn) {
    static final Block SINGLE = new Block(1, 0);
  }

  private static final int MAX_PAGES = 32;

  private static final double SPARE_CALLS = 4;
  private static final double QUIET_CALLS = 0.05;
  private static final double FEW_CALLS = 0.1;
  private static final double MANY_CALLS = 0.6;
  private static final double SHORT_TIME = 1.0 / 3;
  private static final double LATE = 0.09;

  /**
   * So many times the other requests in flight are read on at most: those that are under way when
   * the fence is sent, and those that follow them until it comes.
   */
  private static final int FULL = 2;

  /** The part of a bound that is used; the rest is for what cannot be foreseen. */
  private static final double USED = 0.96;

  /** A round of several requests takes as long as the slowest of them. */
  private static final double SLOWEST = 1.1;

  /**
   * Of a block, time and extra calls together must be less, each relative to one page at a time.
   */
  private static final double WORTH_IT = 0.95;

  /** What an extra call counts against a response time, among blocks that are worth it. */
  private static final double CALL_WEIGHT = 0.1;

  /** More than the cost of any block that is worth it. */
  private static final double TOO_OFTEN = 1;

  /** How long deletions must have been observed before the first block, in response times. */
  private static final double FIRST_LOOK = 2;

  private static final double FIRST_LOOK_PER_PAGE = 0.03;

  /** After so long, a block may cost all calls that may be spent for certain, not a quarter. */
  private static final double SECOND_LOOK = 4;

  /** Deletions and response times that are assumed before any were observed. */
  private static final double ASSUMED_DELETIONS = 0.1;

  private static final double ASSUMED_TIME = 2;

  /** How far the rate may be above the observed one, in standard deviations: to choose a block, */
  private static final double CAUTION = 1;

  /** and to spend calls that only the saved time justifies. */
  private static final double STRICT_CAUTION = 1.5;

  /** The rate is that of so many responses; older ones count less and less. */
  private static final double MEMORY = 400;

  private final int inFlight;
  private final int maxHeld;
  private double responseNanos;
  private double deletions;
  private double observedNanos;
  private double spent;
  private double accepted;
  private boolean connected;
  private boolean quiet = true;

  /** The time since the first choice, in the response times of then; they may change. */
  private double elapsed;

  private long elapsedNanos = Long.MIN_VALUE;

  /**
   * @param inFlight how many requests may be in flight
   * @param maxHeld how many pages may be held until a fence proves them
   */
  FenceRule(int inFlight, int maxHeld) {
    this.inFlight = inFlight;
    this.maxHeld = maxHeld;
  }

  /** A response came after so long. The first one does not count, as it waited for a connection. */
  void responseTook(long nanos) {
    if (connected) {
      responseNanos = responseNanos == 0 ? nanos : responseNanos + (nanos - responseNanos) / 8;
      responseNanos = Math.max(responseNanos, 1);
    }
    connected = true;
  }

  /** So many policies were deleted below the current position in a time. */
  void observed(long count, long nanos) {
    deletions += count;
    observedNanos += nanos;
    quiet &= count == 0;
    if (observedNanos > MEMORY * responseNanos) {
      deletions /= 2;
      observedNanos /= 2;
    }
  }

  /** Whether deletions were seen lately. */
  boolean sawDeletions() {
    return deletions >= 0.5;
  }

  /** Pages were accepted. */
  void accepted(int pages) {
    accepted += elapsedNanos == Long.MIN_VALUE ? 0 : pages;
  }

  /** Calls were spent on fences and on pages that are read again. */
  void spent(int calls) {
    spent += calls;
  }

  /**
   * Chooses the next block.
   *
   * @param remaining how many pages are left, this one included
   * @param allowed how many pages may be read ahead
   * @param now the time
   */
  Block next(long remaining, long allowed, long now) {
    if (elapsedNanos != Long.MIN_VALUE) {
      elapsed += (now - elapsedNanos) / Math.max(1, responseNanos);
    }
    elapsedNanos = now;
    long most = Math.min(Math.min(remaining, allowed), Math.min(MAX_PAGES, maxHeld));
    if (inFlight < 2 || most < 2 || !isRateKnown(remaining)) {
      return Block.SINGLE;
    }
    double rate = rate(0, CAUTION);
    Block best = Block.SINGLE;
    double bestCost = Double.MAX_VALUE;
    for (int pages = 2; pages <= most; pages = larger(pages, most)) {
      for (int rounds = 0; rounds <= FULL; rounds++) {
        int readOn =
            (int) Math.min(rounds * (inFlight - 1L), Math.min(remaining, maxHeld + 1L) - pages);
        Forecast forecast = new Forecast(pages, readOn, rate);
        double cost =
            forecast.time + CALL_WEIGHT * forecast.extraCalls + (isTooOften(pages) ? TOO_OFTEN : 0);
        if (cost < bestCost && forecast.isWorthIt() && isAffordable(forecast, remaining)) {
          bestCost = cost;
          best = new Block(pages, readOn);
        }
      }
    }
    return best;
  }

  /** From twice the requests in flight on, multiples of their half, and the most. */
  private int larger(int pages, long most) {
    int step = pages < 2 * inFlight ? 1 : Math.max(1, inFlight / 2);
    return pages < most ? (int) Math.min(pages + step, most) : Integer.MAX_VALUE;
  }

  private boolean isRateKnown(long remaining) {
    double enough = Math.min(FIRST_LOOK, (accepted + remaining) * FIRST_LOOK_PER_PAGE);
    return responseNanos > 0 && observedNanos >= enough * responseNanos;
  }

  /** Deletions per response, if so many more had been observed, and by so much caution more. */
  private double rate(int more, double caution) {
    double count = deletions + more + ASSUMED_DELETIONS;
    double time = observedNanos / Math.max(1, responseNanos) + ASSUMED_TIME;
    return (count + caution * Math.sqrt(count)) / time;
  }

  /** Whether fences after so few pages each would use up the calls for them before the end. */
  private boolean isTooOften(int pages) {
    return quiet && spent + 1 > SPARE_CALLS + QUIET_CALLS * (accepted + pages);
  }

  private boolean isLookedAtAgain() {
    return observedNanos >= SECOND_LOOK * responseNanos;
  }

  /** What a block is expected to cost per page, relative to one page at a time. */
  private final class Forecast {
    final int pages;
    final int readOn;
    final double rounds;
    final double time;
    final double extraCalls;

    Forecast(int pages, int readOn, double deletionsPerResponse) {
      this.pages = pages;
      this.readOn = readOn;
      this.rounds = Math.ceil((double) pages / inFlight);
      // The fence is sent when the last pages came, and until it comes too, fewer and fewer
      // requests are in flight unless as many pages as can be are read on.
      double full = readOn / (FULL * (inFlight - 1.0));
      double steady = full * (pages + 1.0) / inFlight + (1 - full) * (rounds + 1);
      double held = Math.exp(-deletionsPerResponse * (steady + full));
      double accepts = 1 + (pages - 1) * held;
      double lost = (1 - held) * readOn;
      this.time = (steady + full * (1 - held)) / accepts;
      this.extraCalls = (pages + 1 + lost) / accepts - 1;
    }

    boolean isWorthIt() {
      return time + extraCalls < WORTH_IT;
    }

    /** The calls that are spent if the fence fails. */
    int mostCalls() {
      return pages + readOn;
    }

    /** The response times after which it has failed. */
    double mostTime() {
      return SLOWEST * (rounds + 1 + (readOn > 0 ? 1 : 0));
    }
  }

  /** Whether the promise holds even if the fence fails. */
  private boolean isAffordable(Forecast block, long remaining) {
    double total = accepted + remaining;
    if (quiet && spent + (block.readOn > 0 ? 2 : 1) > SPARE_CALLS + QUIET_CALLS * total) {
      return false;
    }
    double few = SPARE_CALLS + FEW_CALLS * USED * total;
    double many = SPARE_CALLS + MANY_CALLS * USED * total;
    double shortTime = SHORT_TIME * USED * total;
    double rest = remaining - 1;
    double calls = spent + block.mostCalls();
    double time = elapsed + block.mostTime();
    if (time + rest > (1 + LATE) * total || calls > many) {
      return false;
    }
    if (calls <= (isLookedAtAgain() ? few : few / 4) || time + rest <= shortTime) {
      return true;
    }
    // Once more than the few calls are spent, only a short time can justify them.
    double rate = spent > few ? rate(0, 0) : rate(1, STRICT_CAUTION);
    for (int pages = 2; pages <= MAX_PAGES; pages = larger(pages, MAX_PAGES)) {
      for (int rounds = 0; rounds <= FULL; rounds++) {
        Forecast then = new Forecast(pages, rounds * (inFlight - 1), rate);
        if (time + rest * then.time <= shortTime && calls + rest * then.extraCalls <= many) {
          return true;
        }
      }
    }
    return false;
  }
}
