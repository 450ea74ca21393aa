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

  /** What the script wants to happen, and whether it has begun to. */
  private volatile Fault fault = Fault.NONE;

  private volatile boolean faultMet;

  private Quota.@Nullable State quota;

  private boolean ended;

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

  /** What the request left of the quota, or null if it took nothing from it. */
  Quota.@Nullable State quota() {
    return quota;
  }

  void quota(Quota.State quota) {
    this.quota = quota;
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

  Fault scriptedFault() {
    return fault;
  }

  void scriptedFault(Fault fault) {
    this.fault = fault;
  }

  /** The fault that happened, or null. */
  @Nullable Fault fault() {
    return faultMet ? fault : null;
  }

  /** Notes that the fault happens; false if there is none. */
  boolean meetFault() {
    faultMet = fault != Fault.NONE;
    return faultMet;
  }

  /** Notes the end; false if it was noted before. Only the journal calls it, under its lock. */
  boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }
}
