package dev.allowflux.spring.boot.test;

import dev.allowflux.simulator.ApiSimulator;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Resets the simulator of the application context before each test. Spring finds it in {@code
 * META-INF/spring.factories}.
 *
 * @since 0.1
 */
public final class SimulatorResetListener implements TestExecutionListener {

  /** Makes the listener; Spring does so. */
  public SimulatorResetListener() {}

  @Override
  public void beforeTestMethod(TestContext test) {
    if (test.hasApplicationContext()) {
      test.getApplicationContext()
          .getBeanProvider(ApiSimulator.class)
          .ifAvailable(ApiSimulator::reset);
    }
  }
}
