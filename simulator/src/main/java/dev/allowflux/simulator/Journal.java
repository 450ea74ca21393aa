package dev.allowflux.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What happened so far: the last exchanges, and counts that know no bound. */
final class Journal {
  private final int capacity;
  private final Deque<Exchange> exchanges = new ArrayDeque<>();
  private final Map<Integer, Long> answers = new TreeMap<>();
  private final Map<Fault.Kind, Long> faults = new EnumMap<>(Fault.Kind.class);
  private long requests;
  private long connections;
  private int openConnections;
  private int underway;
  private int peak;

  Journal(int capacity) {
    this.capacity = capacity;
  }

  synchronized Exchange begin(Request request, long arrivedNanos) {
    Exchange exchange = new Exchange(++requests, arrivedNanos, request);
    if (exchanges.size() == capacity) {
      exchanges.pollFirst();
    }
    if (capacity > 0) {
      exchanges.addLast(exchange);
    }
    peak = Math.max(peak, ++underway);
    return exchange;
  }

  synchronized void end(Exchange exchange) {
    if (exchange.end()) {
      underway--;
    }
  }

  /** Counts the fault of an exchange, if it has one. */
  synchronized void met(Exchange exchange) {
    if (exchange.meetFault()) {
      faults.merge(exchange.scriptedFault().kind(), 1L, Long::sum);
    }
  }

  synchronized void answered(Exchange exchange, int status) {
    exchange.status(status);
    answers.merge(status, 1L, Long::sum);
  }

  synchronized void opened() {
    connections++;
    openConnections++;
  }

  synchronized void closed() {
    openConnections--;
  }

  synchronized List<RecordedRequest> requests() {
    return exchanges.stream().map(RecordedRequest::new).toList();
  }

  synchronized List<RecordedRequest> takeRequests() {
    List<RecordedRequest> taken = requests();
    exchanges.clear();
    return taken;
  }

  synchronized long requestCount() {
    return requests;
  }

  synchronized Map<Integer, Long> answers() {
    return Map.copyOf(answers);
  }

  synchronized Map<Fault.Kind, Long> faults() {
    return Map.copyOf(faults);
  }

  synchronized int peak() {
    return peak;
  }

  synchronized long connections() {
    return connections;
  }

  synchronized int openConnections() {
    return openConnections;
  }
}
