package dev.allowflux.reactor.internal.transport;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.ApiRequest;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/**
 * Turns the errors of the network into failures of a call.
 *
 * @param request the request that failed
 */
record ExchangeFailures(ApiRequest request) {

  /**
   * How far an exchange came.
   *
   * @param sent whether its request was sent
   * @param status the status of its response, or null if none came
   */
  record Progress(boolean sent, @Nullable Integer status) {}

  /** Returns a failure as it is, and any other error as the failure it leads to. */
  EmailSecurityException of(Throwable cause, Progress progress) {
    if (cause instanceof EmailSecurityException failure) {
      return failure;
    }
    if (cause instanceof DecoderException
        && !(cause.getCause() instanceof SSLException)
        && progress.sent) {
      return malformed("the response cannot be decoded: " + cause.getMessage(), progress);
    }
    if (!progress.sent) {
      return unavailable(notSent(cause), progress, cause);
    }
    return unavailable(
        progress.status == null
            ? "the connection failed before a response came"
            : "the response broke off",
        progress,
        cause);
  }

  Unavailable unavailable(String what, Progress progress, @Nullable Throwable cause) {
    return new Unavailable(details(progress), what, cause);
  }

  Malformed malformed(String what, Progress progress) {
    return new Malformed(details(progress), what);
  }

  private static String notSent(Throwable cause) {
    if (cause instanceof PoolAcquireTimeoutException
        || cause instanceof PoolAcquirePendingLimitException) {
      return "no connection was free in time";
    }
    String refusal = proxyRefusal(cause);
    if (refusal != null) {
      return "no connection through the proxy: " + refusal;
    }
    if (cause instanceof UnresolvedAddressException) {
      // The name of the API is looked up by the proxy, if there is one.
      return "unknown host of the proxy";
    }
    if (cause instanceof UnknownHostException) {
      return "unknown host " + cause.getMessage();
    }
    if (cause instanceof NotSslRecordException) {
      // Its message is what came, in hexadecimal digits.
      return "no secure connection: the server does not speak TLS";
    }
    if (cause instanceof SSLException) {
      return "no secure connection: " + cause.getMessage();
    }
    if (cause instanceof IOException) {
      return "no connection: " + cause.getMessage();
    }
    return "the request could not be made: " + cause.getClass().getSimpleName();
  }

  /** What the proxy said, such as "status: 407 Proxy Authentication Required", or null. */
  private static @Nullable String proxyRefusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProxyConnectException) {
        String message = String.valueOf(cause.getMessage());
        return message.substring(message.lastIndexOf(", ") < 0 ? 0 : message.lastIndexOf(", ") + 2);
      }
    }
    return null;
  }

  private FailureDetails details(Progress progress) {
    return FailureDetails.builder(request.operation(), request.account())
        .status(progress.status)
        .requestSent(progress.status != null ? Sent.YES : progress.sent ? Sent.UNKNOWN : Sent.NO)
        .build();
  }
}
