package dev.allowflux.benchmarks.peer;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the simulator of a measurement listens and how many policies it has.
 *
 * @param gzip whether it compresses, so that clients which accept gzip only when set to are set to
 */
public record Endpoint(String baseUrl, String account, String token, int policies, boolean gzip) {
  public static final int PER_PAGE = 1000;

  private static final String PREFIX = "allowflux.benchmarks.";

  /** The one that the system properties of this JVM tell. */
  public static Endpoint ofThisProcess() {
    return new Endpoint(
        property("baseUrl"),
        property("account"),
        property("token"),
        Integer.parseInt(property("policies")),
        Boolean.parseBoolean(property("gzip")));
  }

  private static String property(String name) {
    String value = System.getProperty(PREFIX + name);
    if (value == null) {
      throw new IllegalStateException(
          "set -D" + PREFIX + name + ", as the driver does for a benchmark that needs a server");
    }
    return value;
  }

  /** What makes another JVM use this one. */
  public List<String> jvmArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("-D" + PREFIX + "baseUrl=" + baseUrl);
    arguments.add("-D" + PREFIX + "account=" + account);
    arguments.add("-D" + PREFIX + "token=" + token);
    arguments.add("-D" + PREFIX + "policies=" + policies);
    arguments.add("-D" + PREFIX + "gzip=" + gzip);
    return arguments;
  }

  public int pages() {
    return Math.max(1, (policies + PER_PAGE - 1) / PER_PAGE);
  }

  public String pageUri(int page) {
    return baseUrl + pagePath(page);
  }

  String pagePath(int page) {
    return "/accounts/"
        + account
        + "/email-security/settings/allow_policies?page="
        + page
        + "&per_page="
        + PER_PAGE;
  }

  public String authorization() {
    return "Bearer " + token;
  }
}
