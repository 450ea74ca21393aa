package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTagTest {
  private static final LocalDate LAST_DAY = LocalDate.of(2027, 3, 31);

  @Test
  void theOlderFormNamesTheOwnerAlone() {
    PolicyTag tag = PolicyTag.of("ticket 4711 [allowflux:team-a]");

    assertThat(tag.owner()).contains("team-a");
    assertThat(tag.expires()).isEmpty();
    assertThat(tag.toString()).isEqualTo("[allowflux:team-a]");
  }

  /** A tag that is overlooked would leave the policy to whoever deletes what has no owner. */
  @Test
  void aTagMayBeAsLongAsComments() {
    PolicyTag tag = PolicyTag.of("[allowflux:owner=team-a note=" + "x".repeat(900) + "]");

    assertThat(tag.owner()).contains("team-a");
  }

  @Test
  void ownerAndDaysStandInOneTag() {
    PolicyTag tag =
        PolicyTag.of("x [allowflux:owner=team-a expires=2027-03-31 review=2027-01-01] y");

    assertThat(tag.owner()).contains("team-a");
    assertThat(tag.expires()).contains(LAST_DAY);
    assertThat(tag.review()).contains(LocalDate.of(2027, 1, 1));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "allowflux", "[allowflux:", "[allowflux:]", "[other:team-a]"})
  void commentsWithoutATagSayNothing(String comments) {
    assertThat(PolicyTag.of(comments)).isEqualTo(PolicyTag.none());
  }

  @Test
  void theLastDayEndsAtItsEndInUtc() {
    PolicyTag tag = PolicyTag.none().withExpires(LAST_DAY);

    assertThat(tag.isExpired(Instant.parse("2027-03-31T23:59:59.999999999Z"))).isFalse();
    assertThat(tag.isExpired(Instant.parse("2027-04-01T00:00:00Z"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[allowflux:expires=soon]",
        "[allowflux:expires=2020-02-30]",
        "[allowflux:expires=2020-1-1]",
        "[allowflux:expires=31.03.2020]",
        "[allowflux:expires=2020-01-01] [allowflux:expires=never]",
        "[allowflux:expires=2020-01-01 expires=]"
      })
  void aDayThatCannotBeReadNeverExpiresAPolicy(String comments) {
    PolicyTag tag = PolicyTag.of(comments);

    assertThat(tag.isExpired(Instant.MAX.minusSeconds(1L << 40))).isFalse();
    assertThat(tag.unreadable()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[allowflux:team-a expires=2027-03-31]", "[allowflux:owner=Team\u00c4 review=x]"})
  void anOwnerThatCannotBeReadIsNoneAndIsSaid(String comments) {
    PolicyTag tag = PolicyTag.of(comments);

    assertThat(tag.owners()).isEmpty();
    assertThat(tag.unreadableOwner()).isPresent();
    assertThat(tag.in(comments)).isSameAs(comments);
  }

  @Test
  void ofSeveralDaysTheLatestCounts() {
    PolicyTag tag = PolicyTag.of("[allowflux:expires=2027-03-31] [allowflux:expires=2026-01-01]");

    assertThat(tag.expires()).contains(LAST_DAY);
  }

  @Test
  void allOwnersAreNamed() {
    assertThat(PolicyTag.of("[allowflux:team-a] [allowflux:owner=team-b]").owners())
        .containsExactly("team-a", "team-b");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {
        "null, [allowflux:owner=a expires=2027-03-31]",
        "text, text [allowflux:owner=a expires=2027-03-31]",
        "before [allowflux:b] after, before [allowflux:owner=a expires=2027-03-31] after",
        "[allowflux:b][allowflux:x=1], [allowflux:owner=a expires=2027-03-31]"
      })
  void aTagTakesThePlaceOfTheOneThatWasThere(String comments, String expected) {
    PolicyTag tag = PolicyTag.none().withOwner("a").withExpires(LAST_DAY);

    assertThat(tag.in(comments)).isEqualTo(expected);
  }

  @Test
  void commentsThatSayTheSameStayAsTheyAre() {
    String comments = "x [allowflux:expires=2027-03-31  owner=a] ";

    assertThat(PolicyTag.none().withOwner("a").withExpires(LAST_DAY).in(comments))
        .isSameAs(comments);
  }

  @Test
  void takingTheTagAwayLeavesTheText() {
    assertThat(PolicyTag.none().in("ticket 4711 [allowflux:team-a]")).isEqualTo("ticket 4711");
    assertThat(PolicyTag.none().in("[allowflux:team-a]")).isNull();
  }

  @Test
  void entriesOfALaterVersionAreKept() {
    PolicyTag tag = PolicyTag.of("[allowflux:owner=a risk=low]").withExpires(LAST_DAY);

    assertThat(tag.toString()).isEqualTo("[allowflux:owner=a expires=2027-03-31 risk=low]");
  }

  @Test
  void aTagIsCompletedByWhatWasThere() {
    PolicyTag before = PolicyTag.of("[allowflux:owner=a review=2027-01-01]");

    assertThat(PolicyTag.none().withExpires(LAST_DAY).over(before).toString())
        .isEqualTo("[allowflux:owner=a expires=2027-03-31 review=2027-01-01]");
  }

  @Test
  void anOwnerOfAnotherFormIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyTag.none().withOwner("team a"))
        .withMessageContaining("1 to 64 letters");
  }

  @Test
  void whatIsWrittenIsReadBackAndTheTextStays() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> texts = List.of("", "ticket", "a [b] c", "[allowflux", "line\nbreak ", "ünïcode");
    for (int i = 0; i < 2_000; i++) {
      PolicyTag tag = PolicyTag.none();
      if (random.nextBoolean()) {
        tag = tag.withOwner("o" + random.nextInt(5));
      }
      if (random.nextBoolean()) {
        tag = tag.withExpires(LAST_DAY.plusDays(random.nextInt(999)));
      }
      if (random.nextBoolean()) {
        tag = tag.withReview(LAST_DAY.minusDays(random.nextInt(999)));
      }
      String text = texts.get(random.nextInt(texts.size()));
      String comments = tag.in(text);
      assertThat(PolicyTag.of(comments)).as("seed %s", seed).isEqualTo(tag);
      if (!tag.equals(PolicyTag.none())) {
        assertThat(PolicyTag.none().in(comments))
            .as("seed %s", seed)
            .isEqualTo(text.isEmpty() ? null : text);
      }
    }
  }
}
