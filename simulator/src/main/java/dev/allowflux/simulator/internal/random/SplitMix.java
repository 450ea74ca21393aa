package dev.allowflux.simulator.internal.random;

/**
 * The SplitMix64 generator, written out so that a seed gives the same numbers on every JDK.
 *
 * <p>The algorithm of {@link java.util.SplittableRandom} is not part of its contract; this one is
 * six lines.
 */
public final class SplitMix {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public SplitMix(long seed) {
    state = seed;
  }

  public long next() {
    state += GAMMA;
    return mix(state);
  }

  /** A number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** A number from 0 up to 1, which is excluded. */
  public double fraction() {
    return (next() >>> 11) * 0x1p-53;
  }

  public boolean percent(int share) {
    return below(100) < share;
  }

  public <T> T pick(T[] choices) {
    return choices[below(choices.length)];
  }

  public static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
