package dev.allowflux.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the comments of a policy say about it for programs: its owner, and the days on which it
 * expires and is to be reviewed. The API has no fields for them, so they stand in a tag, such as
 * {@code [allowflux:owner=team-a expires=2027-03-31]}; a tag with an owner alone is {@code
 * [allowflux:team-a]}.
 *
 * <p>The rest of the comments is the user's own text and is never changed. Entries of a tag that
 * this version does not know are kept. A day is over at its end in UTC. A day that cannot be read
 * is none, so that nothing is ever deleted for it.
 *
 * @since 0.1
 */
public final class PolicyTag {
  /** The form of an owner: 1 to 64 letters, digits, dots, hyphens and underscores of ASCII. */
  private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private static final String START = "[allowflux:";
  private static final Pattern TAG = Pattern.compile("\\[allowflux:([^\\[\\]]++)\\]");
  private static final Pattern BLANKS = Pattern.compile(" +");
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final String OWNER_KEY = "owner=";
  private static final String EXPIRES_KEY = "expires=";
  private static final String REVIEW_KEY = "review=";

  private static final PolicyTag NONE = new PolicyTag(List.of(), null, null, List.of(), List.of());

  private final List<String> owners;
  private final @Nullable LocalDate expires;
  private final @Nullable LocalDate review;
  private final List<String> others;
  private final List<String> unreadable;

  private PolicyTag(
      List<String> owners,
      @Nullable LocalDate expires,
      @Nullable LocalDate review,
      List<String> others,
      List<String> unreadable) {
    this.owners = owners;
    this.expires = expires;
    this.review = review;
    this.others = others;
    this.unreadable = unreadable;
  }

  /**
   * Returns a tag that says nothing.
   *
   * @return the empty tag
   */
  public static PolicyTag none() {
    return NONE;
  }

  /**
   * Reads the tags of comments. Of several tags, all owners count, and the latest day of each kind.
   *
   * @param comments the comments of a policy, or {@code null} if it has none
   * @return what they say; the empty tag if there is none
   */
  public static PolicyTag of(@Nullable String comments) {
    if (comments == null || !comments.contains(START)) {
      return NONE;
    }
    PolicyTag all = NONE;
    Matcher tag = TAG.matcher(comments);
    while (tag.find()) {
      all = all.and(parse(tag.group(1)));
    }
    return all;
  }

  private static PolicyTag parse(String body) {
    if (OWNER.matcher(body).matches()) {
      return NONE.withOwner(body);
    }
    PolicyTag tag = NONE;
    for (String entry : BLANKS.splitAsStream(body.strip()).toList()) {
      tag = tag.and(entry(entry));
    }
    return tag;
  }

  private static PolicyTag entry(String entry) {
    if (entry.startsWith(OWNER_KEY)) {
      String name = entry.substring(OWNER_KEY.length());
      return OWNER.matcher(name).matches() ? NONE.withOwner(name) : unreadable(entry);
    }
    boolean expiry = entry.startsWith(EXPIRES_KEY);
    if (expiry || entry.startsWith(REVIEW_KEY)) {
      try {
        LocalDate day = day(entry.substring(entry.indexOf('=') + 1));
        return expiry ? NONE.withExpires(day) : NONE.withReview(day);
      } catch (IllegalArgumentException e) {
        return unreadable(entry);
      }
    }
    // A word without a value may be an owner to which somebody added days by hand.
    return entry.indexOf('=') < 0
        ? unreadable(entry)
        : new PolicyTag(List.of(), null, null, List.of(entry), List.of());
  }

  private static PolicyTag unreadable(String entry) {
    return new PolicyTag(List.of(), null, null, List.of(), List.of(entry));
  }

  private PolicyTag and(PolicyTag more) {
    return new PolicyTag(
        joined(owners, more.owners),
        later(expires, more.expires),
        later(review, more.review),
        joined(others, more.others),
        joined(unreadable, more.unreadable));
  }

  private static @Nullable LocalDate later(@Nullable LocalDate one, @Nullable LocalDate other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }

  private static List<String> joined(List<String> first, List<String> more) {
    if (more.isEmpty()) {
      return first;
    }
    List<String> both = new ArrayList<>(first);
    both.addAll(more);
    return List.copyOf(both);
  }

  /**
   * Reads a day.
   *
   * @param text a day of the calendar such as {@code 2027-03-31}
   * @return the day
   * @throws IllegalArgumentException if it is none; the message says what a day looks like
   */
  public static LocalDate day(String text) {
    try {
      return LocalDate.parse(text, DAY);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("a day must be one of the calendar, such as 2027-03-31");
    }
  }

  /**
   * Returns who answers for the policy.
   *
   * @return the owner, if the comments name one
   */
  public Optional<String> owner() {
    return owners.stream().findFirst();
  }

  /**
   * Returns all owners that the comments name, as two tags may.
   *
   * @return the owners in the order of the comments; empty if there is none
   */
  public List<String> owners() {
    return owners;
  }

  /**
   * Returns the last day of the policy.
   *
   * @return the day, if the comments say one that can be read
   */
  public Optional<LocalDate> expires() {
    return Optional.ofNullable(expires);
  }

  /**
   * Returns the day on which somebody is to look at the policy.
   *
   * @return the day, if the comments say one that can be read
   */
  public Optional<LocalDate> review() {
    return Optional.ofNullable(review);
  }

  /**
   * Returns what stands where an owner or a day should, and is none.
   *
   * @return for instance {@code expires=soon}; empty if all can be read
   */
  public List<String> unreadable() {
    return unreadable;
  }

  /**
   * Returns what may be meant as an owner and cannot be read as one.
   *
   * @return for instance {@code owner=Team A}; empty if there is nothing of the kind
   */
  public Optional<String> unreadableOwner() {
    return unreadable.stream()
        .filter(entry -> !entry.startsWith(EXPIRES_KEY) && !entry.startsWith(REVIEW_KEY))
        .findFirst();
  }

  /**
   * Tells whether the last day of the policy is over. It never is if any day of the tag cannot be
   * read.
   *
   * @param now the present
   * @return true from the first moment, in UTC, of the day after {@link #expires()}
   */
  public boolean isExpired(Instant now) {
    return expires != null && unreadable.isEmpty() && isOver(expires, now);
  }

  /**
   * Tells whether the policy should have been reviewed by now.
   *
   * @param now the present
   * @return true from the first moment, in UTC, of the day after {@link #review()}
   */
  public boolean isReviewDue(Instant now) {
    return review != null && isOver(review, now);
  }

  private static boolean isOver(LocalDate day, Instant now) {
    return now.atZone(ZoneOffset.UTC).toLocalDate().isAfter(day);
  }

  /**
   * Returns this tag with another owner.
   *
   * @param owner 1 to 64 letters, digits, dots, hyphens and underscores of ASCII, or {@code null}
   *     for none
   * @return a new tag
   * @throws IllegalArgumentException if the owner has another form
   */
  public PolicyTag withOwner(@Nullable String owner) {
    if (owner != null && !OWNER.matcher(owner).matches()) {
      throw new IllegalArgumentException(
          "an owner must have 1 to 64 letters, digits, dots, hyphens and underscores");
    }
    return new PolicyTag(
        owner == null ? List.of() : List.of(owner), expires, review, others, without(OWNER_KEY));
  }

  /**
   * Returns this tag with another last day. A day that could not be read is gone from it.
   *
   * @param day the last day, or {@code null} if the policy does not expire
   * @return a new tag
   */
  public PolicyTag withExpires(@Nullable LocalDate day) {
    return new PolicyTag(owners, day, review, others, without(EXPIRES_KEY));
  }

  /**
   * Returns this tag with another day of review. A day that could not be read is gone from it.
   *
   * @param day the day, or {@code null} for none
   * @return a new tag
   */
  public PolicyTag withReview(@Nullable LocalDate day) {
    return new PolicyTag(owners, expires, day, others, without(REVIEW_KEY));
  }

  /**
   * Returns this tag, completed by what another one says and this one does not.
   *
   * @param base the other tag
   * @return a new tag
   */
  public PolicyTag over(PolicyTag base) {
    PolicyTag tag = base;
    if (!owners.isEmpty()) {
      tag = tag.withOwner(owners.get(0));
    }
    if (expires != null) {
      tag = tag.withExpires(expires);
    }
    return review == null ? tag : tag.withReview(review);
  }

  private List<String> without(String key) {
    return unreadable.stream().filter(entry -> !entry.startsWith(key)).toList();
  }

  /**
   * Returns comments that carry this tag: in the place of the first tag that they have, and of
   * their further ones, else behind the text.
   *
   * @param comments comments, or {@code null} for none
   * @return the comments with this tag, unchanged if they say the same already; {@code null} if
   *     nothing is left
   */
  public @Nullable String in(@Nullable String comments) {
    if (of(comments).equals(this)) {
      return comments;
    }
    String tag = toString();
    if (comments == null || comments.isEmpty()) {
      return tag.isEmpty() ? null : tag;
    }
    Matcher found = TAG.matcher(comments);
    if (!found.find()) {
      return tag.isEmpty() ? comments : comments + " " + tag;
    }
    String before = comments.substring(0, found.start());
    String after = TAG.matcher(comments.substring(found.end())).replaceAll("");
    if (!tag.isEmpty()) {
      return before + tag + after;
    }
    String left = before.endsWith(" ") ? before.substring(0, before.length() - 1) : before;
    String text = left + after;
    return text.isEmpty() ? null : text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PolicyTag that
        && owners.equals(that.owners)
        && Objects.equals(expires, that.expires)
        && Objects.equals(review, that.review)
        && others.equals(that.others)
        && unreadable.equals(that.unreadable);
  }

  @Override
  public int hashCode() {
    return Objects.hash(owners, expires, review, others, unreadable);
  }

  /**
   * Returns the tag as it stands in comments.
   *
   * @return empty for the empty tag
   */
  @Override
  public String toString() {
    List<String> entries = new ArrayList<>();
    owners.forEach(owner -> entries.add(OWNER_KEY + owner));
    if (expires != null) {
      entries.add(EXPIRES_KEY + DAY.format(expires));
    }
    if (review != null) {
      entries.add(REVIEW_KEY + DAY.format(review));
    }
    entries.addAll(others);
    entries.addAll(unreadable);
    if (entries.isEmpty()) {
      return "";
    }
    boolean ownerAlone = owners.size() == 1 && entries.size() == 1;
    return START + (ownerAlone ? owners.get(0) : String.join(" ", entries)) + "]";
  }
}
