package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.exchange.Refusal;
import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The operation, account and policy of a request.
 *
 * @param account the account, or empty if the operation addresses none
 * @param policyId the last segment of the path, or empty if the operation has none
 */
public record Route(Operation operation, String account, String policyId) {
  public static final String BASE_PATH = "/client/v4";

  private static final String[] FIXED = {"email-security", "settings", "allow_policies"};

  /**
   * Finds the route.
   *
   * @throws Refusal with 404 if there is none, with 405 if there is none for the method
   */
  static Route of(String method, String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (path.equals(BASE_PATH + "/accounts")) {
      if (!method.equals("GET")) {
        throw noMethod(method);
      }
      return new Route(Operation.LIST_ACCOUNTS, "", "");
    }
    String prefix = BASE_PATH + "/accounts/";
    String[] segments =
        path.startsWith(prefix) ? path.substring(prefix.length()).split("/", -1) : new String[0];
    if (segments.length < 4 || segments.length > 5) {
      throw noRoute(path);
    }
    for (int i = 0; i < FIXED.length; i++) {
      if (!segments[i + 1].equals(FIXED[i])) {
        throw noRoute(path);
      }
    }
    String account = decode(segments[0], path);
    String last = segments.length == 5 ? decode(segments[4], path) : null;
    Operation operation = operation(method, last);
    if (operation == null) {
      throw noMethod(method);
    }
    return new Route(operation, account, last == null ? "" : last);
  }

  private static @Nullable Operation operation(String method, @Nullable String last) {
    if (last == null) {
      return switch (method) {
        case "GET" -> Operation.LIST;
        case "POST" -> Operation.CREATE;
        default -> null;
      };
    }
    return switch (method) {
      case "GET" -> Operation.GET;
      case "PATCH" -> Operation.EDIT;
      case "DELETE" -> Operation.DELETE;
      case "POST" -> last.equals("batch") ? Operation.BATCH : null;
      default -> null;
    };
  }

  private static String decode(String segment, String path) {
    try {
      String text = QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
      if (!text.isEmpty()) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // A broken percent escape has no route.
    }
    throw noRoute(path);
  }

  private static Refusal noMethod(String method) {
    return Refusal.of(405, 7001, "Method " + method + " not available for that URI");
  }

  private static Refusal noRoute(String path) {
    return Refusal.of(404, 7003, "No route for the URI " + path);
  }
}
