package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

/** An application with our beans can be prepared ahead of time, as a native image is. */
@Timeout(240)
class AheadOfTimeTest {

  @Test
  @CompileWithForkedClassLoader
  void namedClientsOfAPreparedApplicationCall() {
    try (ApiSimulator api = ApiSimulator.builder().policies(3).start()) {
      TestPropertyValues properties =
          TestPropertyValues.of(
              "allowflux.base-url=" + api.baseUrl(),
              "allowflux.credential.token=" + api.token(),
              "allowflux.clients.north-west.page-size=2");
      AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();
      properties.applyTo(application);
      application.register(
          AllowfluxAutoConfiguration.class,
          AllowfluxHealthAutoConfiguration.class,
          AllowfluxSyncAutoConfiguration.class);
      TestGenerationContext generation = new TestGenerationContext();
      ClassName initializer =
          new ApplicationContextAotGenerator().processAheadOfTime(application, generation);
      generation.writeGeneratedContent();

      TestCompiler.forSystem()
          .with(generation)
          .compile(
              compiled -> {
                GenericApplicationContext prepared = new GenericApplicationContext();
                properties.applyTo(prepared);
                initialize(
                    compiled.getInstance(
                        ApplicationContextInitializer.class, initializer.reflectionName()),
                    prepared);
                prepared.refresh();
                try (prepared) {
                  assertCalls(prepared, api);
                }
              });
    }
  }

  @SuppressWarnings("unchecked")
  private static void initialize(
      ApplicationContextInitializer<?> initializer, GenericApplicationContext context) {
    ((ApplicationContextInitializer<GenericApplicationContext>) initializer).initialize(context);
  }

  private static void assertCalls(GenericApplicationContext prepared, ApiSimulator api) {
    AllowPolicyClient named =
        BeanFactoryAnnotationUtils.qualifiedBeanOfType(
            prepared.getBeanFactory(), AllowPolicyClient.class, "north-west");
    assertThat(named.list(new AccountId(api.accountId())).count().block()).isEqualTo(3);
    assertThat(api.requestCount()).as("pages of two policies").isEqualTo(2);
    assertThat(prepared.getBean(AllowPolicyClient.class)).isNotSameAs(named);
    assertThat(prepared.getBean(AllowPolicyClients.class).client("north-west")).isSameAs(named);
  }
}
