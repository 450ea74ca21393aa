package dev.allowflux.internal.quota;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * In which order waiting calls are served.
 *
 * <p>Interactive calls come before bulk calls, in the order of their arrival, but of ten calls in a
 * row that are served while both kinds wait, one is a bulk call. Bulk calls are served in turn: one
 * account after another, and within an account one job after another, each job in the order of its
 * arrivals. A bulk call whose permit was called back comes before all others.
 *
 * <p>Not safe for use by several threads: the owner guards it.
 *
 * @param <T> the owner's kind of waiting call
 */
public final class CallLine<T extends CallLine.Member> {

  /** How many interactive calls may be served in a row while a bulk call waits. */
  static final int PASSES = 9;

  private final TreeMap<Long, T> interactive = new TreeMap<>();
  private final TreeMap<Long, T> again = new TreeMap<>();

  /** The accounts in the order of their turns, each with its jobs in the order of theirs. */
  private final LinkedHashMap<Object, Account<T>> accounts = new LinkedHashMap<>();

  private int bulk;
  private int passes;

  /** A waiting call. */
  public interface Member {
    /** Returns its position in the order of arrivals, which no other call has. */
    long position();

    /** Tells whether it is one of many. */
    boolean isBulk();

    /** Tells whether it was let in before, and its permit was called back. */
    boolean isAgain();

    /** Returns the account that it is for. */
    Object account();

    /** Returns the job that it is a part of. */
    Object job();
  }

  private static final class Account<T> {
    private final LinkedHashMap<Object, TreeMap<Long, T>> jobs = new LinkedHashMap<>();
    private int size;
  }

  /** Returns how many calls wait. */
  public int size() {
    return interactive.size() + bulk;
  }

  /** Returns how many interactive calls wait. */
  public int interactive() {
    return interactive.size();
  }

  /** Returns how many bulk calls wait. */
  public int bulk() {
    return bulk;
  }

  /** Tells whether nobody waits. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Adds a call. */
  public void add(T call) {
    if (!call.isBulk()) {
      interactive.put(call.position(), call);
      return;
    }
    bulk++;
    if (call.isAgain()) {
      again.put(call.position(), call);
      return;
    }
    Account<T> account = accounts.computeIfAbsent(call.account(), key -> new Account<>());
    account.size++;
    account.jobs.computeIfAbsent(call.job(), key -> new TreeMap<>()).put(call.position(), call);
  }

  /**
   * Removes a call, wherever it is.
   *
   * @return whether it was there
   */
  public boolean remove(T call) {
    if (!call.isBulk()) {
      return interactive.remove(call.position(), call);
    }
    if (call.isAgain()) {
      boolean found = again.remove(call.position(), call);
      bulk -= found ? 1 : 0;
      return found;
    }
    Account<T> account = accounts.get(call.account());
    TreeMap<Long, T> job = account == null ? null : account.jobs.get(call.job());
    if (account == null || job == null || !job.remove(call.position(), call)) {
      return false;
    }
    bulk--;
    account.size--;
    if (job.isEmpty()) {
      account.jobs.remove(call.job());
    }
    if (account.size == 0) {
      accounts.remove(call.account());
    }
    return true;
  }

  /** Tells whether it is the turn of a bulk call, if calls of both kinds may be served now. */
  public boolean isTurnOfBulk() {
    return bulk > 0 && (interactive.isEmpty() || passes >= PASSES);
  }

  /** Returns the next call of a kind, or null if none waits. */
  public @Nullable T first(boolean ofBulk) {
    if (!ofBulk) {
      return interactive.isEmpty() ? null : interactive.firstEntry().getValue();
    }
    if (!again.isEmpty()) {
      return again.firstEntry().getValue();
    }
    return accounts.isEmpty()
        ? null
        : accounts
            .values()
            .iterator()
            .next()
            .jobs
            .values()
            .iterator()
            .next()
            .firstEntry()
            .getValue();
  }

  /** Takes the next call of a kind, of which at least one waits. */
  public T serve(boolean ofBulk) {
    T call = first(ofBulk);
    if (call == null) {
      throw new IllegalStateException("nobody waits");
    }
    remove(call);
    if (!ofBulk) {
      passes = bulk == 0 ? 0 : passes + 1;
      return call;
    }
    passes = 0;
    if (!call.isAgain()) {
      toTheEnd(accounts, call.account());
      Account<T> account = accounts.get(call.account());
      if (account != null) {
        toTheEnd(account.jobs, call.job());
      }
    }
    return call;
  }

  private static <V> void toTheEnd(Map<Object, V> turns, Object key) {
    V value = turns.remove(key);
    if (value != null) {
      turns.put(key, value);
    }
  }

  /** Returns how many calls are served before one that is not in the line yet, at least. */
  public int ahead(T call) {
    if (!call.isBulk()) {
      return call.isAgain() ? interactive.headMap(call.position()).size() : interactive.size();
    }
    if (call.isAgain()) {
      return again.headMap(call.position()).size();
    }
    int ofBulk = again.size();
    Account<T> own = accounts.get(call.account());
    int inAccount = 0;
    if (own != null) {
      TreeMap<Long, T> job = own.jobs.get(call.job());
      inAccount = roundsBefore(job == null ? 0 : job.size(), own.jobs.values());
    }
    int total = inAccount;
    for (Map.Entry<Object, Account<T>> other : accounts.entrySet()) {
      total +=
          other.getKey().equals(call.account()) ? 0 : Math.min(other.getValue().size, inAccount);
    }
    ofBulk += total;
    return ofBulk + (int) Math.min(interactive.size(), (long) PASSES * ofBulk);
  }

  /** How many calls of an account are served before one that stands behind others of its job. */
  private static int roundsBefore(int inJob, Collection<? extends Map<Long, ?>> jobs) {
    int before = 0;
    for (Map<Long, ?> job : jobs) {
      before += Math.min(job.size(), inJob);
    }
    return before;
  }

  /** Returns the waiting calls of a kind in the order in which they will be served. */
  public List<T> inOrder(boolean ofBulk) {
    if (!ofBulk) {
      return List.copyOf(interactive.values());
    }
    List<T> order = new ArrayList<>(again.values());
    Deque<Deque<Iterator<T>>> turns = new ArrayDeque<>();
    for (Account<T> account : accounts.values()) {
      Deque<Iterator<T>> jobs = new ArrayDeque<>();
      account.jobs.values().forEach(job -> jobs.add(job.values().iterator()));
      turns.add(jobs);
    }
    while (!turns.isEmpty()) {
      Deque<Iterator<T>> jobs = turns.remove();
      Iterator<T> job = jobs.remove();
      order.add(job.next());
      if (job.hasNext()) {
        jobs.add(job);
      }
      if (!jobs.isEmpty()) {
        turns.add(jobs);
      }
    }
    return order;
  }
}
