package dev.allowflux.cli.option;

import dev.allowflux.model.PatternType;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The body of a create or an edit, field by field; what is not given is null. */
public final class PolicyOptions {

  @Option(
      names = "--pattern",
      paramLabel = "TEXT",
      description = "What messages are compared with.")
  public @Nullable String pattern;

  @Option(
      names = "--pattern-type",
      paramLabel = "TYPE",
      completionCandidates = PatternTypes.class,
      description = "${COMPLETION-CANDIDATES}.")
  public @Nullable PatternType patternType;

  @Option(
      names = "--regex",
      negatable = true,
      description = "The pattern is a Java regular expression.")
  public @Nullable Boolean regex;

  @Option(
      names = "--trusted-sender",
      negatable = true,
      description = "Messages from it bypass all detections and link following.")
  public @Nullable Boolean trustedSender;

  @Option(
      names = "--acceptable-sender",
      negatable = true,
      description = "Messages from it are not taken for spam, spoof or bulk.")
  public @Nullable Boolean acceptableSender;

  @Option(
      names = "--exempt-recipient",
      negatable = true,
      description = "Messages to it bypass all detections.")
  public @Nullable Boolean exemptRecipient;

  @Option(
      names = "--verify-sender",
      negatable = true,
      description = "Only for messages that pass DMARC, SPF or DKIM.")
  public @Nullable Boolean verifySender;

  @Option(names = "--comments", paramLabel = "TEXT", description = "A note for people.")
  public @Nullable String comments;

  public boolean given() {
    return pattern != null
        || patternType != null
        || regex != null
        || trustedSender != null
        || acceptableSender != null
        || exemptRecipient != null
        || verifySender != null
        || comments != null;
  }

  /** The kinds that can be written. */
  static final class PatternTypes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("EMAIL", "DOMAIN", "IP").iterator();
    }
  }
}
