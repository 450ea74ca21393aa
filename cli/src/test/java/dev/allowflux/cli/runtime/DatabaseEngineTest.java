package dev.allowflux.cli.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the database comes from. */
class DatabaseEngineTest {
  private static final ClassLoader WITHOUT = ClassLoader.getPlatformClassLoader();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"allowflux.jar", "al.jar", "program"})
  void theJarBesideTheProgramIsTakenWhateverTheProgramIsCalled(String name) throws IOException {
    Path program = Files.createFile(folder.resolve(name));
    Path jar = Files.createFile(folder.resolve("h2.jar"));

    try (URLClassLoader loader = (URLClassLoader) DatabaseEngine.classLoader(program, WITHOUT)) {
      assertThat(loader.getURLs()).containsExactly(jar.toUri().toURL());
    }
  }

  @Test
  void withoutThatJarTheClassPathIsTaken() throws IOException {
    Path program = Files.createFile(folder.resolve("al.jar"));
    ClassLoader own = DatabaseEngineTest.class.getClassLoader();

    assertThat(DatabaseEngine.classLoader(program, own)).isSameAs(own);
  }

  @Test
  void withoutTheDatabaseOneLineSaysWhatIsMissing() throws IOException {
    Path program = Files.createFile(folder.resolve("al.jar"));

    assertThatThrownBy(() -> DatabaseEngine.classLoader(program, WITHOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unpack the whole archive")
        .hasMessageContaining("h2.jar")
        .hasMessageNotContaining("\n");
  }
}
