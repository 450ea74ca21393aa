package dev.allowflux.sync.internal.exposure;

import java.util.List;

/**
 * Something an owner should know about a pattern that is no reason to refuse it.
 *
 * @param kind what it is
 * @param explanation one sentence without a full stop, in lower case, that can follow the pattern
 *     and a colon
 * @param examples at most three of what the pattern would match; may be empty
 */
public record Warning(Kind kind, String explanation, List<String> examples) {
  public Warning {
    examples = List.copyOf(examples);
  }

  /** The kinds of warnings. */
  public enum Kind {
    /** The expression lets in more if the service looks for it within an address. */
    PARTIAL_MATCH_WIDER,

    /** The expression matches no address, name or IP address. */
    MATCHES_NOTHING
  }
}
