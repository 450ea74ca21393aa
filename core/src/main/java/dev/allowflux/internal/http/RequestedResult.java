package dev.allowflux.internal.http;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the result of a response is the requested one (docs/api-facts.md#results). A response
 * counts only as far as it says what was requested: what differs is a contradiction, or at least a
 * note.
 */
final class RequestedResult {
  private static final int MAX_NOTES = 20;

  private final List<String> notes = new ArrayList<>();
  private final Set<PolicyId> repeated = new HashSet<>();
  private String contradiction = "";

  private RequestedResult() {}

  static RequestedResult ofGet(PolicyId id, AllowPolicy found) {
    RequestedResult result = new RequestedResult();
    result.id(id, found.id());
    return result;
  }

  static RequestedResult ofCreate(NewAllowPolicy requested, AllowPolicy found) {
    RequestedResult result = new RequestedResult();
    // Whoever has to find out what became of the create begins with the id that came.
    result.policy("policy " + found.id() + ": ", PolicyMatch.of(requested, found));
    return result;
  }

  static RequestedResult ofEdit(PolicyId id, AllowPolicyEdit requested, AllowPolicy found) {
    RequestedResult result = new RequestedResult();
    result.id(id, found.id());
    result.policy("", PolicyMatch.of(requested, found));
    return result;
  }

  static RequestedResult ofDelete(PolicyId id, PolicyId found) {
    RequestedResult result = new RequestedResult();
    result.id(id, found);
    return result;
  }

  /** The order of the results is documented nowhere, so they are compared without regard to it. */
  static RequestedResult ofBatch(AllowPolicyBatch requested, BatchResult found) {
    RequestedResult result = new RequestedResult();
    if (result.count("deletes", requested.deletes(), found.deletes())
        && result.count("patches", requested.edits(), found.edits())
        && result.count("puts", requested.replacements(), found.replacements())
        && result.count("posts", requested.creates(), found.creates())) {
      result.ids("deletes", requested.deletes().stream(), found.deletes().stream());
      Set<PolicyId> ids = new HashSet<>();
      Stream.concat(
              requested.edits().stream().map(AllowPolicyBatch.Edit::id),
              requested.replacements().stream().map(AllowPolicyBatch.Replacement::id))
          .filter(id -> !ids.add(id))
          .forEach(result.repeated::add);
      ids.addAll(requested.deletes());
      result.byId(
          "patches",
          requested.edits(),
          AllowPolicyBatch.Edit::id,
          found.edits(),
          (edit, policy) -> PolicyMatch.of(edit.edit(), policy));
      result.byId(
          "puts",
          requested.replacements(),
          AllowPolicyBatch.Replacement::id,
          found.replacements(),
          (replacement, policy) -> PolicyMatch.of(replacement.policy(), policy));
      result.creates(requested.creates(), found.creates(), ids);
    }
    return result;
  }

  boolean isContradicted() {
    return !contradiction.isEmpty();
  }

  /** What is wrong first, with values as they came; empty if nothing is. */
  String contradiction() {
    return contradiction;
  }

  /** The differences that are no contradiction, with values as they came. */
  List<String> notes() {
    return notes;
  }

  private void contradict(String what) {
    if (contradiction.isEmpty()) {
      contradiction = what;
    }
  }

  private void note(String what) {
    if (notes.size() < MAX_NOTES) {
      notes.add(what);
    } else if (notes.size() == MAX_NOTES) {
      notes.add("and others");
    }
  }

  private void id(PolicyId requested, PolicyId found) {
    if (!requested.equals(found)) {
      contradict("the result is policy " + found + " and not " + requested);
    }
  }

  private void policy(String where, PolicyMatch match) {
    match.notes().forEach(note -> note(where + note));
    match.contradictions().forEach(what -> contradict("in the result " + where + what));
  }

  private boolean count(String part, List<?> requested, List<?> found) {
    if (requested.size() != found.size()) {
      contradict("the result has " + found.size() + " " + part + " for " + requested.size());
    }
    return requested.size() == found.size();
  }

  /** Each id has to be there as often as it was requested. */
  private void ids(String part, Stream<PolicyId> requested, Stream<PolicyId> found) {
    Map<PolicyId, Integer> missing = new LinkedHashMap<>();
    requested.forEach(id -> missing.merge(id, 1, Integer::sum));
    found.forEach(id -> missing.merge(id, -1, Integer::sum));
    missing.forEach(
        (id, count) -> {
          if (count > 0) {
            contradict(part + " of the result lack policy " + id);
          }
        });
  }

  private <R> void byId(
      String part,
      List<R> requested,
      Function<R, PolicyId> id,
      List<AllowPolicy> found,
      BiFunction<R, AllowPolicy, PolicyMatch> compare) {
    ids(part, requested.stream().map(id), found.stream().map(AllowPolicy::id));
    Map<PolicyId, AllowPolicy> byId = new HashMap<>();
    found.forEach(policy -> byId.put(policy.id(), policy));
    for (R each : requested) {
      AllowPolicy policy = byId.get(id.apply(each));
      // Which state a result shows of a policy that the batch changes twice is not documented.
      if (policy != null && !repeated.contains(policy.id())) {
        policy("policy " + policy.id() + ": ", compare.apply(each, policy));
      }
    }
  }

  /**
   * Compares creates.
   *
   * @param others the ids of the other changes, which no created policy can have
   */
  private void creates(
      List<NewAllowPolicy> requested, List<AllowPolicy> found, Set<PolicyId> others) {
    Set<PolicyId> ids = new HashSet<>();
    for (AllowPolicy policy : found) {
      if (!ids.add(policy.id())) {
        contradict("posts of the result name policy " + policy.id() + " twice");
      } else if (others.contains(policy.id())) {
        contradict("posts of the result name policy " + policy.id() + ", which was there before");
      }
    }
    List<@Nullable AllowPolicy> paired = CreatePairs.of(requested, found);
    for (int i = 0; i < requested.size(); i++) {
      AllowPolicy policy = paired.get(i);
      if (policy == null) {
        contradict("posts of the result lack pattern " + requested.get(i).pattern());
      } else {
        policy("policy " + policy.id() + ": ", PolicyMatch.of(requested.get(i), policy));
      }
    }
  }
}
