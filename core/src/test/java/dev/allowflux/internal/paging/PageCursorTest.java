package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.TraversalReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageCursorTest {
  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final TraversalReport NO_REPORT = TraversalReport.builder().build();

  @Test
  void eachPageReportsWhatWasSeenUpToIt() {
    PageCursor.Step one = exact(3).next(totalled(1, 3L, 5L, 0, 1, 2));
    assertThat(one.next()).isNotNull();
    PageCursor.Step two = one.next().next(totalled(2, 3L, 5L, 2, 3));
    PageCursor.Step again = one.next().next(totalled(2, 3L, 5L, 3, 4));

    assertThat(one.page().report()).isEqualTo(report(3, 0, 1, false, false));
    assertThat(two.page().report()).isEqualTo(report(4, 1, 2, true, true));
    assertThat(again.page().report()).isEqualTo(report(5, 0, 2, false, true));
    assertThat(again.page().position()).isNull();
  }

  private static TraversalReport report(
      int seen, int duplicates, int pages, boolean drift, boolean endVerified) {
    return TraversalReport.builder()
        .expected(5L)
        .seen(seen)
        .matched(seen)
        .duplicates(duplicates)
        .pages(pages)
        .drift(drift)
        .complete(false)
        .endVerified(endVerified)
        .build();
  }

  @Test
  void aFullPageIsFollowedByTheNext() {
    PageCursor.Step step = first(3).next(answer(1, 3L, 0, 1, 2));

    assertThat(withoutReport(step.page())).isEqualTo(page(1, 3, false, 0, 1, 2));
    assertThat(step.next()).isNotNull();
    assertThat(step.next().page()).isEqualTo(2);
    assertThat(step.next().perPage()).isEqualTo(3);
  }

  @Test
  void aPageShorterThanTheServerSaysItsPagesAreIsTheLast() {
    PageCursor.Step step = first(3).next(answer(1, 3L, 0, 1));

    assertThat(withoutReport(step.page())).isEqualTo(page(1, 3, true, 0, 1));
    assertThat(step.next()).isNull();
  }

  @Test
  void anEmptyPageIsTheLast() {
    assertThat(first(3).next(answer(1, 3L)).next()).isNull();
    assertThat(first(3).next(answer(null, null)).next()).isNull();
  }

  @Test
  void aPageIsNotShortUnlessTheServerSaysHowLongItsPagesAre() {
    PageCursor.Step step = first(1000).next(answer(null, null, 0, 1));

    assertThat(withoutReport(step.page())).isEqualTo(page(1, 1000, false, 0, 1));
    assertThat(step.next()).isNotNull();
  }

  @Test
  void aServerThatCapsThePageSizeIsFollowed() {
    PageCursor.Step step = first(1000).next(answer(1, 2L, 0, 1));

    assertThat(withoutReport(step.page())).isEqualTo(page(1, 2, false, 0, 1));
    assertThat(step.next()).isNotNull();
    assertThat(step.next().perPage()).isEqualTo(1000);
    assertThat(step.next().next(answer(2, 2L, 2)).next()).isNull();
  }

  @Test
  void aServerThatSaysMoreThanItWasAskedForIsNotBelieved() {
    assertThat(first(2).next(answer(1, 1000L, 0, 1)).next()).isNotNull();
  }

  @Test
  void aPageLongerThanItWasAskedForIsTakenWhole() {
    PageCursor.Step step = first(2).next(answer(1, 2L, 0, 1, 2, 3));

    assertThat(step.page().policies()).hasSize(4);
    assertThat(step.next()).isNotNull();
  }

  @Test
  void theTotalNeverEndsAListing() {
    ApiResult<PageBody> answer =
        result(new PageBody(policies(0, 1), 2L, 1L, 2L, /* totalCount= */ 2L));

    PageCursor.Step step = first(2).next(answer);

    assertThat(step.page().totalCount()).isEqualTo(2);
    assertThat(step.next()).isNotNull();
  }

  @Test
  void behindAnEmptyPageThatContradictsAnExactTotalOneMoreIsAskedFor() {
    PageCursor third = after(exact(2), totalled(1, 2L, 10L, 0, 1));
    PageCursor.Step empty = third.next(totalled(2, 2L, 10L));
    assertThat(empty.page().last()).isFalse();
    PageCursor behind = empty.next();
    assertThat(behind).isNotNull();
    assertMalformed(
        behind, totalled(3, 2L, 10L, 4, 5), "page 2 came empty, but page 3 has policies");
    PageCursor.Step end = behind.next(totalled(3, 2L, 10L));
    assertThat(end.page().last()).isTrue();
    assertThat(end.next()).isNull();
  }

  @Test
  void aShortPageOrAnEmptyOneThatFitsTheTotalEndsTheListing() {
    PageCursor second = after(exact(2), totalled(1, 2L, 900L, 0, 1));
    assertThat(second.next(totalled(2, 2L, 3L, 2)).page().last()).isTrue();
    assertThat(second.next(totalled(2, 2L, 2L)).page().last()).isTrue();
    assertThat(exact(2).next(totalled(1, 2L, 0L)).page().last()).isTrue();
  }

  @Test
  void behindAShortPageThatContradictsAnExactTotalOneMoreIsAskedFor() {
    PageCursor second = after(exact(2), totalled(1, 2L, 10L, 0, 1));
    PageCursor.Step cut = second.next(totalled(2, 2L, 10L, 2));
    assertThat(cut.page().last()).isFalse();
    assertThat(cut.page().policies()).hasSize(1);
    PageCursor behind = cut.next();
    assertThat(behind).isNotNull();
    assertMalformed(
        behind,
        totalled(3, 2L, 10L, 4, 5),
        "page 2 came short with 1 policy, but page 3 has policies");
    PageCursor.Step end = behind.next(totalled(3, 2L, 10L));
    assertThat(end.next()).isNull();
    assertThat(end.page().last()).isTrue();
    assertThat(end.page().report().drift()).isTrue();
    assertThat(end.page().report().endVerified()).isFalse();
  }

  @Test
  void aShortPageIsNotLookedBehindWithAFilterAndTheReportSaysSo() {
    PageCursor.Step end = first(1000).next(totalled(1, 1000L, 130L, 0, 1, 2));
    assertThat(end.next()).isNull();
    assertThat(end.page().report().endVerified()).isFalse();
    assertThat(first(2).next(totalled(1, 2L, 130L)).page().report().endVerified())
        .as("an empty page is an end")
        .isTrue();
    PageCursor.Step untotalled = exact(1000).next(answer(1, 1000L, 0, 1));
    assertThat(untotalled.next()).isNull();
    assertThat(untotalled.page().report().endVerified()).isFalse();
  }

  /** What a service serves that clamps pages but echoes what it was asked for. */
  private static List<Integer> clamped(int policies, int clamp, int perPage, Long total) {
    List<Integer> seen = new ArrayList<>();
    List<Integer> stored = IntStream.range(0, policies).boxed().toList();
    int requests = 0;
    TraversalReport report = NO_REPORT;
    for (PageCursor cursor = exact(perPage); cursor != null; ) {
      requests++;
      ApiResult<PageBody> answer =
          result(
              new PageBody(
                  policies(slice(stored, cursor.page(), clamp)),
                  null,
                  (long) cursor.page(),
                  (long) perPage,
                  total));
      PageCursor.Step step = cursor.next(answer);
      step.page().policies().forEach(policy -> seen.add(number(policy)));
      report = step.page().report();
      cursor = step.next();
    }
    assertThat(report.endVerified()).isTrue();
    assertThat(report.drift()).isFalse();
    assertThat(requests)
        .as("%d policies, %d a page", policies, clamp)
        .isLessThanOrEqualTo(policies / clamp + 1);
    return seen;
  }

  @Test
  void aServiceThatClampsPagesAndEchoesWhatItWasAskedForIsListedWhole() {
    for (int clamp : new int[] {1, 2, 25, 26, 65, 129, 130, 131, 1000}) {
      for (int policies : new int[] {0, 1, 24, 25, 26, 50, 130}) {
        assertThat(clamped(policies, clamp, 1000, (long) policies))
            .as("%d policies, %d a page", policies, clamp)
            .isEqualTo(IntStream.range(0, policies).boxed().toList());
      }
    }
  }

  @Test
  void pagesOfAClampingServiceSayHowLongTheyAre() {
    PageCursor.Step one = exact(1000).next(totalled(1, 1000L, 5L, 0, 1));
    assertThat(one.page().perPage()).isEqualTo(1000);
    PageCursor.Step two = one.next().next(totalled(2, 1000L, 5L, 2, 3));
    assertThat(two.page().perPage()).isEqualTo(2);
    assertThat(two.page().last()).isFalse();
    PageCursor.Step three = two.next().next(totalled(3, 1000L, 5L, 4));
    assertThat(three.page().last()).isTrue();
    assertThat(three.page().report().endVerified()).isTrue();
  }

  @Test
  void aFirstPageThatIsShorterThanTheNextHasLostPolicies() {
    PageCursor second = after(exact(1000), totalled(1, 1000L, 9L, 0, 1));
    assertMalformed(
        second,
        totalled(2, 1000L, 9L, 2, 3, 4),
        "page 1 came short with 2 policies, but page 2 has policies");
    PageCursor third = after(second, totalled(2, 1000L, 9L, 2, 3));
    assertMalformed(
        third, totalled(3, 1000L, 9L, 4, 5, 6), "page 3 has 3 policies, earlier ones 2");
    PageCursor fourth = after(third, totalled(3, 1000L, 9L, 4));
    assertMalformed(
        fourth,
        totalled(4, 1000L, 9L, 5, 6),
        "page 3 came short with 1 policy, but page 4 has policies");
  }

  @Test
  void aTotalThatIsOlderThanTheListCostsOneCallMore() {
    PageCursor second = after(exact(2), totalled(1, 2L, 5L, 0, 1));
    PageCursor third = after(second, totalled(2, 2L, 5L, 2));
    PageCursor.Step end = third.next(totalled(3, 2L, 5L));
    assertThat(end.next()).isNull();
    assertThat(end.page().report().seen()).isEqualTo(3);
  }

  @Test
  void policiesOfThePageJustBeforeAreLeftOut() {
    PageCursor second = after(first(3), answer(1, 3L, 0, 1, 2));

    PageCursor.Step step = second.next(answer(2, 3L, 2, 3, 4));

    assertThat(withoutReport(step.page())).isEqualTo(pageWithout(1, 2, 3, false, 3, 4));
    assertThat(step.next()).isNotNull();
  }

  @Test
  void policiesOfEarlierPagesAreNotLookedFor() {
    PageCursor second = after(first(3), answer(1, 3L, 0, 1, 2));
    PageCursor third = after(second, answer(2, 3L, 3, 4, 5));

    assertThat(third.next(answer(3, 3L, 0, 6, 7)).page().policies()).hasSize(3);
  }

  @Test
  void aShortPageOfNothingNewEndsTheListing() {
    PageCursor second = after(first(3), answer(1, 3L, 0, 1, 2));

    assertThat(withoutReport(second.next(answer(2, 3L, 1, 2)).page()))
        .isEqualTo(pageWithout(2, 2, 3, true));
  }

  @Test
  void aRepeatedPageIsAnErrorInAnyOrder() {
    PageCursor second = after(first(3), answer(1, 3L, 0, 1, 2));

    assertMalformed(second, answer(2, 3L, 0, 1, 2), "page 2 repeats page 1");
    assertMalformed(second, answer(null, null, 2, 0, 1), "page 2 repeats page 1");
  }

  @Test
  void aPageThatNamesAPolicyTwiceIsAnError() {
    assertMalformed(first(3), answer(1, 3L, 0, 1, 1), "page 1 names a policy twice");
    assertMalformed(
        after(first(2), answer(null, null, 0, 1)),
        answer(null, null, 3, 3),
        "page 2 names a policy twice");
  }

  @Test
  void goingBackToTheFirstPageIsAnError() {
    PageCursor third = after(after(first(2), answer(1, 2L, 0, 1)), answer(2, 2L, 2, 3));

    assertMalformed(third, answer(3, 2L, 0, 1), "page 3 repeats page 1");
  }

  @Test
  void anotherPageThanTheOneAskedForIsAnError() {
    assertMalformed(first(2), answer(2, 2L, 0, 1), "page 2 came for page 1");
    assertMalformed(
        after(first(2), answer(1, 2L, 0, 1)), answer(1, 2L, 2, 3), "page 1 came for page 2");
    assertMalformed(first(2), answer(0, 2L), "page 0 came for page 1");
  }

  @Test
  void aPageSizeThatChangesOnTheWayIsAnErrorBecausePoliciesWouldBeSkipped() {
    PageCursor second = after(first(1000), answer(1, 2L, 0, 1));

    assertMalformed(second, answer(2, 3L, 2, 3, 4), "page 2 is of 3 policies, earlier ones of 2");
    assertThat(second.next(answer(2, null, 2, 3)).next()).isNotNull();
    PageCursor third = after(second, answer(2, null, 2, 3));
    assertMalformed(third, answer(3, 3L, 4), "page 3 is of 3 policies, earlier ones of 2");
  }

  @Test
  void aContradictionHasNoStatusAsNoSingleAnswerIsToBlame() {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> first(2).next(answer(2, 2L, 0, 1)))
        .satisfies(
            e -> {
              assertThat(e.details().status()).isNull();
              assertThat(e.details().accountId()).isEqualTo(ACCOUNT);
              assertThat(e.details().cfRay()).isEqualTo("8f00-FRA");
            });
  }

  @Test
  void aListingThatStandsStillComesWholeAndOnceWhateverTheServerSaysAboutIt() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      int size = random.nextInt(60);
      int perPage = 1 + random.nextInt(20);
      int cap = 1 + random.nextInt(20);
      boolean saysSize = random.nextBoolean();
      boolean saysPage = random.nextBoolean();
      int used = Math.min(perPage, cap);
      List<Integer> stored = IntStream.range(0, size).boxed().toList();

      List<Integer> seen = new ArrayList<>();
      int requests = 0;
      for (PageCursor cursor = first(perPage); cursor != null; ) {
        requests++;
        ApiResult<PageBody> answer =
            answer(
                saysPage ? cursor.page() : null,
                saysSize ? (long) used : null,
                slice(stored, cursor.page(), used));
        PageCursor.Step step = cursor.next(answer);
        step.page().policies().forEach(policy -> seen.add(number(policy)));
        cursor = step.next();
      }

      assertThat(seen).as("seed %d round %d", seed, round).isEqualTo(stored);
      int fullPages = size / used;
      int expected = saysSize || size % used == 0 ? fullPages + 1 : fullPages + 2;
      assertThat(requests).as("seed %d round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void additionsInFrontAreNeitherSeenTwiceNorPushAnythingOut() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      int perPage = 2 + random.nextInt(10);
      List<Integer> stored =
          new ArrayList<>(IntStream.range(0, random.nextInt(80)).boxed().toList());
      Set<Integer> always = new HashSet<>(stored);
      int nextId = stored.size();

      List<Integer> seen = new ArrayList<>();
      for (PageCursor cursor = first(perPage); cursor != null; ) {
        PageCursor.Step step =
            cursor.next(
                answer(cursor.page(), (long) perPage, slice(stored, cursor.page(), perPage)));
        step.page().policies().forEach(policy -> seen.add(number(policy)));
        cursor = step.next();
        // Fewer than a page between two reads; a whole page would look like a repetition.
        for (int n = seen.size() < 500 ? random.nextInt(perPage) : 0; n > 0; n--) {
          stored.add(0, nextId++);
        }
      }

      assertThat(seen).as("seed %d round %d", seed, round).doesNotHaveDuplicates();
      assertThat(seen).as("seed %d round %d", seed, round).containsAll(always);
    }
  }

  @Test
  void anyServerIsFollowedToAnEndOrAnError() {
    long seed = 20261121;
    Random random = new Random(seed);
    int ended = 0;
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      int perPage = 1 + random.nextInt(5);
      List<Integer> stored = new ArrayList<>(IntStream.range(0, 30).boxed().toList());
      PageCursor cursor = first(perPage);
      int requests = 0;
      try {
        while (cursor != null) {
          assertThat(++requests).as("seed %d round %d", seed, round).isLessThan(200);
          // A server that forgets its page number now and then, over data that come and go.
          int served = random.nextInt(8) == 0 ? 1 : cursor.page();
          Long said = random.nextInt(4) == 0 ? null : (Long) (long) perPage;
          PageCursor.Step step = cursor.next(answer(null, said, slice(stored, served, perPage)));
          cursor = step.next();
          if (random.nextBoolean() && !stored.isEmpty()) {
            stored.remove(random.nextInt(stored.size()));
          }
        }
        ended++;
      } catch (Malformed e) {
        refused++;
        assertThat(e).hasMessageMatching("list allow policies: page \\d+ repeats page \\d+.*");
      }
    }
    assertThat(ended).isPositive();
    assertThat(refused).isPositive();
  }

  @Test
  void aCursorCanBeAskedTwice() {
    PageCursor second = after(first(2), answer(1, 2L, 0, 1));

    assertThat(second.next(answer(2, 2L, 1, 2)).page())
        .isEqualTo(second.next(answer(2, 2L, 1, 2)).page());
  }

  private static PageCursor first(int perPage) {
    return PageCursor.first(ACCOUNT, perPage, false);
  }

  private static PageCursor exact(int perPage) {
    return PageCursor.first(ACCOUNT, perPage, true);
  }

  private static ApiResult<PageBody> totalled(int page, long perPage, long total, int... ids) {
    return result(new PageBody(policies(ids), null, (long) page, perPage, total));
  }

  private static PageCursor after(PageCursor cursor, ApiResult<PageBody> answer) {
    PageCursor next = cursor.next(answer).next();
    assertThat(next).isNotNull();
    return next;
  }

  private static void assertMalformed(PageCursor cursor, ApiResult<PageBody> answer, String what) {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> cursor.next(answer))
        .withMessage("list allow policies: " + what + " [cf-ray 8f00-FRA]");
  }

  private static int[] slice(List<Integer> stored, int page, int perPage) {
    return stored.stream()
        .skip((page - 1L) * perPage)
        .limit(perPage)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static ApiResult<PageBody> answer(
      @Nullable Integer page, @Nullable Long perPage, int... ids) {
    return result(
        new PageBody(policies(ids), null, page == null ? null : page.longValue(), perPage, null));
  }

  private static ApiResult<PageBody> result(PageBody body) {
    return new ApiResult<>(body, 200, List.of(), "8f00-FRA", null);
  }

  private static Page page(int number, int perPage, boolean last, int... ids) {
    return pageWithout(0, number, perPage, last, ids);
  }

  private static Page pageWithout(
      int duplicates, int number, int perPage, boolean last, int... ids) {
    return Page.builder(policies(ids), NO_REPORT)
        .number(number)
        .perPage(perPage)
        .duplicates(duplicates)
        .last(last)
        .build();
  }

  private static Page withoutReport(Page page) {
    return Page.builder(page.policies(), NO_REPORT)
        .number(page.number())
        .perPage(page.perPage())
        .totalCount(page.totalCount())
        .duplicates(page.duplicates())
        .last(page.last())
        .position(page.position())
        .build();
  }

  private static List<AllowPolicy> policies(int... ids) {
    return IntStream.of(ids)
        .mapToObj(
            id ->
                AllowPolicy.builder().id(new PolicyId("id-" + id)).createdAt(Instant.EPOCH).build())
        .toList();
  }

  private static int number(AllowPolicy policy) {
    return Integer.parseInt(policy.id().value().substring(3));
  }
}
