package dev.allowflux.junit;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.simulator.ApiSimulator;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Resolves the parameters of a test, as {@link AllowfluxSimulator} describes. Not for use on its
 * own.
 *
 * @since 0.1
 */
public final class SimulatorExtension implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SimulatorExtension.class);

  private static final Set<Class<?>> TYPES =
      Set.of(ApiSimulator.class, AllowPolicyClient.class, ClientSettings.class, AccountId.class);

  /** Makes the extension; JUnit does so. */
  SimulatorExtension() {}

  /** A constructor of a test class belongs to the one test that its instance is made for. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return TYPES.contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          type.getSimpleName()
              + " belongs to one test: take it in the test method, in @BeforeEach, in @AfterEach or"
              + " in the constructor of a class with an instance for each test");
    }
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(TestLease.class, key -> lease(context), TestLease.class)
        .value(type);
  }

  private static TestLease lease(ExtensionContext context) {
    AllowfluxSimulator annotation = annotation(context);
    SimulatorPool pool =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(annotation, key -> new SimulatorPool(annotation), SimulatorPool.class);
    return new TestLease(pool, annotation);
  }

  /** The annotation of the method, of its class, or of the nearest class around it. */
  private static AllowfluxSimulator annotation(ExtensionContext context) {
    Optional<ExtensionContext> at = Optional.of(context);
    while (at.isPresent()) {
      Optional<AllowfluxSimulator> found =
          AnnotationSupport.findAnnotation(at.get().getElement(), AllowfluxSimulator.class);
      if (found.isPresent()) {
        return found.get();
      }
      at = at.get().getParent();
    }
    throw new ParameterResolutionException("no @AllowfluxSimulator at the test or its class");
  }
}
