package dev.allowflux.sync.audit;

import java.util.SplittableRandom;

/**
 * Finds the first policy of each key, of which there may be a million. The table has no object for
 * each of them: a slot has half of the key's hash and the number of the policy, and the keys are
 * where the policies are.
 *
 * <p>The hash depends on a random number, so that who does not know it can hardly write a list of
 * which all keys share one.
 */
final class KeyTable {
  static final int NONE = -1;

  private final Keys keys;
  private final long seed = new SplittableRandom().nextLong();

  /** A power of two of slots; 0 is a free one. */
  private long[] slots = new long[1 << 8];

  private int used;

  /** Tells of what has a number which key it has. */
  interface Keys {
    boolean isKey(int number, byte kind, String text);
  }

  KeyTable(Keys keys) {
    this.keys = keys;
  }

  /** Returns what has the key, or {@link #NONE}. */
  int find(byte kind, String text) {
    int hash = hash(kind, text);
    return number(slots[slot(hash, kind, text)]);
  }

  /** Returns what has the key already; if nothing has, the number has it from now on. */
  int putIfAbsent(byte kind, String text, int number) {
    int hash = hash(kind, text);
    int slot = slot(hash, kind, text);
    if (slots[slot] != 0) {
      return number(slots[slot]);
    }
    slots[slot] = (long) hash << Integer.SIZE | (number + 1);
    used++;
    if (used > slots.length / 3 * 2) {
      grow();
    }
    return NONE;
  }

  private static int number(long slot) {
    return (int) slot - 1;
  }

  /** Returns the slot that has the key, or the free one in which it would be. */
  private int slot(int hash, byte kind, String text) {
    int mask = slots.length - 1;
    int i = hash & mask;
    while (slots[i] != 0
        && ((int) (slots[i] >>> Integer.SIZE) != hash
            || !keys.isKey(number(slots[i]), kind, text))) {
      i = (i + 1) & mask;
    }
    return i;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    int mask = slots.length - 1;
    for (long slot : old) {
      if (slot != 0) {
        int i = (int) (slot >>> Integer.SIZE) & mask;
        while (slots[i] != 0) {
          i = (i + 1) & mask;
        }
        slots[i] = slot;
      }
    }
  }

  private int hash(byte kind, String text) {
    long hash = seed + kind;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return (int) (hash >>> 16);
  }
}
