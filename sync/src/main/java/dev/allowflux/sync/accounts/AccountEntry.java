package dev.allowflux.sync.accounts;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An account of a list, where its credential is, never the credential itself, and how its desired
 * policies differ from those that all accounts have ({@link DesiredStates}).
 *
 * @param account the account
 * @param name what people call it; empty if it has no name
 * @param credential {@code env:NAME} or {@code file:PATH}, where an API token is, or {@code null}
 *     for the credential that is used where a list names none
 * @param add the file of the policies that the account has besides the base, or {@code null}
 * @param without the file of the policies of the base that the account does not have, or {@code
 *     null}
 * @since 0.1
 */
public record AccountEntry(
    AccountId account,
    String name,
    @Nullable String credential,
    @Nullable Path add,
    @Nullable Path without) {
  private static final Pattern REFERENCE =
      Pattern.compile("env:[A-Za-z_][A-Za-z0-9_]*|file:[^\\p{Cntrl}]+");

  /**
   * Checks the reference.
   *
   * @param account the account
   * @param name what people call it
   * @param credential where its credential is, or null
   * @param add the file of what it has besides the base, or null
   * @param without the file of what it does not have of the base, or null
   * @throws IllegalArgumentException if the reference has another form, where the message does not
   *     repeat it, since somebody may have put the token there; or if both files are one
   */
  public AccountEntry {
    requireNonNull(account, "account");
    requireNonNull(name, "name");
    if (credential != null && !REFERENCE.matcher(credential).matches()) {
      throw new IllegalArgumentException(
          "credential must be env:NAME or file:PATH, which say where the token is");
    }
    if (add != null && without != null && add.normalize().equals(without.normalize())) {
      throw new IllegalArgumentException("add and without are the same file: " + add);
    }
  }

  /**
   * Makes the entry of an account that has the base as it is.
   *
   * @param account the account
   * @param name what people call it
   * @param credential where its credential is, or null
   * @throws IllegalArgumentException if the reference has another form
   */
  public AccountEntry(AccountId account, String name, @Nullable String credential) {
    this(account, name, credential, null, null);
  }

  /** Returns the id, with the name behind it if there is one. */
  @Override
  public String toString() {
    return name.isEmpty() ? account.value() : account.value() + " (" + name + ")";
  }
}
