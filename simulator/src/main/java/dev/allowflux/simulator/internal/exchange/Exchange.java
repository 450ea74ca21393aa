package dev.allowflux.simulator.internal.exchange;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Operation;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request and its state; written by its connection, read by any thread. */
public final class Exchange {
  /** The fault of a request that has none. */
  public static final Fault NO_FAULT = Fault.none();

  private final long number;
  private final long arrivedNanos;
  private final Request request;
  private volatile @Nullable Operation operation;
  private volatile @Nullable String accountId;
  private volatile @Nullable String userToken;
  private volatile int status;
  private volatile boolean carriedOut;
  private volatile List<String> created = List.of();
  private volatile List<String> edited = List.of();
  private volatile List<String> deleted = List.of();

  /** The fault that was selected, and whether it has happened. */
  private volatile Fault fault = NO_FAULT;

  private volatile boolean faultHappened;

  private @Nullable QuotaState quota;

  private boolean ended;

  Exchange(long number, long arrivedNanos, Request request) {
    this.number = number;
    this.arrivedNanos = arrivedNanos;
    this.request = request;
  }

  public long number() {
    return number;
  }

  public long arrivedNanos() {
    return arrivedNanos;
  }

  public Request request() {
    return request;
  }

  public Map<String, List<String>> headers() {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String name : request.headers().names()) {
      headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(request.headers().getAll(name)));
    }
    return Collections.unmodifiableMap(headers);
  }

  /** The account in the path, or null if the request has no route. */
  public @Nullable String accountId() {
    return accountId;
  }

  public void accountId(String accountId) {
    this.accountId = accountId;
  }

  /** The token of the user that the request belongs to, or null if that is nobody. */
  public @Nullable String userToken() {
    return userToken;
  }

  public void userToken(String userToken) {
    this.userToken = userToken;
  }

  public @Nullable Operation operation() {
    return operation;
  }

  public void operation(Operation operation) {
    this.operation = operation;
  }

  /** The quota after this request, or null if the request was not counted. */
  public @Nullable QuotaState quota() {
    return quota;
  }

  public void quota(QuotaState quota) {
    this.quota = quota;
  }

  public int status() {
    return status;
  }

  void status(int status) {
    this.status = status;
  }

  /** Notes the ids of the policies that the request changed, even if only a part was done. */
  public void changed(List<String> created, List<String> edited, List<String> deleted) {
    this.created = created;
    this.edited = edited;
    this.deleted = deleted;
  }

  public List<String> created() {
    return created;
  }

  public List<String> edited() {
    return edited;
  }

  public List<String> deleted() {
    return deleted;
  }

  public boolean carriedOut() {
    return carriedOut;
  }

  public void setCarriedOut() {
    carriedOut = true;
  }

  public Fault selectedFault() {
    return fault;
  }

  public void selectedFault(Fault fault) {
    this.fault = fault;
  }

  /** The fault that happened, or null. */
  public @Nullable Fault fault() {
    return faultHappened ? fault : null;
  }

  /** Notes that the fault happens; returns false if there is none. */
  boolean faultHappens() {
    faultHappened = fault != NO_FAULT;
    return faultHappened;
  }

  /** Notes the end; returns false the second time. Only the log calls it, under its lock. */
  boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }
}
