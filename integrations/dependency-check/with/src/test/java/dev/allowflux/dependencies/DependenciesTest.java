package dev.allowflux.dependencies;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Adding allowflux must not change an application. The build of both modules writes the list of
 * their dependencies before this test.
 */
class DependenciesTest {
  private static final Pattern DEPENDENCY = Pattern.compile("[\\w.-]+(:[\\w.-]+){3,5}");

  @Test
  void allowfluxAddsItselfAndResilience4jAndTakesNothingAway() throws IOException {
    Set<String> without = dependencies("without");
    Set<String> with = dependencies("with");
    assertThat(without)
        .as("as Reactor Netty brings them")
        .anyMatch(one -> one.startsWith("io.netty:netty-transport-native-epoll:"))
        .anyMatch(one -> one.startsWith("io.netty:netty-codec-native-quic:"));

    assertThat(with).containsAll(without);
    Set<String> added = new TreeSet<>(with);
    added.removeAll(without);
    assertThat(added)
        .isNotEmpty()
        .allMatch(
            one -> one.startsWith("dev.allowflux:") || one.startsWith("io.github.resilience4j:"));
  }

  private static Set<String> dependencies(String module) throws IOException {
    return Files.readAllLines(Path.of("..", module, "target", "dependencies.txt")).stream()
        .map(line -> line.strip().split("\\s", 2)[0])
        .filter(line -> DEPENDENCY.matcher(line).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
