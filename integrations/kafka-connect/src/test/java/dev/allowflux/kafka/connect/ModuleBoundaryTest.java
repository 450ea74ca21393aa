package dev.allowflux.kafka.connect;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.Test;

/** What the connector may know of ours, and where it subscribes and waits. */
class ModuleBoundaryTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.allowflux.kafka..");

  @Test
  void itKnowsTheClientAndItsQuotasAndNothingInternal() {
    noClasses()
        .that()
        .resideInAPackage("dev.allowflux.kafka.connect")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.allowflux..")
                .and(
                    resideOutsideOfPackages(
                        "dev.allowflux.kafka.connect",
                        "dev.allowflux.model",
                        "dev.allowflux.error",
                        "dev.allowflux.json",
                        "dev.allowflux.reactor",
                        "dev.allowflux.reactor.file",
                        "dev.allowflux.redis")))
        .check(CLASSES);
  }

  @Test
  void onlyThePageExchangeSubscribesAndOnlyTheCheckBlocks() {
    noClasses().should(callBut("subscribe", "PageExchange")).check(CLASSES);
    noClasses().should(callBut("block", "CredentialCheck")).check(CLASSES);
    noClasses().should(callBut("sleep", "nobody")).check(CLASSES);
  }

  private static ArchCondition<JavaClass> callBut(String method, String allowed) {
    return new ArchCondition<>("call " + method) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          if (access.getName().startsWith(method) && !type.getSimpleName().equals(allowed)) {
            events.add(SimpleConditionEvent.satisfied(access, access.getDescription()));
          }
        }
      }
    };
  }
}
