package dev.allowflux.simulator.internal.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request as it was sent.
 *
 * @param target path and query as they stand in the request line
 * @param refusal why it could not be read to its end, or null
 */
@SuppressWarnings("ArrayRecordComponent") // Requests are never compared.
public record Request(
    String method,
    String target,
    HttpHeaders headers,
    byte[] body,
    boolean keepAlive,
    @Nullable Refusal refusal) {

  public boolean acceptsGzip() {
    for (String value : headers.getAll(HttpHeaderNames.ACCEPT_ENCODING)) {
      for (String coding : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        String plain = coding.replace(" ", "");
        if (plain.equals("gzip") || (plain.startsWith("gzip;q=") && !plain.matches(".*=0\\.?0*"))) {
          return true;
        }
      }
    }
    return false;
  }
}
