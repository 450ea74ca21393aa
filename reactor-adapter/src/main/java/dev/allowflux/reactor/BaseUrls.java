package dev.allowflux.reactor;

import java.net.URI;
import java.net.URISyntaxException;

/** Reads the address of an API, and refuses one that a credential must not be sent to. */
final class BaseUrls {

  private static final int MAX_PORT = 65_535;

  private BaseUrls() {}

  static URI checked(String url) {
    URI uri;
    try {
      uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "base URL is not an address: " + e.getReason() + " at index " + e.getIndex(), e);
    }
    String scheme = uri.getScheme();
    String host = uri.getHost();
    if (host == null || !("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))) {
      throw new IllegalArgumentException(
          "base URL must be an absolute https address such as " + ClientSettings.DEFAULT_BASE_URL);
    }
    if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
      throw new IllegalArgumentException(
          "the port of the base URL must be from 1 to 65535, but is " + uri.getPort());
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("base URL must not hold a user, a query or a fragment");
    }
    if ("http".equalsIgnoreCase(scheme) && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "base URL must be https, since http would send the credential in the clear; http is"
              + " accepted for loopback hosts only, not for "
              + host);
    }
    return uri;
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
