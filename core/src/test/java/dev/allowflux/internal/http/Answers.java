package dev.allowflux.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers for tests: a status, a body, and headers of which a good answer has two. */
public final class Answers {
  public static final List<String> GOLDEN =
      List.of(
          "policy-full",
          "policy-minimal",
          "policy-odd",
          "page-first",
          "page-empty",
          "deleted",
          "batch",
          "error-not-found",
          "error-credential",
          "error-subscription",
          "error-throttled",
          "error-odd-forms");

  private Answers() {}

  public static byte[] golden(String name) {
    try (InputStream in = Answers.class.getResourceAsStream("golden/" + name + ".json")) {
      if (in == null) {
        throw new IllegalArgumentException("no golden answer " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ApiResponse of(int status, String body, String... namesAndValues) {
    return of(status, body.getBytes(UTF_8), namesAndValues);
  }

  /** The body lies within a larger array, as it does in a pooled buffer. */
  public static ApiResponse of(int status, byte[] body, String... namesAndValues) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("content-type", List.of("application/json; charset=utf-8"));
    headers.put("cf-ray", List.of("8f00-FRA"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    byte[] larger = new byte[body.length + 7];
    Arrays.fill(larger, (byte) '"');
    System.arraycopy(body, 0, larger, 3, body.length);
    return new ApiResponse(
        status,
        ResponseHeaders.of(name -> headers.getOrDefault(name, List.of())),
        larger,
        3,
        body.length);
  }
}
