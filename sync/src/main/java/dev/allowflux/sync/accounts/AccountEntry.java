package dev.allowflux.sync.accounts;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An account of a list, and where its credential is; never the credential itself.
 *
 * @param account the account
 * @param name what people call it; empty if it has no name
 * @param credential {@code env:NAME} or {@code file:PATH}, where an API token is, or {@code null}
 *     for the credential that is used where a list names none
 * @since 0.1
 */
public record AccountEntry(AccountId account, String name, @Nullable String credential) {
  private static final Pattern REFERENCE =
      Pattern.compile("env:[A-Za-z_][A-Za-z0-9_]*|file:[^\\p{Cntrl}]+");

  /**
   * Checks the reference.
   *
   * @param account the account
   * @param name what people call it
   * @param credential where its credential is, or null
   * @throws IllegalArgumentException if the reference has another form; the message does not repeat
   *     it, since somebody may have put the token there
   */
  public AccountEntry {
    requireNonNull(account, "account");
    requireNonNull(name, "name");
    if (credential != null && !REFERENCE.matcher(credential).matches()) {
      throw new IllegalArgumentException(
          "credential must be env:NAME or file:PATH, which say where the token is");
    }
  }

  /** Returns the id, with the name behind it if there is one. */
  @Override
  public String toString() {
    return name.isEmpty() ? account.value() : account.value() + " (" + name + ")";
  }
}
