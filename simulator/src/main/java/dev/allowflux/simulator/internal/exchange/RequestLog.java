package dev.allowflux.simulator.internal.exchange;

import dev.allowflux.simulator.Fault;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The last exchanges, and counts of all since the start. */
public final class RequestLog {
  private final int capacity;
  private final Deque<Exchange> exchanges = new ArrayDeque<>();
  private final Map<Integer, Long> responses = new TreeMap<>();
  private final Map<Fault.Kind, Long> faults = new EnumMap<>(Fault.Kind.class);
  private long requests;
  private long connections;
  private int openConnections;
  private int inFlight;
  private int peak;
  private int pendingWrites;

  /**
   * Makes an empty log.
   *
   * @param capacity how many exchanges it keeps
   */
  public RequestLog(int capacity) {
    this.capacity = capacity;
  }

  /** Forgets all exchanges and counts, except what is in flight or open. */
  public synchronized void reset() {
    exchanges.clear();
    responses.clear();
    faults.clear();
    requests = 0;
    connections = 0;
    peak = inFlight;
  }

  public synchronized Exchange begin(Request request, long arrivedNanos) {
    Exchange exchange = new Exchange(++requests, arrivedNanos, request);
    if (exchanges.size() == capacity) {
      exchanges.pollFirst();
    }
    if (capacity > 0) {
      exchanges.addLast(exchange);
    }
    peak = Math.max(peak, ++inFlight);
    return exchange;
  }

  public synchronized void end(Exchange exchange) {
    if (exchange.end()) {
      inFlight--;
    }
  }

  /** Counts the fault of an exchange, if it has one. */
  public synchronized void faultHappens(Exchange exchange) {
    if (exchange.faultHappens()) {
      faults.merge(exchange.selectedFault().kind(), 1L, Long::sum);
    }
  }

  public synchronized void responded(Exchange exchange, int status) {
    exchange.status(status);
    responses.merge(status, 1L, Long::sum);
  }

  public synchronized void connectionOpened() {
    connections++;
    openConnections++;
  }

  public synchronized void connectionClosed() {
    openConnections--;
  }

  public synchronized void writeDelayed() {
    pendingWrites++;
  }

  public synchronized void delayedWriteEnded() {
    pendingWrites--;
  }

  public synchronized int pendingWrites() {
    return pendingWrites;
  }

  public synchronized List<Exchange> exchanges() {
    return List.copyOf(exchanges);
  }

  public synchronized List<Exchange> takeExchanges() {
    List<Exchange> taken = exchanges();
    exchanges.clear();
    return taken;
  }

  public synchronized long requestCount() {
    return requests;
  }

  public synchronized Map<Integer, Long> responseCounts() {
    return Map.copyOf(responses);
  }

  public synchronized Map<Fault.Kind, Long> faultCounts() {
    return Map.copyOf(faults);
  }

  public synchronized int peakInFlight() {
    return peak;
  }

  public synchronized long connectionCount() {
    return connections;
  }

  public synchronized int openConnections() {
    return openConnections;
  }
}
