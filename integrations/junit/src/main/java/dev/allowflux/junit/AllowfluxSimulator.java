package dev.allowflux.junit;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.simulator.ApiSimulator;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a simulator of the API that nobody else uses meanwhile, and a client of it.
 *
 * <pre>{@code
 * @AllowfluxSimulator(policies = 2500)
 * class MyServiceTest {
 *   @Test
 *   void everyPolicyIsListed(AllowPolicyClient client, AccountId account) {
 *     StepVerifier.create(client.list(account)).expectNextCount(2500).verifyComplete();
 *   }
 * }
 * }</pre>
 *
 * <p>Test methods, constructors, {@code @BeforeEach} and {@code @AfterEach} methods may have
 * parameters of these types; all of one test get the same:
 *
 * <ul>
 *   <li>{@link ApiSimulator}, as at its start: its policies, full quotas, no recorded requests;
 *   <li>{@link AllowPolicyClient} of the default account's user, with a quota of its own; it is
 *       closed after the test, with what is still under way;
 *   <li>{@link AccountId} of the default account;
 *   <li>{@link ClientSettings} of that client, for a test that makes others.
 * </ul>
 *
 * <p>Simulators with the same values of this annotation are used again by later tests, and closed
 * at the end of the run. Tests that run in parallel get different ones. An annotation at a method
 * replaces that of its class, and that of a nested class replaces the outer one.
 *
 * @since 0.1
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(SimulatorExtension.class)
public @interface AllowfluxSimulator {

  /**
   * Returns how many policies the default account has at the start.
   *
   * @return 0 to 2,000,000
   */
  int policies() default 0;

  /**
   * Returns the seed of the policies.
   *
   * @return any number
   */
  long seed() default 0;

  /**
   * Returns what else is set: accounts, users, chosen policies, faults, the quota of the client.
   *
   * @return a class with a constructor without parameters
   */
  Class<? extends SimulatorSetup> setup() default SimulatorSetup.class;
}
