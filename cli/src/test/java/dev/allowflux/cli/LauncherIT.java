package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a project that looks like this one: a jar, sources, and a {@code mvn} that writes
 * down that it was called.
 */
@Timeout(120)
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
    for (String module : List.of("core", "reactor-adapter", "sync", "simulator", "cli")) {
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
    Path archive = home.resolve("cli/target/allowflux.jsa");
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
