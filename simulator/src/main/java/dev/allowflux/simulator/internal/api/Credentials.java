package dev.allowflux.simulator.internal.api;

import org.jspecify.annotations.Nullable;

/**
 * The credentials of a user; one that is null does not exist.
 *
 * @param token the API token that may read and write
 * @param readOnlyToken the API token that may only read
 */
public record Credentials(
    String token,
    @Nullable String readOnlyToken,
    @Nullable String email,
    @Nullable String key,
    @Nullable String serviceKey) {

  /** The credentials of a user who has nothing but a token. */
  public static Credentials ofToken(String token) {
    return new Credentials(token, null, null, null, null);
  }

  public boolean hasToken(String given) {
    return given.equals(token) || given.equals(readOnlyToken);
  }

  boolean hasKey(String givenEmail, String givenKey) {
    return givenEmail.equals(email) && givenKey.equals(key);
  }

  boolean hasServiceKey(String given) {
    return given.equals(serviceKey);
  }

  @Override
  public String toString() {
    return "Credentials[...]";
  }
}
