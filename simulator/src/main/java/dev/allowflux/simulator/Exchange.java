package dev.allowflux.simulator;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request and what becomes of it; written by its connection, read by anybody. */
final class Exchange {
  private final long number;
  private final long arrivedNanos;
  private final Request request;
  private volatile @Nullable Operation operation;
  private volatile int status;
  private volatile boolean carriedOut;

  Exchange(long number, long arrivedNanos, Request request) {
    this.number = number;
    this.arrivedNanos = arrivedNanos;
    this.request = request;
  }

  long number() {
    return number;
  }

  long arrivedNanos() {
    return arrivedNanos;
  }

  Request request() {
    return request;
  }

  Map<String, List<String>> headers() {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String name : request.headers().names()) {
      headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(request.headers().getAll(name)));
    }
    return Collections.unmodifiableMap(headers);
  }

  @Nullable Operation operation() {
    return operation;
  }

  void operation(Operation operation) {
    this.operation = operation;
  }

  int status() {
    return status;
  }

  void status(int status) {
    this.status = status;
  }

  boolean carriedOut() {
    return carriedOut;
  }

  void setCarriedOut() {
    carriedOut = true;
  }
}
