package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.ApiError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Splits a batch that the service refused, after its changes were looked at, since the service may
 * have carried out a part: what it names is set aside; if it names nothing, the batch is halved.
 *
 * @param done changes that the account shows as done all the same
 * @param obsolete changes that can no longer be made as planned
 * @param refused changes that the service is to blame for
 * @param parts what is to be sent again, in batches
 */
record RefusedBatch(
    List<Integer> done,
    Map<Integer, ChangeStatus> obsolete,
    List<Integer> refused,
    List<List<List<Integer>>> parts) {

  static RefusedBatch of(
      BatchRequest request, List<ApiError> errors, Map<Integer, ChangeStatus> looks) {
    Map<Integer, ChangeStatus> statuses = BatchForming.withPartners(request.units, looks);
    List<Integer> done = new ArrayList<>();
    Map<Integer, ChangeStatus> obsolete = new TreeMap<>();
    List<List<Integer>> due = new ArrayList<>();
    for (List<Integer> unit : request.units) {
      List<Integer> rest = new ArrayList<>();
      for (int change : unit) {
        ChangeStatus status = statuses.getOrDefault(change, ChangeStatus.DUE);
        if (status == ChangeStatus.DONE) {
          done.add(change);
        } else if (status.isObsolete()) {
          obsolete.put(change, status);
        } else {
          rest.add(change);
        }
      }
      if (!rest.isEmpty()) {
        due.add(rest);
      }
    }
    boolean progress = !done.isEmpty() || !obsolete.isEmpty();
    Set<Integer> blamed = new HashSet<>();
    request.blamed(errors).forEach(blamed::addAll);
    if (blamed.isEmpty() && due.size() == 1 && !progress) {
      blamed.addAll(due.get(0));
    }
    List<Integer> refused = new ArrayList<>();
    List<List<Integer>> others = new ArrayList<>();
    for (List<Integer> unit : due) {
      if (unit.stream().anyMatch(blamed::contains)) {
        refused.addAll(unit);
      } else {
        others.add(unit);
      }
    }
    List<List<List<Integer>>> parts =
        refused.isEmpty() && !progress ? BatchForming.halves(others) : List.of(others);
    return new RefusedBatch(
        done, obsolete, refused, parts.stream().filter(part -> !part.isEmpty()).toList());
  }
}
