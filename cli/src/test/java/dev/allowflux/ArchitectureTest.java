package dev.allowflux;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may know whom. docs/architecture.md has the same table for readers; this holds it in the
 * build.
 */
class ArchitectureTest {
  private static final String BASE = "dev.allowflux.";

  /** What the modules beside the client use of core. */
  private static final String CORE =
      "model error plan json internal.json internal.pattern internal.text";

  private static JavaClasses ours;

  @BeforeAll
  static void readClasses() {
    ours =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.allowflux");
  }

  /** A package and all of ours that it may import; packages that begin with it are not meant. */
  @ParameterizedTest
  @CsvSource({
    "internal.text,",
    "internal.quota,",
    "internal.pattern, internal.text",
    "model, internal.pattern internal.text",
    "error, model internal.text",
    "plan, model internal.pattern internal.text",
    "internal.json, model plan internal.text",
    "json, model error plan internal.json internal.text",
    "internal.http, model error plan internal.json internal.quota internal.text",
    "internal.paging, model error internal.json internal.text",
  })
  void aPackageOfCoreImportsOnlyWhatTheTableSays(String name, String allowed) {
    onlyDependsOn(name, allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "reactor, model error plan internal.http internal.json internal.paging internal.quota"
        + " reactor.internal.call reactor.internal.paging reactor.internal.store"
        + " reactor.internal.transport",
    "reactor.file, internal.quota reactor reactor.internal.store",
    "reactor.internal.store, internal.quota reactor",
    "redis, internal.quota reactor",
    "query, model error plan internal.text",
    "reactor.internal.call,"
        + " model error internal.http internal.json internal.quota internal.text reactor",
    "reactor.internal.paging, model error internal.json internal.paging internal.text",
    "reactor.internal.transport,"
        + " model error internal.http internal.text reactor reactor.internal.call",
  })
  void aPackageOfTheClientImportsOnlyWhatTheTableSays(String name, String allowed) {
    onlyDependsOn(name, allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "sync, "
        + CORE
        + " reactor sync.file sync.internal.apply sync.internal.exposure"
        + " sync.internal.journal",
    "sync.file, " + CORE + " sync.internal.input",
    "sync.accounts, " + CORE + " reactor sync sync.file sync.internal.input sync.internal.journal",
    "sync.internal.input,",
    "sync.export, " + CORE + " sync.file",
    "sync.audit, " + CORE + " sync sync.internal.exposure",
    "sync.internal.apply, " + CORE + " reactor sync sync.internal.journal",
    "sync.internal.journal, " + CORE + " sync",
    "sync.internal.exposure, model plan sync.internal.exposure.regex",
    "sync.internal.exposure.regex,",
  })
  void aPackageOfTheSyncImportsOnlyWhatTheTableSays(String name, String allowed) {
    onlyDependsOn(name, allowed);
  }

  /** Which packages of the command line it may import; of the libraries it may import any. */
  @ParameterizedTest
  @CsvSource({
    "cli.export, cli.option cli.output cli.runtime",
    "cli.input, cli.runtime",
    "cli.option, cli.runtime",
    "cli.output, cli.runtime",
    "cli.runtime,",
  })
  void aPackageOfTheCommandLineImportsOnlyThoseBelowIt(String name, String allowed) {
    onlyDependsOn(name, allowed, "dev.allowflux.cli..");
  }

  private static void onlyDependsOn(String name, String allowed) {
    onlyDependsOn(name, allowed, "dev.allowflux..");
  }

  private static void onlyDependsOn(String name, String allowed, String scope) {
    List<String> packages = new ArrayList<>();
    packages.add(BASE + name);
    if (allowed != null) {
      Arrays.stream(allowed.split(" ")).forEach(other -> packages.add(BASE + other));
    }
    noClasses()
        .that()
        .resideInAPackage(BASE + name)
        .should()
        .dependOnClassesThat(
            resideInAPackage(scope).and(resideOutsideOfPackages(packages.toArray(new String[0]))))
        .allowEmptyShould(true)
        .check(ours);
  }

  @Test
  void noPackagesOfCoreFormACircle() {
    slices()
        .matching("dev.allowflux.(model|error|plan|json|internal.*)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(ours);
  }

  @Test
  void noInternalPackagesOfTheClientFormACircle() {
    slices().matching("dev.allowflux.reactor.internal.(*)..").should().beFreeOfCycles().check(ours);
  }

  @Test
  void noPackagesOfTheSyncFormACircle() {
    slices()
        .matching("dev.allowflux.sync.internal.(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(ours);
  }

  @Test
  void noPackagesOfTheSimulatorFormACircle() {
    slices()
        .matching("dev.allowflux.simulator.internal.(*)..")
        .should()
        .beFreeOfCycles()
        .check(ours);
  }

  @Test
  void noPackagesOfTheCommandLineFormACircle() {
    slices().matching("dev.allowflux.cli.(*)..").should().beFreeOfCycles().check(ours);
  }

  @Test
  void coreHasNoReactorNoNettyNoThreadNoClockAndNoFile() {
    noClasses()
        .that(resideInAnyPackage(core()))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("reactor..", "io.netty..", "java.util.concurrent", "java.nio.file..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.File")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.Thread")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Clock.class, "systemUTC")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(ours);
  }

  /** The clocks of processes need not agree. */
  @Test
  void theSharedQuotaReadsNoWallClock() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.allowflux.redis..",
            "dev.allowflux.reactor.internal.call..",
            "dev.allowflux.reactor.internal.store..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Instant")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .check(ours);
    noClasses()
        .that()
        .resideInAPackage("dev.allowflux.reactor.file..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(ours);
  }

  private static String[] core() {
    return new String[] {
      "dev.allowflux.model..",
      "dev.allowflux.error..",
      "dev.allowflux.plan..",
      "dev.allowflux.json..",
      "dev.allowflux.internal.."
    };
  }

  @Test
  void modelErrorAndPlanKnowNoJackson() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.allowflux.model..", "dev.allowflux.error..", "dev.allowflux.plan..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("tools.jackson..", "com.fasterxml..")
        .check(ours);
  }

  @Test
  void onlyTheTransportAndItsCustomiserKnowReactorNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.allowflux.reactor.internal.transport..",
            "dev.allowflux.simulator..",
            "dev.allowflux.benchmarks..",
            "dev.allowflux.cli.runtime..")
        .and()
        .haveNameNotMatching("dev\\.allowflux\\.reactor\\.Connections(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("reactor.netty..")
        .check(ours);
  }

  @Test
  void internalsOfTheClientServeTheClientAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.allowflux.reactor..", "dev.allowflux.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.allowflux.reactor.internal..")
        .check(ours);
  }

  @Test
  void internalsOfCoreServeOurOwnModulesByName() {
    classes()
        .that()
        .resideInAPackage("dev.allowflux.internal..")
        .should()
        .onlyHaveDependentClassesThat(
            resideInAnyPackage(core())
                .or(
                    resideInAnyPackage(
                        "dev.allowflux.reactor..",
                        "dev.allowflux.query..",
                        "dev.allowflux.redis..",
                        "dev.allowflux.sync..",
                        "dev.allowflux.cli..",
                        "dev.allowflux.benchmarks..")))
        .check(ours);
  }

  @Test
  void ofTheInternalsTheCommandLineUsesOnlyTheSanitiser() {
    noClasses()
        .that()
        .resideInAPackage("dev.allowflux.cli..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.allowflux..internal..")
                .and(resideOutsideOfPackages("dev.allowflux.internal.text")))
        .check(ours);
  }

  @Test
  void noLibraryKnowsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.allowflux.cli..", "dev.allowflux.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.allowflux.cli..")
        .check(ours);
  }

  @Test
  void theSimulatorSharesNothingWithTheClientThatItTests() {
    noClasses()
        .that()
        .resideInAPackage("dev.allowflux.simulator..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.allowflux..")
                .and(resideOutsideOfPackages("dev.allowflux.simulator..")))
        .check(ours);
  }

  @Test
  void theClientKnowsNeitherSyncNorSimulator() {
    noClasses()
        .that()
        .resideInAPackage("dev.allowflux.reactor..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.allowflux.sync..", "dev.allowflux.simulator..")
        .check(ours);
  }
}
