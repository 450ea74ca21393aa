package dev.allowflux.reactor;

import dev.allowflux.model.Operation;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import java.util.List;

/**
 * A call and what its attempts meet.
 *
 * @param page the page of a listing that is faulty
 * @param readBack whether a create of unknown outcome is looked for
 * @param faults what the first attempts meet, in order; the others meet nothing
 */
record FaultyCall(Operation operation, int page, boolean readBack, List<FaultCase> faults) {

  FaultCase faultCase(int attempt) {
    return attempt <= faults.size() ? faults.get(attempt - 1) : FaultCase.NOTHING;
  }

  boolean isWrite() {
    return operation.isWrite();
  }

  boolean isDelete() {
    return operation == Operation.DELETE;
  }

  boolean isIdempotent() {
    return operation != Operation.CREATE && operation != Operation.BATCH;
  }

  dev.allowflux.simulator.Operation simulated() {
    return dev.allowflux.simulator.Operation.valueOf(operation.name());
  }

  FaultScript script() {
    return FaultScript.of(
        faults.stream()
            .map(
                faultCase -> {
                  FaultRule rule = FaultRule.of(faultCase.fault()).on(simulated());
                  return operation == Operation.LIST ? rule.onPage(page) : rule;
                })
            .toArray(FaultRule[]::new));
  }

  /** Whether only a time limit ends some attempt. */
  boolean slow() {
    return faults.stream().anyMatch(FaultCase::slow);
  }

  @Override
  public String toString() {
    return operation
        + (operation == Operation.LIST ? " page " + page : "")
        + (readBack ? " with read-back" : "")
        + " meets "
        + faults.stream().map(faultCase -> "[" + faultCase.fault() + "]").toList();
  }
}
