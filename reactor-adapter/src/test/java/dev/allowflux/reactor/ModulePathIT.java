package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.simulator.ApiSimulator;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application of modules that requires the client and nothing else, as a process. */
@Timeout(240)
class ModulePathIT {

  private static final List<String> NEEDED =
      List.of(
          "io/netty",
          "io/projectreactor",
          "io/github/resilience4j",
          "org/slf4j/slf4j-api",
          "org/jspecify",
          "org/reactivestreams/reactive-streams/",
          "tools/jackson/core/jackson-core");
  private static final List<String> NOT_NEEDED =
      List.of(
          "reactor-test",
          "reactor-tools",
          "resilience4j-micrometer",
          "resilience4j-reactor",
          "blockhound");

  @TempDir private Path folder;

  /** The class path of the tests, less what an application would not have. */
  private static String modulePath() {
    // Where this module is depends on who runs the tests: in folders, in a jar, in a patched
    // module.
    return Stream.of(
            location(AllowPolicyClient.class),
            location(AccountId.class),
            System.getProperty("surefire.real.class.path", ""),
            System.getProperty("java.class.path", ""),
            System.getProperty("jdk.module.path", ""))
        .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
        .filter(entry -> isOurs(entry) || isNeeded(entry))
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String location(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  private static boolean isOurs(String entry) {
    return Files.exists(Path.of(entry, "module-info.class"))
        && Files.exists(Path.of(entry, "dev", "allowflux"))
        && !Files.exists(Path.of(entry, "dev", "allowflux", "simulator"));
  }

  private static boolean isNeeded(String entry) {
    String path = entry.replace(File.separatorChar, '/');
    return path.endsWith(".jar")
        && (NEEDED.stream().anyMatch(path::contains) || isOurJar(path))
        && NOT_NEEDED.stream().noneMatch(path::contains);
  }

  private static boolean isOurJar(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.startsWith("allowflux-core") || name.startsWith("allowflux-reactor");
  }

  @Test
  void anApplicationThatRequiresTheClientStartsWithoutFurtherModules() throws Exception {
    Path source = Files.createDirectories(folder.resolve("source/app"));
    Files.writeString(
        folder.resolve("source/module-info.java"),
        "module app { requires dev.allowflux.reactor; }");
    Files.writeString(
        source.resolve("Main.java"),
        """
        package app;
        import dev.allowflux.model.AccountId;
        import dev.allowflux.reactor.*;
        public class Main {
          public static void main(String[] args) {
            ClientSettings settings =
                ClientSettings.builder(Credential.apiToken(args[1])).baseUrl(args[0]).build();
            try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
              System.out.println("listed " + client.list(new AccountId(args[2])).count().block());
            }
          }
        }
        """);
    Path classes = folder.resolve("classes");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "-p",
                modulePath(),
                folder.resolve("source/module-info.java").toString(),
                source.resolve("Main.java").toString());
    assertThat(compiled).as("exit code of the compiler").isZero();
    try (ApiSimulator api = ApiSimulator.builder().policies(1_234).start()) {
      assertThat(run(classes, api.baseUrl(), api.token(), api.accountId()))
          .contains("listed 1234")
          .doesNotContain("NoClassDefFoundError");
    }
  }

  private String run(Path classes, String... args) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-p",
                            modulePath() + File.pathSeparator + classes,
                            "-m",
                            "app/app.Main"),
                        Stream.of(args))
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(output);
    assertThat(ended).as("ended: " + text).isTrue();
    return text;
  }
}
