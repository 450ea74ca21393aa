package dev.allowflux.internal.paging;

/**
 * Decides how many pages to read per fence, from the rate of deletions and the time that a response
 * takes. One page at a time needs no fence and wastes nothing; more pages at a time save time, but
 * if the fence fails, all of them but the first are read again.
 *
 * <p>The aim, which means of several runs keep within some hundredths: at most 1.1 times the calls
 * of one page at a time, or up to 1.6 times where the time falls to a third or less; never more
 * than 1.1 times the time; always plus four calls. The rule keeps within it by what a next failure
 * would cost, or, once the rate is known, by what is to be expected of the rest.
 */
class FenceRule {

  /** How many pages to read per fence, and whether to read on while the fence is under way. */
  record Block(int pages, boolean readOn) {
    static final Block SINGLE = new Block(1, false);
  }

  private static final int MAX_PAGES = 32;

  /** Less gain than this is not worth a fence. */
  private static final double WORTH_IT = 0.95;

  private static final double SPARE_CALLS = 4;
  private static final double FENCE_CALLS = 0.05;

  /** Blocks that cost too many fences are taken only if there are no others. */
  private static final double TOO_MANY = 0.4;

  private static final double QUIET_CALLS = 0.1;
  private static final double MOST_CALLS = 0.05;
  private static final double MOST_TIME = 0.09;

  /** To spend more calls, the time has to fall: stricter before the first time than after it. */
  private static final double ENTER_TIME = 0.27;

  private static final double ENTER_CALLS = 0.4;
  private static final double STAY_TIME = 0.33;
  private static final double STAY_CALLS = 0.58;

  /** How long deletions must have been observed before that, in response times. */
  private static final double SURE = 20;

  /** How long deletions must have been observed before the first block, in response times. */
  private static final double FIRST_LOOK = 5;

  private static final double FIRST_LOOK_PER_PAGE = 0.03;

  /** How likely a fence must hold to read on meanwhile. */
  private static final double LIKELY = 0.85;

  /** Deletions that are assumed before any was seen. */
  private static final double ASSUMED = 0.2;

  /** The rate is that of so many responses; older ones count less and less. */
  private static final double MEMORY = 150;

  private final int inFlight;
  private final int maxHeld;
  private double responseNanos;
  private double deletions;
  private double observedNanos;
  private double wastedCalls;
  private double heldFences;
  private double accepted;

  /** Calls are being spent that only the saved time justifies. */
  private boolean committed;

  private long startNanos = Long.MIN_VALUE;

  /**
   * @param inFlight how many requests may be in flight
   * @param maxHeld how many pages may be held until a fence proves them
   */
  FenceRule(int inFlight, int maxHeld) {
    this.inFlight = inFlight;
    this.maxHeld = maxHeld;
  }

  /** A response came after so long. */
  void responseTook(long nanos) {
    responseNanos = responseNanos == 0 ? nanos : responseNanos + (nanos - responseNanos) / 8;
    responseNanos = Math.max(responseNanos, 1);
  }

  /** So many policies were deleted below the current position in a time. */
  void observed(long count, long nanos) {
    deletions += count;
    observedNanos += nanos;
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
    accepted += startNanos == Long.MIN_VALUE ? 0 : pages;
  }

  /** A fence held. */
  void fenceHeld() {
    heldFences++;
  }

  /** Calls were spent on fences and on pages that are read again. */
  void wasted(int calls) {
    wastedCalls += calls;
  }

  /**
   * Chooses the next block.
   *
   * @param remaining how many pages are left, this one included
   * @param allowed how many pages may be read ahead
   * @param now the time
   */
  Block next(long remaining, long allowed, long now) {
    if (startNanos == Long.MIN_VALUE) {
      startNanos = now;
    }
    long most = Math.min(Math.min(remaining, allowed), Math.min(MAX_PAGES, maxHeld));
    if (inFlight < 2 || most < 2 || !isRateKnown(remaining)) {
      return Block.SINGLE;
    }
    Block best = Block.SINGLE;
    double bestTime = WORTH_IT;
    boolean commits = false;
    for (int pages = 2; pages <= most; pages = larger(pages, most)) {
      for (boolean readOn : new boolean[] {false, true}) {
        Forecast forecast = new Forecast(pages, readOn, (deletions + ASSUMED) / observed());
        boolean likely = forecast.probability >= LIKELY && remaining > pages;
        double time = forecast.time + (spendsTooManyFences(pages, remaining) ? TOO_MANY : 0);
        if (time >= bestTime || (readOn && !likely)) {
          continue;
        }
        boolean harmless = isHarmless(forecast, remaining, now);
        if (harmless || pays(forecast, remaining, now)) {
          bestTime = time;
          best = new Block(pages, readOn);
          commits = !harmless;
        }
      }
    }
    committed |= commits;
    return best;
  }

  /** From the requests in flight on, multiples of their half, and the most. */
  private int larger(int pages, long most) {
    int step = pages < inFlight ? 1 : Math.max(1, inFlight / 2);
    return pages < most ? (int) Math.min(pages + step, most) : Integer.MAX_VALUE;
  }

  /** How long deletions were observed, in response times. */
  private double observed() {
    return Math.max(1, observedNanos / responseNanos);
  }

  private boolean isRateKnown(long remaining) {
    double enough = Math.min(FIRST_LOOK, (accepted + remaining) * FIRST_LOOK_PER_PAGE);
    return responseNanos > 0 && observedNanos >= enough * responseNanos;
  }

  /** What a block is expected to cost per page, in response times and calls. */
  private final class Forecast {
    final int pages;
    final boolean readOn;
    final double rounds;
    final double probability;
    final double time;
    final double calls;

    Forecast(int pages, boolean readOn, double deletionsPerResponse) {
      this.pages = pages;
      this.readOn = readOn;
      this.rounds = Math.ceil((double) pages / inFlight);
      this.probability = Math.exp(-deletionsPerResponse * (rounds + (readOn ? 2 : 1)));
      double accepts = 1 + (pages - 1) * probability;
      double lost = readOn ? (1 - probability) * (inFlight - 1) : 0;
      this.time = (readOn ? (pages + 1.0) / inFlight : rounds + 1) / accepts;
      this.calls = (pages + 1 + lost) / accepts;
    }
  }

  /**
   * Whether such blocks to the end would cost more than 1.05 times the calls of a quiet account.
   */
  private boolean spendsTooManyFences(int pages, long remaining) {
    return heldFences + (double) remaining / pages
        > SPARE_CALLS + FENCE_CALLS * (accepted + remaining);
  }

  /** Whether the promise holds even if this fence fails and pages are then read one by one. */
  private boolean isHarmless(Forecast forecast, long remaining, long now) {
    double total = accepted + remaining;
    double failure = forecast.pages + (forecast.readOn ? inFlight : 0);
    double late = elapsed(now) - accepted + forecast.rounds + (forecast.readOn ? 1 : 0);
    double calls = sawDeletions() ? MOST_CALLS : QUIET_CALLS;
    double wasted = sawDeletions() ? wastedCalls : wastedCalls - heldFences;
    return wasted + failure <= SPARE_CALLS + calls * total && late <= MOST_TIME * total;
  }

  /** Whether the time falls to a third or less, if the rate of deletions stays. */
  private boolean pays(Forecast expected, long remaining, long now) {
    if (observed() < SURE) {
      return false;
    }
    double total = accepted + remaining;
    Forecast forecast = expected;
    if (!committed) {
      double rate = (deletions + 2 + Math.sqrt(deletions)) / observed();
      forecast = new Forecast(expected.pages, expected.readOn, rate);
    }
    double time = elapsed(now) + remaining * forecast.time;
    double calls = wastedCalls + remaining * (forecast.calls - 1);
    return time <= (committed ? STAY_TIME : ENTER_TIME) * total
        && calls <= (committed ? STAY_CALLS : ENTER_CALLS) * total;
  }

  private double elapsed(long now) {
    return (now - startNanos) / responseNanos;
  }
}
