package dev.allowflux.sync.internal.exposure;

import java.util.List;

/**
 * One thing that is wrong with a pattern.
 *
 * @param kind what is wrong
 * @param explanation one sentence without a full stop, in lower case, that can follow the pattern
 *     and a colon; it never repeats the pattern
 * @param examples at most three of what the pattern matches; may be empty
 */
public record Finding(FindingKind kind, String explanation, List<String> examples) {
  public Finding {
    examples = List.copyOf(examples);
  }
}
