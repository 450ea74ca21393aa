package dev.allowflux.internal.paging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.AccountPage;
import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.internal.json.UnreadableException;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountCursorTest {
  private final AccountCursor cursor = new AccountCursor();

  private static ApiResult<AccountPage> page(int from, int to, @Nullable Long total) {
    List<Account> accounts =
        IntStream.range(from, to)
            .mapToObj(i -> new Account(new AccountId("a" + i), "Account " + i))
            .toList();
    return new ApiResult<>(new AccountPage(accounts, total), 200, List.of(), null, null);
  }

  @Test
  void shortPageEndsTheListingWhereTheTotalConfirmsIt() {
    assertThat(cursor.next(page(0, 50, 53L))).hasSize(50);
    assertThat(cursor.isEnded()).isFalse();
    assertThat(cursor.page()).isEqualTo(2);
    assertThat(cursor.next(page(50, 53, 53L))).hasSize(3);
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void totalThatCountsTooFewHidesNoAccount() {
    assertThat(cursor.next(page(0, 50, 50L))).hasSize(50);
    assertThat(cursor.isEnded()).isFalse();
    assertThat(cursor.next(page(50, 60, 50L))).hasSize(10);
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void pagesShorterThanRequestedAreReadToTheLast() {
    for (int from = 0; from < 60; from += 20) {
      assertThat(cursor.next(page(from, from + 20, null))).hasSize(20);
      assertThat(cursor.isEnded()).isFalse();
    }
    assertThat(cursor.next(page(60, 60, null))).isEmpty();
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void serviceThatRepeatsItsFirstPageForEverEndsTheListing() {
    assertThat(cursor.next(page(0, 50, null))).hasSize(50);
    assertThat(cursor.next(page(0, 50, null))).isEmpty();
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void repeatedPageIsNoEndWhereTheServiceCountsMore() {
    cursor.next(page(0, 50, 120L));

    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> cursor.next(page(0, 50, 120L)))
        .withMessageContaining("50 of 120")
        .satisfies(
            failure ->
                assertThat(failure.details().operation()).isEqualTo(Operation.LIST_ACCOUNTS));
  }

  @Test
  void emptyPageIsNoEndWhereTheServiceCountsMore() {
    cursor.next(page(0, 50, 120L));

    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> cursor.next(page(50, 50, 120L)))
        .withMessageContaining("page 2 is empty: 50 of 120 accounts came");
  }

  @Test
  void emptyPageThatTellsNoTotalIsNoEndEither() {
    cursor.next(page(0, 50, 120L));

    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> cursor.next(page(50, 50, null)))
        .withMessageContaining("50 of 120");
  }

  @Test
  void firstPageWithoutTheAccountsThatItCountsIsRefused() {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> cursor.next(page(0, 0, 1L)))
        .withMessageContaining("0 of 1");
    assertThat(new AccountCursor().next(page(0, 0, 0L))).isEmpty();
  }

  @Test
  void emptyPageEndsTheListingWhereTheTotalCameDown() {
    cursor.next(page(0, 50, 53L));

    assertThat(cursor.next(page(50, 50, 50L))).isEmpty();
    assertThat(cursor.isEnded()).isTrue();
  }

  /** It came before the accounts of the first page, and moved the others on. */
  @Test
  void accountThatJoinsMeanwhileIsNotWaitedFor() {
    cursor.next(page(0, 50, 53L));

    assertThat(cursor.next(page(49, 53, 54L))).hasSize(3);
    assertThat(cursor.isEnded()).isFalse();
    assertThat(cursor.next(page(53, 53, 54L))).isEmpty();
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void accountThatMovedToTheNextPageComesOnce() {
    cursor.next(page(0, 50, 60L));

    assertThat(cursor.next(page(49, 60, 60L)))
        .extracting(a -> a.id().value())
        .doesNotContain("a49");
    assertThat(cursor.isEnded()).isTrue();
  }

  @Test
  void endlessListOfNewAccountsIsRefused() {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(
            () -> {
              for (int from = 0; !cursor.isEnded(); from += 50) {
                cursor.next(page(from, from + 50, null));
              }
            })
        .withMessageContaining("100000");
    assertThat(cursor.page()).isEqualTo(2001);
  }

  @Test
  void unknownFieldsAndAMissingNamePass() {
    AccountPage read =
        read(
            "{\"id\":\"a1\",\"settings\":{\"x\":[1]},\"name\":\"Müller \\u0026 Co\"},"
                + "{\"id\":\"a2\",\"name\":null},{\"id\":\"a3\"}");

    assertThat(read.accounts())
        .containsExactly(
            new Account(new AccountId("a1"), "Müller & Co"),
            new Account(new AccountId("a2"), ""),
            new Account(new AccountId("a3"), ""));
    assertThat(read.totalCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"n\"}",
        "{\"id\":\"..\"}",
        "{\"id\":7}",
        "{\"id\":\"123456789012345678901234567890123\"}",
        "\"a1\"",
        "{\"id\":\"a1\",\"name\":[]}"
      })
  void whatIsNoAccountIsRefused(String item) {
    assertThatExceptionOfType(UnreadableException.class)
        .isThrownBy(() -> read(item))
        .withMessageStartingWith("/result/0");
  }

  private static AccountPage read(String items) {
    byte[] body =
        ("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":["
                + items
                + "],\"result_info\":{\"page\":1,\"total_count\":3,\"total_pages\":1}}")
            .getBytes(UTF_8);
    AccountPage page = BodyJson.readAccounts(body, 0, body.length).result();
    assertThat(page).isNotNull();
    return page;
  }
}
