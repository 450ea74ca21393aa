package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.cli.runtime.ProcessIo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aFileHasItsNameOnlyWhenItIsWhole() throws IOException {
    Path target = folder.resolve("a");
    try (Output output = Output.file(target, false)) {
      output.write("one\n");
      assertThat(target).doesNotExist();
      output.write("two\n");
      output.commit();
      assertThat(target).hasContent("one\ntwo\n");
    }
    assertThat(files()).containsExactly(target);
  }

  @Test
  void whatWasNotCommittedLeavesTheOldFileAlone() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (Output output = Output.file(target, false)) {
      output.write("new");
    }
    assertThat(target).hasContent("old");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void theNewFileHasThePermissionsOfTheOldOne() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r-----"));
    try (Output output = Output.file(target, false)) {
      output.write("new");
      output.commit();
    }
    assertThat(target).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-r-----");
  }

  /** Only the superuser may give a file away; to all others the owner is the same anyway. */
  @Test
  void theNewFileHasTheOwnerOfTheOldOne() throws IOException, InterruptedException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    new ProcessBuilder("chown", "65534", target.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    Object owner = Files.getAttribute(target, "unix:uid");
    try (Output output = Output.file(target, false)) {
      output.write("new");
      output.commit();
    }
    assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(owner);
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    try (Output output = Output.file(link, false)) {
      output.write("new");
      output.commit();
    }
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
  }

  @Test
  void whatIsNoRegularFileIsWrittenDirectly() throws IOException {
    try (Output output = Output.file(Path.of("/dev/null"), false)) {
      output.write("gone");
      output.commit();
    }
    assertThat(Path.of("/dev/null")).exists();
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void aFolderAndAMissingFolderAreNamed() {
    assertThatThrownBy(() -> Output.file(folder, false)).hasMessage(folder + ": is a folder");
    Path target = folder.resolve("no/a");
    assertThatThrownBy(() -> Output.file(target, false))
        .hasMessage("cannot write " + target + ": no such file or folder");
  }

  @Test
  void aLargePageIsWrittenWhole() throws IOException {
    Path target = folder.resolve("a");
    String text = "0123456789abcdef".repeat(20_000);
    try (Output output = Output.file(target, false)) {
      output.write(text);
      output.commit();
    }
    assertThat(Files.readString(target)).isEqualTo(text);
  }

  @Test
  void aClosedPipeIsNoFailureOfTheDisk() {
    assertThatThrownBy(() -> Output.standard(failing("Broken pipe")).println("x"))
        .isInstanceOf(ClosedPipeException.class);
    assertThatThrownBy(() -> Output.standard(failing("No space left on device")).println("x"))
        .isNotInstanceOf(ClosedPipeException.class)
        .hasMessage(
            "cannot write standard output: No space left on device; free some, or name another"
                + " place");
  }

  private static ProcessIo failing(String message) {
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(message);
          }
        };
    return new ProcessIo(
        new ByteArrayInputStream(new byte[0]),
        out,
        new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
        Map.of(),
        false,
        false);
  }
}
