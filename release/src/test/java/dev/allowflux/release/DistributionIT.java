package dev.allowflux.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of the command line, unpacked where there are no sources and no Maven. */
@Timeout(240)
class DistributionIT {
  @TempDir Path folder;

  private Path home;

  private record Result(int exit, String out) {}

  @BeforeEach
  void unpack() throws IOException, InterruptedException {
    String name = "allowflux-" + System.getProperty("allowflux.version");
    Path archive = PublishedModule.root().resolve("cli/target/" + name + ".tar.gz");
    assertThat(run("tar", "-xzf", archive.toString()).exit()).isZero();
    home = folder.resolve(name);
  }

  private Result run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.environment().put("PATH", "/usr/bin:/bin");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), out);
  }

  @Test
  void theLauncherRunsWithoutSourcesAndKeepsItsArchiveInTheCache()
      throws IOException, InterruptedException {
    String launcher = home.resolve("bin/allowflux").toString();
    Result first = run(launcher, "list", "--simulate", "3");
    assertThat(first.exit()).as(first.out()).isZero();
    assertThat(first.out()).hasLineCount(3);
    try (Stream<Path> files = Files.walk(folder.resolve("cache/allowflux"))) {
      assertThat(files).anyMatch(file -> file.toString().endsWith(".jsa"));
    }
    assertThat(run(launcher, "list", "--simulate", "3")).isEqualTo(first);
  }

  @Test
  void theLauncherRunsWhereNothingCanBeCached() throws IOException, InterruptedException {
    Files.createFile(folder.resolve("cache"));
    Result result = run(home.resolve("bin/allowflux").toString(), "list", "--simulate", "3");
    assertThat(result.exit()).as(result.out()).isZero();
    assertThat(result.out()).hasLineCount(3);
  }

  @Test
  void aQueryFindsItsDatabaseInTheArchive() throws IOException, InterruptedException {
    String launcher = home.resolve("bin/allowflux").toString();
    String sql = "SELECT count(*) AS policies FROM allow_policies";
    Result result = run(launcher, "query", sql, "--simulate", "3");
    assertThat(result.exit()).as(result.out()).isZero();
    assertThat(result.out()).isEqualTo("{\"policies\":3}\n");
  }

  @Test
  void everyCommandHasItsManualPage() throws IOException, InterruptedException {
    String help = run(home.resolve("bin/allowflux").toString(), "--help").out();
    List<String> commands =
        help.lines()
            .dropWhile(line -> !line.equals("Commands:"))
            .skip(1)
            .takeWhile(line -> !line.isBlank())
            .filter(line -> line.matches("  [a-z]+ .*"))
            .map(line -> line.strip().split(" ", -1)[0])
            .toList();
    assertThat(commands).contains("export", "sync", "manual");
    for (String command : commands) {
      assertThat(home.resolve("share/man/man1/allowflux-" + command + ".1")).exists();
    }
    assertThat(home.resolve("share/man/man1/allowflux.1")).exists();
  }

  @Test
  void completionsAndLicencesAreThere() {
    for (String file :
        List.of(
            "share/bash-completion/completions/allowflux",
            "share/zsh/allowflux.zsh",
            "share/fish/vendor_completions.d/allowflux.fish",
            "bin/allowflux.cmd",
            "LICENSE",
            "NOTICE",
            "third-party/COMPONENTS")) {
      assertThat(home.resolve(file)).isNotEmptyFile();
    }
  }
}
