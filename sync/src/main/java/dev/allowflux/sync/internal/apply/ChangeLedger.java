package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.internal.journal.JournalLine;
import dev.allowflux.sync.internal.journal.JournalLine.Ended;
import dev.allowflux.sync.internal.journal.JournalLine.Found;
import dev.allowflux.sync.internal.journal.JournalLine.Removing;
import dev.allowflux.sync.internal.journal.JournalLine.Sending;
import dev.allowflux.sync.internal.journal.JournalLine.Skipped;
import dev.allowflux.sync.internal.journal.JournalLine.Verified;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The state of every change of a plan, made from the lines of the journal, one after another.
 * Changes are known by their index in the plan. For one thread at a time.
 */
public final class ChangeLedger {
  /** The state of one change. */
  public enum State {
    /** It is still to be made. */
    PENDING,
    /** A batch with it was sent, and its outcome is not known. */
    SENT,
    /** It was made, or need not be. */
    DONE,
    /** It was not made, as its policy has changed. */
    SKIPPED,
    /** It was made, and somebody has changed the policy since. */
    CHANGED,
    /** The service refuses it. */
    REFUSED
  }

  /** When a batch whose response was lost could be carried out, by the clock of this machine. */
  record Window(Instant from, Instant to) {}

  private final SyncPlan plan;
  private final State[] states;
  private final int[] sends;
  private final boolean[] seen;
  private final boolean[] missing;
  private final Map<Integer, String> reasons = new HashMap<>();
  private final Map<Integer, Sending> sent = new LinkedHashMap<>();
  private final Map<Integer, List<Integer>> unconfirmed = new LinkedHashMap<>();
  private final Map<Integer, Ended> ended = new TreeMap<>();
  private final Map<Integer, List<PolicyId>> created = new HashMap<>();
  private final Map<Integer, List<Window>> windows = new HashMap<>();
  private final Map<Integer, Set<PolicyId>> removed = new HashMap<>();
  private @Nullable Verified verified;

  ChangeLedger(SyncPlan plan) {
    this.plan = plan;
    int size = plan.changes().size();
    states = new State[size];
    Arrays.fill(states, State.PENDING);
    sends = new int[size];
    seen = new boolean[size];
    missing = new boolean[size];
  }

  // ---------------------------------------------------------------- lines

  /**
   * Takes a line that is in the journal.
   *
   * @throws IllegalArgumentException if it does not fit the lines before it
   */
  void accept(JournalLine line) {
    if (line instanceof Sending sending) {
      accept(sending);
    } else if (line instanceof Ended end) {
      accept(end);
    } else if (line instanceof Found found) {
      move(found.changes(), State.PENDING, State.DONE, null);
      found.changes().forEach(change -> seen[change] = true);
    } else if (line instanceof Skipped skipped) {
      move(skipped.changes(), State.PENDING, State.SKIPPED, skipped.why());
    } else if (line instanceof Removing removing) {
      removing
          .copies()
          .forEach(
              (change, ids) ->
                  removed.computeIfAbsent(change, c -> new LinkedHashSet<>()).addAll(ids));
    } else if (line instanceof Verified look) {
      accept(look);
    } else {
      throw new IllegalArgumentException("a journal has one head");
    }
  }

  private void accept(Sending sending) {
    check(
        sending.batch() == sent.size() + 1 && !sending.changes().isEmpty(),
        "batch " + sending.batch() + " is out of turn");
    move(sending.changes(), State.PENDING, State.SENT, null);
    for (int change : sending.changes()) {
      sends[change]++;
      seen[change] = false;
      missing[change] = false;
    }
    sent.put(sending.batch(), sending);
    unconfirmed.put(sending.batch(), sending.changes());
    verified = null;
  }

  private void accept(Ended end) {
    List<Integer> open = unconfirmed.remove(end.batch());
    check(open != null, "batch " + end.batch() + " ends that is not under way");
    List<Integer> batch = open == null ? List.of() : open;
    check(
        batch.containsAll(end.done()) && batch.containsAll(end.refused()),
        "batch " + end.batch() + " has no such change");
    boolean all = end.outcome() == Outcome.DONE || end.outcome() == Outcome.FOUND_DONE;
    List<Integer> done = all ? batch : end.done();
    move(done, State.SENT, State.DONE, null);
    move(end.refused(), State.SENT, State.REFUSED, end.why());
    List<Integer> rest = batch.stream().filter(change -> states[change] == State.SENT).toList();
    if (end.outcome() == Outcome.UNCONFIRMED) {
      unconfirmed.put(end.batch(), rest);
      rest.forEach(change -> reasons.put(change, end.why() == null ? "" : end.why()));
    } else {
      move(rest, State.SENT, State.PENDING, null);
    }
    end.created()
        .forEach((change, id) -> created.computeIfAbsent(change, c -> new ArrayList<>()).add(id));
    if (end.isLost()) {
      Window window = new Window(sent(end.batch()).at(), end.at());
      batch.forEach(change -> windows.computeIfAbsent(change, c -> new ArrayList<>()).add(window));
    }
    ended.put(end.batch(), end);
  }

  private void accept(Verified look) {
    move(
        look.missing(),
        State.DONE,
        State.PENDING,
        "it was reported as done and is not to be seen in the account");
    look.missing().forEach(change -> missing[change] = true);
    move(
        look.changed(),
        State.DONE,
        State.CHANGED,
        "it was made, and somebody has changed the policy since");
    verified = look;
  }

  private void move(List<Integer> some, State before, State after, @Nullable String why) {
    for (int change : some) {
      check(
          change >= 0 && change < states.length && states[change] == before,
          "change " + change + " is not " + before.name().toLowerCase(Locale.ROOT));
      states[change] = after;
      if (why == null) {
        reasons.remove(change);
      } else {
        reasons.put(change, why);
      }
    }
  }

  private static void check(boolean fits, String what) {
    if (!fits) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Notes that the response of a batch showed these changes as they should be. */
  void seen(Collection<Integer> changes) {
    changes.forEach(change -> seen[change] = true);
  }

  /** Says why pending changes are not sent again by this run. */
  void hold(List<Integer> held, String why) {
    held.forEach(change -> reasons.put(change, why));
  }

  // ---------------------------------------------------------------- questions

  /** Returns the plan. */
  public SyncPlan plan() {
    return plan;
  }

  PolicyChange change(int index) {
    return plan.changes().get(index);
  }

  /** Returns the state of a change. */
  public State state(int change) {
    return states[change];
  }

  /** Returns why a change is not done, or null if its turn has not come. */
  public @Nullable String reason(int change) {
    return reasons.get(change);
  }

  /** Tells whether a pending change was reported as done and was not to be seen. */
  public boolean isMissing(int change) {
    return missing[change] && states[change] == State.PENDING;
  }

  boolean isSeen(int change) {
    return seen[change];
  }

  /** Returns how often a change was sent. */
  int sends(int change) {
    return sends[change];
  }

  List<Integer> withState(State state) {
    return IntStream.range(0, states.length).filter(i -> states[i] == state).boxed().toList();
  }

  /** Returns the number of the batch that was sent last, 0 if none was. */
  int lastBatch() {
    return sent.size();
  }

  Sending sent(int batch) {
    Sending sending = sent.get(batch);
    if (sending == null) {
      throw new IllegalStateException("batch " + batch + " was not sent");
    }
    return sending;
  }

  /** Returns the batches whose outcome is recorded, by number. */
  public Collection<Ended> ended() {
    return ended.values();
  }

  /** Returns the size of a batch. */
  public int size(int batch) {
    return sent(batch).changes().size();
  }

  /** Returns the last record of a batch. */
  public Ended ended(int batch) {
    Ended end = ended.get(batch);
    if (end == null) {
      throw new IllegalStateException("batch " + batch + " has not ended");
    }
    return end;
  }

  /** Returns the changes of the batches whose outcome is not known, by number of the batch. */
  Map<Integer, List<Integer>> unconfirmed() {
    return new LinkedHashMap<>(unconfirmed);
  }

  List<PolicyId> created(int change) {
    return created.getOrDefault(change, List.of());
  }

  List<Window> windows(int change) {
    return windows.getOrDefault(change, List.of());
  }

  /** Returns how many copies of its own policies the run has deleted. */
  public int removed() {
    return removed.values().stream().mapToInt(Set::size).sum();
  }

  /** Returns the copies of a policy that the run has deleted, or was about to. */
  Set<PolicyId> removed(int change) {
    return removed.getOrDefault(change, Set.of());
  }

  /** Returns the last look, if nothing was sent since; null if there is none. */
  public @Nullable Verified verified() {
    return verified;
  }
}
