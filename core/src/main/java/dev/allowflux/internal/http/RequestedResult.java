package dev.allowflux.internal.http;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.PolicyMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether the result of a response is the requested one (docs/api-facts.md#results). A response
 * counts only as far as it says what was requested: what differs is a contradiction, or at least a
 * note.
 */
final class RequestedResult {
  private static final int MAX_NOTES = 20;
  private static final int MAX_LENGTH = 200;

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
    result.policy("", PolicyMatch.of(requested, found));
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
      result.deletes(requested.deletes(), found.deletes());
      Set<PolicyId> ids = new HashSet<>();
      Stream.concat(
              requested.edits().stream().map(AllowPolicyBatch.Edit::id),
              requested.replacements().stream().map(AllowPolicyBatch.Replacement::id))
          .filter(id -> !ids.add(id))
          .forEach(result.repeated::add);
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
      result.creates(requested.creates(), found.creates());
    }
    return result;
  }

  boolean isContradicted() {
    return !contradiction.isEmpty();
  }

  /** What is wrong first, in one line; empty if nothing is. */
  String contradiction() {
    return contradiction;
  }

  List<String> notes() {
    return notes;
  }

  private void contradict(String what) {
    if (contradiction.isEmpty()) {
      contradiction = SafeText.line(what, MAX_LENGTH);
    }
  }

  private void note(String what) {
    if (notes.size() < MAX_NOTES) {
      notes.add(SafeText.line(what, MAX_LENGTH));
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

  private void deletes(List<PolicyId> requested, List<PolicyId> found) {
    Set<PolicyId> missing = new HashSet<>(requested);
    found.forEach(missing::remove);
    missing.stream().limit(1).forEach(id -> contradict("deletes of the result lack policy " + id));
  }

  private <R> void byId(
      String part,
      List<R> requested,
      Function<R, PolicyId> id,
      List<AllowPolicy> found,
      BiFunction<R, AllowPolicy, PolicyMatch> compare) {
    Map<PolicyId, List<AllowPolicy>> byId = new HashMap<>();
    found.forEach(
        policy -> byId.computeIfAbsent(policy.id(), key -> new ArrayList<>()).add(policy));
    for (R each : requested) {
      List<AllowPolicy> policies = byId.getOrDefault(id.apply(each), List.of());
      if (policies.isEmpty()) {
        contradict(part + " of the result lack policy " + id.apply(each));
      } else if (!repeated.contains(id.apply(each))) {
        // Which state a result shows of a policy that the batch changes twice is not documented.
        policy("policy " + id.apply(each) + ": ", compare.apply(each, policies.get(0)));
      }
    }
  }

  private void creates(List<NewAllowPolicy> requested, List<AllowPolicy> found) {
    Set<PolicyId> ids = new HashSet<>();
    found.forEach(
        policy -> {
          if (!ids.add(policy.id())) {
            contradict("posts of the result name policy " + policy.id() + " twice");
          }
        });
    Map<PolicyKey, List<AllowPolicy>> byKey = new HashMap<>();
    List<AllowPolicy> unkeyed = new ArrayList<>();
    for (AllowPolicy policy : found) {
      PolicyKey key = PolicyKey.of(policy);
      (key == null ? unkeyed : byKey.computeIfAbsent(key, missing -> new ArrayList<>()))
          .add(policy);
    }
    List<NewAllowPolicy> unpaired = new ArrayList<>();
    for (NewAllowPolicy each : requested) {
      PolicyKey key = new PolicyKey(each.patternType(), each.isRegex(), each.pattern());
      if (!pair(each, byKey.getOrDefault(key, unkeyed))) {
        unpaired.add(each);
      }
    }
    // What is left lacks a field of its key, or is spelt in a way that the key does not know.
    byKey.values().forEach(unkeyed::addAll);
    for (NewAllowPolicy each : unpaired) {
      if (!pair(each, unkeyed)) {
        contradict("posts of the result lack pattern " + each.pattern());
      }
    }
  }

  /** Pairs a requested policy with a free one, an exact one before one with notes. */
  private boolean pair(NewAllowPolicy requested, List<AllowPolicy> free) {
    int best = -1;
    PolicyMatch bestMatch = null;
    for (int i = 0; i < free.size() && (bestMatch == null || !bestMatch.isExact()); i++) {
      PolicyMatch match = PolicyMatch.of(requested, free.get(i));
      if (match.isSame() && (bestMatch == null || match.isExact())) {
        best = i;
        bestMatch = match;
      }
    }
    if (bestMatch == null) {
      return false;
    }
    policy("policy " + free.remove(best).id() + ": ", bestMatch);
    return true;
  }
}
