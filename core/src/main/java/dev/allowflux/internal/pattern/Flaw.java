package dev.allowflux.internal.pattern;

/**
 * Why a text is not a pattern of its kind.
 *
 * @param reason what is wrong, a clause with a subject of its own such as "it is a URL"
 * @param index where the character is that is wrong, in UTF-16 code units of the text; -1 if it is
 *     not about one character
 * @param advice what to do, an imperative; may be empty
 */
public record Flaw(String reason, int index, String advice) {
  /** What is no network is explained by {@link Advice#onNetwork}. */
  public static final Flaw IS_NO_NETWORK = of("it is no address or network");

  public static Flaw of(String reason) {
    return new Flaw(reason, -1, "");
  }

  static Flaw of(String reason, String advice) {
    return new Flaw(reason, -1, advice);
  }

  static Flaw at(int index, String reason) {
    return new Flaw(reason, index, "");
  }

  /** The same flaw in a text of which this one's text is the part from {@code start}. */
  Flaw within(int start) {
    return index < 0 ? this : new Flaw(reason, index + start, advice);
  }
}
