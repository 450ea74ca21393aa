package dev.allowflux.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The script that the server runs, and the keys that it uses. */
final class QuotaScript {

  static final String TEXT = text();
  static final String SHA1 = sha1(TEXT);

  private QuotaScript() {}

  /** The keys of a quota; the braces keep them on one node of a cluster. */
  static List<String> keys(String name) {
    return Stream.of("state", "interactive", "bulk", "interactive-open", "bulk-open", "processes")
        .map(part -> "allowflux:{" + name + "}:" + part)
        .toList();
  }

  private static String text() {
    try (InputStream script = QuotaScript.class.getResourceAsStream("quota.lua")) {
      return new String(requireNonNull(script).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name by which the server knows a script. */
  static String sha1(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
