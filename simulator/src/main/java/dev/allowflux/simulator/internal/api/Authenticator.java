package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.internal.exchange.Refusal;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.function.Predicate;

/** Finds the user of a request by its credential, and the account by its path. */
public record Authenticator(List<User> users, List<Account> accounts) {
  private static final String BEARER = "Bearer ";

  /** A user, and whether the credential may write. */
  record Identity(User user, boolean mayWrite) {}

  /**
   * Returns the account of a route.
   *
   * @throws Refusal if the user may not use it, or the operation writes and the credential may only
   *     read
   */
  Account authorize(Identity identity, Route route) {
    if (!identity.user().mayUse(route.account())) {
      throw Refusal.of(403, 10_000, "Authentication error: no access to this account");
    }
    if (route.operation().isWrite() && !identity.mayWrite()) {
      throw Refusal.of(403, 10_000, "Authentication error: this token may only read");
    }
    for (Account account : accounts) {
      if (account.id().equals(route.account())) {
        return account;
      }
    }
    throw new IllegalStateException("no account " + route.account());
  }

  /**
   * Checks that a request has exactly one valid credential.
   *
   * @throws Refusal if it has none, a wrong one, or several
   */
  Identity authenticate(HttpHeaders headers) {
    boolean hasToken = headers.contains("authorization");
    boolean hasKey = headers.contains("x-auth-email") || headers.contains("x-auth-key");
    boolean hasServiceKey = headers.contains("x-auth-user-service-key");
    if (!hasToken && !hasKey && !hasServiceKey) {
      throw Refusal.of(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
    }
    if ((hasToken && hasKey) || (hasToken && hasServiceKey) || (hasKey && hasServiceKey)) {
      throw Refusal.badHeader("more than one authentication scheme");
    }
    if (hasToken) {
      String token = bearer(single(headers, "authorization"));
      User user = find(credentials -> credentials.hasToken(token));
      return new Identity(user, token.equals(user.credentials().token()));
    }
    if (hasServiceKey) {
      String serviceKey = single(headers, "x-auth-user-service-key");
      return new Identity(find(credentials -> credentials.hasServiceKey(serviceKey)), true);
    }
    String email = single(headers, "x-auth-email");
    String key = single(headers, "x-auth-key");
    return new Identity(find(credentials -> credentials.hasKey(email, key)), true);
  }

  private User find(Predicate<Credentials> matches) {
    for (User user : users) {
      if (matches.test(user.credentials()) && !user.revoked().get()) {
        return user;
      }
    }
    throw Refusal.of(401, 10_000, "Authentication error");
  }

  private static String single(HttpHeaders headers, String name) {
    List<String> values = headers.getAll(name);
    if (values.size() != 1 || values.get(0).isBlank()) {
      throw Refusal.badHeader(name + " is needed once");
    }
    return values.get(0);
  }

  private static String bearer(String authorization) {
    String token =
        authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length())
            : "";
    if (!token.matches("[A-Za-z0-9._~+/-]+=*")) {
      throw Refusal.badHeader("invalid format for authorization header");
    }
    return token;
  }
}
