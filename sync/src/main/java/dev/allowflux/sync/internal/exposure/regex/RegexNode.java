package dev.allowflux.sync.internal.exposure.regex;

import java.util.List;

/** The structure of a regular expression, without what only decides how a matcher searches. */
public sealed interface RegexNode {
  /** No limit on the number of repetitions. */
  int UNBOUNDED = Integer.MAX_VALUE;

  RegexNode EMPTY = new Sequence(List.of());

  /** One character of a set. */
  record OneOf(CodePoints set) implements RegexNode {}

  /** All parts, one behind the other. */
  record Sequence(List<RegexNode> parts) implements RegexNode {}

  /** Any one of the branches. */
  record Choice(List<RegexNode> branches) implements RegexNode {}

  /** The body, {@code min} to {@code max} times. */
  record Repeat(RegexNode body, int min, int max) implements RegexNode {}

  /** A place without a character. */
  enum Anchor implements RegexNode {
    START,
    END,
    /** Between a character of a word and another one, or none. */
    BOUNDARY,
    NO_BOUNDARY
  }
}
