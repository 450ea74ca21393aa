package dev.allowflux.sync;

import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Open;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.ApplyReport.Progress;
import dev.allowflux.sync.ApplyReport.State;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each change of a plan: the lines of the journal, one after another. Changes are
 * known by their index in the plan. For one thread at a time.
 */
final class ApplyState {
  private static final String SEND = "send";
  private static final String CHANGES = "changes";
  private static final String END = "end";
  private static final String OUTCOME = "outcome";
  private static final String CF_RAY = "cf_ray";
  private static final String WHY = "why";
  private static final String REFUSED = "refused";
  private static final String FOUND = "found";
  private static final String SKIPPED = "skipped";
  private static final String AT = "at";

  private enum Fate {
    PENDING,
    SENT,
    DONE,
    SKIPPED,
    REFUSED
  }

  private final SyncPlan plan;
  private final List<PolicyChange> changes;
  private final Fate[] fates;
  private final Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
  private final Map<Integer, String> reasons = new HashMap<>();
  private final Map<Integer, List<Integer>> inDoubt = new LinkedHashMap<>();
  private final Map<Integer, Batch> ended = new TreeMap<>();
  private int lastBatch;

  ApplyState(SyncPlan plan) {
    this.plan = plan;
    changes = plan.changes();
    fates = new Fate[changes.size()];
    Arrays.fill(fates, Fate.PENDING);
    counts.put(Fate.PENDING, fates.length);
  }

  // ---------------------------------------------------------------- lines

  /** The line in front of a batch. */
  Map<String, Object> sending(List<Integer> batch, Instant now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(SEND, lastBatch + 1);
    line.put(CHANGES, batch);
    line.put(AT, now.toString());
    return line;
  }

  /**
   * The line behind a batch.
   *
   * @param refused the changes of a refused batch that are to blame
   * @param found the changes of a refused batch that need not be made any more
   */
  static Map<String, Object> ended(
      int batch,
      Outcome outcome,
      @Nullable String cfRay,
      @Nullable String why,
      List<Integer> refused,
      List<Integer> found,
      Instant now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(END, batch);
    line.put(OUTCOME, outcome.word());
    line.put(AT, now.toString());
    if (cfRay != null) {
      line.put(CF_RAY, cfRay);
    }
    if (why != null) {
      line.put(WHY, why);
    }
    if (!refused.isEmpty()) {
      line.put(REFUSED, refused);
    }
    if (!found.isEmpty()) {
      line.put(FOUND, found);
    }
    return line;
  }

  /** The line on changes that need not be made, as the account is so already. */
  static Map<String, Object> found(List<Integer> found, Instant now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(FOUND, found);
    line.put(AT, now.toString());
    return line;
  }

  /** The line on changes whose policies are no longer as the plan saw them. */
  static Map<String, Object> skipped(List<Integer> skipped, String why, Instant now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(SKIPPED, skipped);
    line.put(WHY, why);
    line.put(AT, now.toString());
    return line;
  }

  /**
   * Takes in a line that is in the journal.
   *
   * @throws IllegalArgumentException if it does not go with the lines before it
   */
  void accept(Map<String, Object> line) {
    Instant at = time(text(line, AT));
    if (line.containsKey(SEND)) {
      sent(number(line, SEND), list(line, CHANGES));
    } else if (line.containsKey(END)) {
      ended(number(line, END), at, line);
    } else if (line.containsKey(SKIPPED)) {
      decide(list(line, SKIPPED), Fate.PENDING, Fate.SKIPPED, text(line, WHY));
    } else {
      decide(list(line, FOUND), Fate.PENDING, Fate.DONE, null);
    }
  }

  private void sent(int number, List<Integer> batch) {
    check(number == lastBatch + 1 && !batch.isEmpty(), "batch " + number + " is out of turn");
    decide(batch, Fate.PENDING, Fate.SENT, null);
    lastBatch = number;
    inDoubt.put(number, batch);
  }

  private void ended(int number, Instant at, Map<String, Object> line) {
    List<Integer> batch = inDoubt.get(number);
    if (batch == null) {
      throw new IllegalArgumentException("batch " + number + " ends that is not under way");
    }
    Outcome outcome = outcome(text(line, OUTCOME));
    String why = line.containsKey(WHY) ? text(line, WHY) : null;
    switch (outcome) {
      case DONE, FOUND_DONE -> decide(batch, Fate.SENT, Fate.DONE, null);
      case NOT_DONE -> decide(batch, Fate.SENT, Fate.PENDING, null);
      case REFUSED -> {
        decide(batch, Fate.SENT, Fate.PENDING, null);
        for (String member : List.of(REFUSED, FOUND)) {
          List<Integer> part = line.containsKey(member) ? list(line, member) : List.of();
          check(new HashSet<>(batch).containsAll(part), "batch " + number + " has no such change");
          decide(part, Fate.PENDING, member.equals(REFUSED) ? Fate.REFUSED : Fate.DONE, why);
        }
      }
      case UNCLEAR -> batch.forEach(change -> reasons.put(change, why == null ? "" : why));
    }
    if (outcome != Outcome.UNCLEAR) {
      inDoubt.remove(number);
    }
    String cfRay = line.containsKey(CF_RAY) ? text(line, CF_RAY) : null;
    ended.put(number, new Batch(number, batch.size(), at, outcome, cfRay, why));
  }

  private void decide(List<Integer> some, Fate before, Fate after, @Nullable String why) {
    for (int change : some) {
      check(
          change >= 0 && change < fates.length && fates[change] == before,
          "change " + change + " is not " + before.name().toLowerCase(Locale.ROOT));
      counts.merge(before, -1, Integer::sum);
      counts.merge(after, 1, Integer::sum);
      fates[change] = after;
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

  private static Outcome outcome(String word) {
    for (Outcome outcome : Outcome.values()) {
      if (outcome.word().equals(word)) {
        return outcome;
      }
    }
    throw new IllegalArgumentException("the outcome " + word + " is not known");
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(text + " is no time", e);
    }
  }

  private static String text(Map<String, Object> line, String name) {
    if (line.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " is missing or no text");
  }

  private static int number(Map<String, Object> line, String name) {
    if (line.get(name) instanceof Integer number) {
      return number;
    }
    throw new IllegalArgumentException(name + " is no number");
  }

  @SuppressWarnings("unchecked") // A line has no other lists.
  private static List<Integer> list(Map<String, Object> line, String name) {
    if (line.get(name) instanceof List<?> list) {
      return (List<Integer>) list;
    }
    throw new IllegalArgumentException(name + " is missing or no list");
  }

  // ---------------------------------------------------------------- questions

  PolicyChange change(int index) {
    return changes.get(index);
  }

  /** The number of the batch that was sent last. */
  int lastBatch() {
    return lastBatch;
  }

  Batch batch(int number) {
    Batch batch = ended.get(number);
    if (batch == null) {
      throw new IllegalStateException("batch " + number + " has not ended");
    }
    return batch;
  }

  /** The batches of which nobody knows whether they were carried out, by number. */
  Map<Integer, List<Integer>> inDoubt() {
    return new LinkedHashMap<>(inDoubt);
  }

  List<Integer> pending() {
    List<Integer> pending = new ArrayList<>();
    for (int i = 0; i < fates.length; i++) {
      if (fates[i] == Fate.PENDING) {
        pending.add(i);
      }
    }
    return pending;
  }

  /** Says why pending changes are not sent again by this run. */
  void hold(List<Integer> held, String why) {
    held.forEach(change -> reasons.put(change, why));
  }

  Progress progress() {
    int unclear = inDoubt.values().stream().mapToInt(List::size).sum();
    return new Progress(
        fates.length,
        count(Fate.DONE),
        count(Fate.SKIPPED),
        count(Fate.REFUSED),
        unclear,
        count(Fate.PENDING));
  }

  private int count(Fate fate) {
    return counts.getOrDefault(fate, 0);
  }

  ApplyReport report() {
    List<Open> open = new ArrayList<>();
    for (int i = 0; i < fates.length; i++) {
      State state =
          switch (fates[i]) {
            case DONE -> null;
            case PENDING -> State.LEFT;
            case SENT -> State.UNCLEAR;
            case SKIPPED -> State.SKIPPED;
            case REFUSED -> State.REFUSED;
          };
      if (state != null) {
        open.add(new Open(changes.get(i), state, reasons.get(i)));
      }
    }
    return new ApplyReport(
        plan.account(), plan.digest(), progress(), new ArrayList<>(ended.values()), open);
  }

  // ---------------------------------------------------------------- batches

  /**
   * The pending changes in units that must not be torn apart: alone, or the creates and deletes of
   * one pattern, which would otherwise be in the account twice or not at all for a while.
   */
  List<List<Integer>> units() {
    Map<String, List<Integer>> swaps = swaps();
    List<List<Integer>> units = new ArrayList<>();
    for (int i = 0; i < fates.length; i++) {
      if (fates[i] != Fate.PENDING) {
        continue;
      }
      List<Integer> swap =
          swaps.isEmpty() || changes.get(i) instanceof Edit
              ? null
              : swaps.get(changes.get(i).key().pattern());
      if (swap == null) {
        units.add(List.of(i));
      } else {
        if (swap.isEmpty()) {
          units.add(swap);
        }
        swap.add(i);
      }
    }
    return units;
  }

  private Map<String, List<Integer>> swaps() {
    Set<String> created = new HashSet<>();
    Map<String, List<Integer>> swaps = new HashMap<>();
    for (PolicyChange change : changes) {
      if (change instanceof Create) {
        created.add(change.key().pattern());
      } else if (change instanceof Delete) {
        // Creates come before deletes in every plan.
        String pattern = change.key().pattern();
        if (created.contains(pattern)) {
          swaps.put(pattern, new ArrayList<>());
        }
      }
    }
    return swaps;
  }

  /** The units in batches: creates and edits first, then what is only deleted. */
  List<List<List<Integer>>> batches(int size) {
    List<List<List<Integer>>> batches = new ArrayList<>();
    List<List<Integer>> batch = new ArrayList<>();
    int used = 0;
    boolean deletes = false;
    for (List<Integer> unit : units()) {
      boolean onlyDeletes = unit.stream().allMatch(i -> changes.get(i) instanceof Delete);
      if (!batch.isEmpty() && (used + unit.size() > size || onlyDeletes != deletes)) {
        batches.add(batch);
        batch = new ArrayList<>();
        used = 0;
      }
      deletes = onlyDeletes;
      batch.add(unit);
      used += unit.size();
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }
}
