package dev.allowflux.cli.option;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyTag;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
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

  @Option(
      names = "--owner",
      paramLabel = "NAME",
      description = "Who answers for it; stands in a tag in the comments.")
  private @Nullable String owner;

  @Option(
      names = "--expires",
      paramLabel = "DAY",
      description =
          "Its last day, such as 2027-03-31 or 30d from today, in UTC; stands in the comments.")
  private @Nullable String expires;

  @Option(
      names = "--review",
      paramLabel = "DAY",
      description = "The day on which somebody is to look at it; stands in the comments.")
  private @Nullable String review;

  /** Tells whether something is to stand in a tag in the comments. */
  public boolean tagged() {
    return owner != null || expires != null || review != null;
  }

  /**
   * Returns the comments with the tag that was asked for.
   *
   * @param comments the comments that it is put into
   * @param today what days are counted from
   * @throws IllegalArgumentException if an owner or a day is none
   */
  public @Nullable String commentsWithTag(@Nullable String comments, LocalDate today) {
    PolicyTag tag = PolicyTag.of(comments);
    if (owner != null) {
      tag = tag.withOwner(owner);
    }
    if (expires != null) {
      LocalDate last = day("--expires", expires, today);
      if (last.isBefore(today)) {
        throw new IllegalArgumentException(
            "--expires " + last + " is over, so the policy would have expired already");
      }
      tag = tag.withExpires(last);
    }
    if (review != null) {
      tag = tag.withReview(day("--review", review, today));
    }
    return tag.in(comments);
  }

  private static LocalDate day(String option, String text, LocalDate today) {
    if (text.matches("[0-9]{1,5}d")) {
      return today.plusDays(Integer.parseInt(text.substring(0, text.length() - 1)));
    }
    try {
      return PolicyTag.day(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          option + " must be a day such as 2027-03-31, or a number of days such as 30d", e);
    }
  }

  /**
   * Returns the pattern to send. What certainly means another one is corrected, and that is said;
   * what is no pattern is left to those who make the policy.
   *
   * @param say takes one line if the pattern was corrected
   */
  public @Nullable String checkedPattern(Consumer<String> say) {
    if (pattern == null) {
      return null;
    }
    PatternType type = patternType != null ? patternType : PatternCheck.typeOf(pattern);
    if (type != null
        && type != PatternType.UNKNOWN
        && type != PatternType.UNRECOGNIZED
        && PatternCheck.of(type, Boolean.TRUE.equals(regex), pattern)
            instanceof PatternCheck.Corrected corrected) {
      say.accept(
          "--pattern read as "
              + SafeText.marked(corrected.pattern())
              + ", without "
              + corrected.what());
      return corrected.pattern();
    }
    return pattern;
  }

  public boolean given() {
    return pattern != null
        || patternType != null
        || regex != null
        || trustedSender != null
        || acceptableSender != null
        || exemptRecipient != null
        || verifySender != null
        || comments != null
        || tagged();
  }

  /** The kinds that can be written. */
  static final class PatternTypes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("EMAIL", "DOMAIN", "IP").iterator();
    }
  }
}
