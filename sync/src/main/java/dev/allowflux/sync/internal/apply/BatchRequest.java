package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;
import dev.allowflux.plan.PolicyKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The changes of a batch in the form of the API, and which of them stands where. */
final class BatchRequest {
  private static final Pattern POINTER =
      Pattern.compile("#?[/.]?(deletes|patches|posts)[/.\\[](\\d{1,4})\\b.*");

  final List<List<Integer>> units;
  final List<Integer> changes = new ArrayList<>();
  final AllowPolicyBatch batch;

  private final List<PolicyChange> plan;
  private final Map<String, List<List<Integer>>> positions = new HashMap<>();

  BatchRequest(List<PolicyChange> plan, List<List<Integer>> units) {
    this.plan = plan;
    this.units = units;
    AllowPolicyBatch.Builder builder = AllowPolicyBatch.builder();
    for (List<Integer> unit : units) {
      for (int index : unit) {
        changes.add(index);
        PolicyChange change = plan.get(index);
        if (change instanceof Create create) {
          builder.create(create.policy());
          position("posts", unit);
        } else if (change instanceof Edit edit) {
          builder.edit(edit.id(), edit.edit());
          position("patches", unit);
        } else {
          builder.delete(((Delete) change).id());
          position("deletes", unit);
        }
      }
    }
    batch = builder.build();
  }

  private void position(String part, List<Integer> unit) {
    positions.computeIfAbsent(part, p -> new ArrayList<>()).add(unit);
  }

  /** Returns the units that the service blames. */
  Set<List<Integer>> blamed(List<ApiError> errors) {
    Set<List<Integer>> blamed = new HashSet<>();
    for (ApiError error : errors) {
      Matcher pointer = POINTER.matcher(error.pointer() == null ? "" : error.pointer());
      if (pointer.matches()) {
        List<List<Integer>> part = positions.getOrDefault(pointer.group(1), List.of());
        int position = Integer.parseInt(pointer.group(2));
        if (position < part.size()) {
          blamed.add(part.get(position));
        }
      }
    }
    return blamed;
  }

  /** Returns the ids of the policies that a response says were created, by change. */
  Map<Integer, PolicyId> created(BatchResult result) {
    Map<PolicyKey, Integer> byKey = new HashMap<>();
    Map<PolicyKey, Integer> inAnyCase = new HashMap<>();
    for (int index : changes) {
      if (plan.get(index) instanceof Create create) {
        byKey.put(create.key(), index);
        inAnyCase.put(create.key().inAnyCase(), index);
      }
    }
    Map<Integer, PolicyId> created = new LinkedHashMap<>();
    for (AllowPolicy policy : result.creates()) {
      PolicyKey key = PolicyKey.of(policy);
      if (key != null) {
        Integer index = byKey.getOrDefault(key, inAnyCase.get(key.inAnyCase()));
        if (index != null) {
          created.putIfAbsent(index, policy.id());
        }
      }
    }
    return created;
  }

  /** Returns the edits and deletes that a response shows as they should be. */
  List<Integer> shown(BatchResult result) {
    Map<PolicyId, AllowPolicy> edited = new HashMap<>();
    result.edits().forEach(policy -> edited.put(policy.id(), policy));
    Set<PolicyId> deleted = new HashSet<>(result.deletes());
    List<Integer> shown = new ArrayList<>();
    for (int index : changes) {
      PolicyChange change = plan.get(index);
      if (change instanceof Edit edit) {
        AllowPolicy policy = edited.get(edit.id());
        if (policy != null && edit.isDone(policy)) {
          shown.add(index);
        }
      } else if (change instanceof Delete delete && deleted.contains(delete.id())) {
        shown.add(index);
      }
    }
    return shown;
  }
}
