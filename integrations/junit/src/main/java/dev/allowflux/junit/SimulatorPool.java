package dev.allowflux.junit;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.platform.commons.support.ReflectionSupport;

/** The simulators of one annotation: as many as its tests run in parallel. */
final class SimulatorPool implements AutoCloseable {
  private final AllowfluxSimulator annotation;
  private final Deque<ApiSimulator> free = new ArrayDeque<>();
  private final List<ApiSimulator> all = new ArrayList<>();

  SimulatorPool(AllowfluxSimulator annotation) {
    this.annotation = annotation;
  }

  /** Takes a simulator that is as at its start. */
  synchronized ApiSimulator take() {
    ApiSimulator simulator = free.poll();
    if (simulator != null) {
      simulator.reset();
      return simulator;
    }
    ApiSimulatorBuilder settings =
        ApiSimulator.builder().policies(annotation.policies()).seed(annotation.seed());
    setup(annotation).simulator(settings);
    simulator = settings.start();
    all.add(simulator);
    return simulator;
  }

  synchronized void giveBack(ApiSimulator simulator) {
    free.push(simulator);
  }

  static SimulatorSetup setup(AllowfluxSimulator annotation) {
    return annotation.setup() == SimulatorSetup.class
        ? new SimulatorSetup() {}
        : ReflectionSupport.newInstance(annotation.setup());
  }

  @Override
  public synchronized void close() {
    all.forEach(ApiSimulator::close);
  }
}
