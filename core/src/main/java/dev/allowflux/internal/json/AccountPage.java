package dev.allowflux.internal.json;

import dev.allowflux.model.Account;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of one page of accounts as it came.
 *
 * @param accounts the accounts in order of arrival
 * @param totalCount how many accounts there are, {@code null} where the service says nothing
 */
public record AccountPage(List<Account> accounts, @Nullable Long totalCount) {

  /**
   * Copies the list.
   *
   * @param accounts the accounts
   * @param totalCount how many there are
   */
  public AccountPage {
    accounts = List.copyOf(accounts);
  }
}
