package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.paging.CursorState.Adjoining;
import dev.allowflux.internal.paging.CursorState.Covering;
import dev.allowflux.internal.paging.CursorState.Ended;
import dev.allowflux.internal.paging.CursorState.LookingBehind;
import dev.allowflux.internal.paging.CursorState.Opening;
import dev.allowflux.internal.paging.CursorState.Searching;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.TraversalPosition;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a complete traversal gets into each of its states, what it requests there, and what next. */
class CursorStateTest {

  private static final int PER_PAGE = 50;

  private final DescendingCursor cursor =
      DescendingCursor.first(new AccountId("account"), AllowPolicyFilter.all(), PER_PAGE);

  /** So many policies, so many seconds apart. */
  private static List<AllowPolicy> policies(int count, int secondsApart) {
    return IntStream.range(0, count)
        .mapToObj(
            id ->
                AllowPolicy.builder()
                    .id(new PolicyId("p" + id))
                    .createdAt(Instant.EPOCH.plusSeconds((long) id * secondsApart))
                    .build())
        .toList();
  }

  private static @Nullable Page read(
      DescendingCursor cursor, List<AllowPolicy> list, @Nullable Long total) {
    int size = cursor.request().perPage();
    int from = Math.min(list.size(), (cursor.request().page() - 1) * size);
    return cursor.next(
        ChangingAccount.answer(
            list.subList(from, Math.min(list.size(), from + size)),
            cursor.request().page(),
            (long) size,
            total));
  }

  private @Nullable Page read(List<AllowPolicy> list) {
    return read(cursor, list, (long) list.size());
  }

  @Test
  void openingReadsTheFirstPageAndThenTheEndThatTheTotalNames() {
    assertThat(cursor.state()).isEqualTo(new Opening(0, false));
    assertThat(cursor.request()).isEqualTo(new PageRequest(1, PER_PAGE));

    assertThat(read(policies(400, 3600))).isNull();

    assertThat(cursor.state()).isEqualTo(new Covering(400 + PER_PAGE / 8, false));
  }

  @Test
  void openingReadsTheFirstPageAgainIfNothingIsBehindItAndNoSizeIsReported() {
    List<AllowPolicy> all = policies(20, 3600);
    cursor.next(ChangingAccount.answer(all, 1, null, 20L));
    assertThat(cursor.state()).isInstanceOf(LookingBehind.class);
    cursor.next(ChangingAccount.answer(List.of(), 2, null, 20L));
    assertThat(cursor.state()).isEqualTo(new Opening(0, true));

    Page page = cursor.next(ChangingAccount.answer(all, 1, null, 20L));

    assertThat(page).isNotNull();
    assertThat(page.policies()).hasSize(20);
    assertThat(cursor.state()).isEqualTo(new Ended());
  }

  @Test
  void lookingBehindReadsTheNextPageAndThenTheShortOneAgain() {
    List<AllowPolicy> all = policies(400, 3600);
    read(all);
    while (!(cursor.state() instanceof Adjoining adjoining) || adjoining.position() > 300) {
      read(all);
    }
    CursorState before = cursor.state();
    PageRequest request = cursor.request();

    cursor.next(ChangingAccount.answer(List.of(), request.page(), (long) PER_PAGE, 400L));
    assertThat(cursor.state()).isInstanceOf(LookingBehind.class);
    assertThat(cursor.request()).isEqualTo(new PageRequest(request.page() + 1, PER_PAGE));
    read(all);

    assertThat(cursor.state()).isEqualTo(before);
    assertThat(cursor.request()).isEqualTo(request);
  }

  @Test
  void searchingReadsSinglePoliciesUntilTheWatermarkIsNear() {
    List<AllowPolicy> all = policies(400, 3600);
    read(cursor, all, null);
    int probes = 0;
    while (cursor.state() instanceof Searching searching) {
      assertThat(cursor.request())
          .isEqualTo(new PageRequest((int) searching.probe() + 1, /* perPage= */ 1));
      assertThat(read(cursor, all, null)).isNull();
      probes++;
    }
    assertThat(probes).isBetween(3, 12);
    assertThat(cursor.state()).isInstanceOf(Covering.class);

    Page page = read(cursor, all, null);

    assertThat(page).isNotNull();
    assertThat(page.policies().get(0)).isEqualTo(all.get(399));
  }

  @Test
  void coveringReadsAPageThatOverlapsThePoliciesOfTheLastTenMinutes() {
    List<AllowPolicy> all = policies(400, 1);
    read(all);
    Page first = read(all);
    assertThat(first).isNotNull();
    assertThat(cursor.state()).isInstanceOf(Covering.class);

    Page second = read(all);

    assertThat(second).isNotNull();
    assertThat(second.report().duplicates()).isPositive();
    assertThat(second.policies().get(0).createdAt())
        .isEqualTo(first.policies().get(first.policies().size() - 1).createdAt().minusSeconds(1));
  }

  @Test
  void adjoiningReadsThePageJustBelow() {
    List<AllowPolicy> all = policies(400, 3600);
    read(all);
    while (!(cursor.state() instanceof Adjoining)) {
      read(all);
    }
    long position = ((Adjoining) cursor.state()).position();
    PageRequest request = cursor.request();
    assertThat((long) request.page() * request.perPage()).isBetween(position, position + 49);

    Page page = read(all);

    assertThat(page).isNotNull();
    assertThat(page.policies().get(0)).isEqualTo(all.get((int) position - 1));
    assertThat(cursor.state())
        .isEqualTo(new Adjoining((request.page() - 1L) * request.perPage(), false));
  }

  @Test
  void adjoiningStepsDownOnceAndThenSearchesWhereOnlyDeliveredPoliciesAreLeft() {
    List<AllowPolicy> all = policies(400, 3600);
    read(all);
    while (!(cursor.state() instanceof Adjoining adjoining) || adjoining.position() > 300) {
      read(all);
    }
    // Everything but the oldest ten and what was delivered is deleted.
    long delivered = ((Adjoining) cursor.state()).position();
    List<AllowPolicy> left =
        IntStream.range(0, 400).filter(i -> i < 10 || i >= delivered).mapToObj(all::get).toList();
    List<AllowPolicy> still = left.subList(0, 110);
    CursorState before = cursor.state();
    while (cursor.state().equals(before)) {
      assertThat(read(cursor, still, 110L)).isNull();
    }
    assertThat(cursor.state()).isInstanceOf(Covering.class);
    assertThat(((Covering) cursor.state()).steppedDown()).isTrue();
    Page page = null;
    while (page == null) {
      page = read(cursor, still, 110L);
    }
    assertThat(page.policies().get(0)).isEqualTo(all.get(9));
  }

  @Test
  void endedHasNothingToRequestAndNeitherHasAContinuationOfIt() {
    Page page = read(policies(3, 3600));
    assertThat(cursor.state()).isEqualTo(new Ended());
    assertThat(page).isNotNull();
    TraversalPosition position = page.position();
    assertThat(position).isNotNull();
    assertThat(position.end()).isTrue();
    assertThat(
            DescendingCursor.from(
                    new AccountId("account"), AllowPolicyFilter.all(), PER_PAGE, position)
                .state())
        .isEqualTo(new Ended());
  }
}
