package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher in a project that looks like this one: a jar, sources, and a {@code mvn} that writes
 * down that it was called.
 */
@Timeout(240)
class LauncherIT {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  @TempDir Path folder;

  private Path home;
  private Path jar;
  private Path bin;

  @BeforeEach
  void layOut() throws IOException {
    home = Files.createDirectory(folder.resolve("a project"));
    Files.copy(Path.of("..", "allowflux"), home.resolve("allowflux"));
    assertThat(home.resolve("allowflux").toFile().setExecutable(true)).isTrue();
    for (String module :
        List.of(
            "core",
            "reactor-adapter",
            "sync",
            "integrations/query",
            "integrations/redis",
            "simulator",
            "cli")) {
      Files.createDirectories(home.resolve(module).resolve("src/main"));
      Files.createFile(home.resolve(module).resolve("pom.xml"));
    }
    Files.createFile(home.resolve("pom.xml"));
    Files.createDirectories(home.resolve("cli/target"));
    jar = home.resolve("cli/target/allowflux.jar");
    bin = Files.createDirectory(folder.resolve("bin"));
    mvn("cp '" + Path.of("target/allowflux.jar").toAbsolutePath() + "' '" + jar + "'");
  }

  private void mvn(String work) throws IOException {
    Path mvn = bin.resolve("mvn");
    Files.writeString(
        mvn,
        "#!/bin/sh\necho called >> '%s'\necho noise of the build\n%s\n"
            .formatted(bin.resolve("calls"), work));
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
  }

  private record Result(int exit, String out, String err) {}

  private Process start(Path launcher, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(Interruptible.command(command)).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
    builder.environment().merge("PATH", "", (path, none) -> bin + ":" + path);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Result run(Path launcher, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    Process process = start(launcher, environment, args);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), out, err);
  }

  private Result run(String... args) throws IOException, InterruptedException {
    return run(home.resolve("allowflux"), Map.of(), args);
  }

  private Path archive() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("cli/target"))) {
      return files.filter(file -> file.toString().endsWith(".jsa")).findFirst().orElseThrow();
    }
  }

  private int builds() throws IOException {
    Path calls = bin.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @Test
  void aMissingJarIsBuiltOnceAndTheBuildIsTold() throws IOException, InterruptedException {
    Result first = run("list", "--simulate", "3");
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.out()).hasLineCount(3).doesNotContain("noise");
    assertThat(first.err()).contains("building").doesNotContain("noise");
    Result second = run("list", "--simulate", "3");
    assertThat(second).isEqualTo(new Result(0, first.out(), ""));
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aNewerSourceIsBuilt() throws IOException, InterruptedException {
    run("--version");
    Path source = Files.createFile(home.resolve("core/src/main/A.java"));
    assertThat(source.toFile().setLastModified(jar.toFile().lastModified() + 5_000)).isTrue();
    assertThat(run("--version").err()).contains("building");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void startsAtTheSameTimeBuildOnce() throws IOException, InterruptedException {
    List<Process> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(start(home.resolve("allowflux"), Map.of(), "--version"));
    }
    for (Process start : starts) {
      assertThat(start.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(start.exitValue()).isZero();
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aBuildThatFailsShowsWhatItPrinted() throws IOException, InterruptedException {
    mvn("echo broken; exit 1");
    Result result = run("--version");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("noise of the build", "broken", "the build failed");
  }

  @Test
  void linksAndOtherFoldersMakeNoDifference() throws IOException, InterruptedException {
    Path one = Files.createSymbolicLink(folder.resolve("one"), home.resolve("allowflux"));
    Path two =
        Files.createSymbolicLink(
            Files.createDirectory(folder.resolve("sub")).resolve("two"), Path.of("../one"));
    assertThat(run(one, Map.of(), "--version").exit()).isZero();
    assertThat(run(two, Map.of(), "--version").out()).startsWith("allowflux ");
  }

  @Test
  void anArchiveThatDoesNotFitIsNotMentioned() throws IOException, InterruptedException {
    run("--version");
    Path archive = archive();
    assertThat(archive).exists();
    assertThat(archive.toFile().setWritable(true)).isTrue();
    Files.write(archive, new byte[10_000]);
    assertThat(run("list", "--simulate", "1"))
        .satisfies(result -> assertThat(result.exit()).isZero())
        .satisfies(result -> assertThat(result.out()).hasLineCount(1))
        .satisfies(result -> assertThat(result.err()).isEmpty());
    Files.delete(archive);
    assertThat(run("list", "--simulate", "1").err()).isEmpty();
  }

  @Test
  void anotherJavaLeavesTheArchiveAlone() throws IOException, InterruptedException {
    run("--version");
    Path first = archive();
    FileTime made = Files.getLastModifiedTime(first);
    Path other = Files.createDirectories(folder.resolve("other/bin")).resolve("java");
    Files.writeString(other, "#!/bin/sh\nexec '%s/bin/java' \"$@\"\n".formatted(JAVA_HOME));
    assertThat(other.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment = Map.of("JAVA_HOME", folder.resolve("other").toString());
    assertThat(run(home.resolve("allowflux"), environment, "--version").exit()).isZero();
    assertThat(run("list", "--simulate", "1").err()).isEmpty();
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(made);
    try (Stream<Path> files = Files.list(home.resolve("cli/target"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".jsa"))).hasSize(2);
    }
  }

  @Test
  void optionsForTheVirtualMachineWin() throws IOException, InterruptedException {
    run("--version");
    Result result =
        run(
            home.resolve("allowflux"),
            Map.of("JAVA_TOOL_OPTIONS", "-Xmx64m -XX:+UseParallelGC"),
            "list",
            "--simulate",
            "5");
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out()).hasLineCount(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "", "xx_XX.UTF-8"})
  void withoutALocaleInUtf8EveryCharacterIsKept(String locale)
      throws IOException, InterruptedException {
    run("--version");
    Path script = folder.resolve("script");
    // The bytes are written by the script, as this JVM may be unable to pass them on.
    Files.writeString(
        script,
        "LC_ALL='%s' '%s' export --simulate 1 --output \"$(printf 'Z\\303\\274rich-\\346\\274\\242')\" &&"
                .formatted(locale, home.resolve("allowflux"))
            + " LC_ALL='%s' '%s' edit x --account a --comments \"$(printf 'Z\\303\\274')\" --dry-run"
                .formatted(locale, home.resolve("allowflux")));
    Result result = run(Path.of("/bin/sh"), Map.of(), script.toString());
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out()).contains("Z\u00fc");
    assertThat(result.err()).contains("Z\u00fcrich-\u6f22");
  }

  @Test
  void theCredentialIsNotHandedToTheBuild() throws IOException, InterruptedException {
    mvn(
        "env > '%s'; cp '%s' '%s'"
            .formatted(bin.resolve("env"), Path.of("target/allowflux.jar").toAbsolutePath(), jar));
    Map<String, String> secrets =
        Map.of(
            "CLOUDFLARE_API_TOKEN", "canary-1",
            "CLOUDFLARE_API_KEY", "canary-2",
            "CLOUDFLARE_API_USER_SERVICE_KEY", "canary-3");
    assertThat(run(home.resolve("allowflux"), secrets, "--version").exit()).isZero();
    assertThat(bin.resolve("env")).content().contains("PATH=").doesNotContain("canary");
  }

  @Test
  void aMissingOrOldJavaIsNamed() throws IOException, InterruptedException {
    Result missing =
        run(home.resolve("allowflux"), Map.of("JAVA_HOME", "/nonexistent"), "--version");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).hasLineCount(1).contains("JAVA_HOME is /nonexistent");
    Path java = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Result old =
        run(
            home.resolve("allowflux"),
            Map.of("JAVA_HOME", folder.resolve("old").toString()),
            "--version");
    assertThat(old.exit()).isEqualTo(1);
    assertThat(old.err()).hasLineCount(1).contains("version 17 or later is needed");
  }

  @Test
  void aSignalReachesTheProgram() throws IOException, InterruptedException {
    run("--version");
    Process process = start(home.resolve("allowflux"), Map.of(), "simulate");
    try {
      assertThat(process.inputReader(UTF_8).readLine()).contains("serving");
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
  }
}
