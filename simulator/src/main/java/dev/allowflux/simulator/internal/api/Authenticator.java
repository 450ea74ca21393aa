package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.internal.exchange.Refusal;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/** Checks credentials: one user of one account has four of them. */
public record Authenticator(
    String account,
    String token,
    String readOnlyToken,
    String email,
    String key,
    String serviceKey) {

  private static final String BEARER = "Bearer ";

  /**
   * Checks that a request has exactly one valid credential.
   *
   * @return whether the credential may write
   * @throws Refusal if it has none, a wrong one, or several
   */
  boolean mayWrite(HttpHeaders headers) {
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
      String given = bearer(single(headers, "authorization"));
      boolean full = given.equals(token);
      return passed(full || given.equals(readOnlyToken)) && full;
    }
    if (hasServiceKey) {
      return passed(single(headers, "x-auth-user-service-key").equals(serviceKey));
    }
    String givenEmail = single(headers, "x-auth-email");
    return passed(single(headers, "x-auth-key").equals(key) && givenEmail.equals(email));
  }

  /**
   * Checks that a credential may use a route.
   *
   * @throws Refusal if the account is another one, or the operation writes and the credential may
   *     only read
   */
  void authorize(boolean mayWrite, Route route) {
    if (!route.account().equals(account)) {
      throw Refusal.of(403, 10_000, "Authentication error: no access to this account");
    }
    if (route.operation().isWrite() && !mayWrite) {
      throw Refusal.of(403, 10_000, "Authentication error: this token may only read");
    }
  }

  private static boolean passed(boolean good) {
    if (!good) {
      throw Refusal.of(401, 10_000, "Authentication error");
    }
    return true;
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
