package dev.allowflux.reactor.internal.transport;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that connections go through.
 *
 * @param address where it is
 * @param user who asks it, or null if it asks nobody
 * @param password the user's password, or null
 */
public record HttpProxy(
    InetSocketAddress address, @Nullable String user, @Nullable String password) {

  /** Shows the address and no secret. */
  @Override
  public String toString() {
    return "HttpProxy[" + address + (user == null ? "" : ", with a user") + "]";
  }
}
