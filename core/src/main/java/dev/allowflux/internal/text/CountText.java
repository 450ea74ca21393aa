package dev.allowflux.internal.text;

import java.util.Locale;

/** Counts for people: a number, and the word for one or for many. */
public final class CountText {
  private CountText() {}

  /**
   * Returns a count with its noun, such as {@code 1 change} or {@code 2,000 changes}.
   *
   * @param count how many there are
   * @param one what one is called
   * @param many what any other number is called
   */
  public static String of(long count, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
  }

  /** Returns a count of policies. */
  public static String policies(long count) {
    return of(count, "policy", "policies");
  }

  /** Returns a count of accounts. */
  public static String accounts(long count) {
    return of(count, "account", "accounts");
  }

  /** Returns a count of changes. */
  public static String changes(long count) {
    return of(count, "change", "changes");
  }
}
