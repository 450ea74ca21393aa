package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.error.InputException;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class PolicyFileTest {
  private static final String LINE = "{\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\"}\n";

  private final PolicyFileReader reader = PolicyFileReader.of(new SyncMode.All());

  @TempDir private Path folder;

  @Test
  void aFileThatGrowsWhileItIsReadIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("a.ndjson"), LINE.repeat(3));

    InputException e =
        catchThrowableOfType(InputException.class, () -> reader.read(file, policy -> append(file)));

    assertThat(e.problems()).singleElement().asString().contains("changed while it was read");
  }

  @Test
  void aFileThatIsReplacedWhileItIsReadIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("a.ndjson"), LINE.repeat(3));

    assertThatThrownBy(() -> reader.read(file, policy -> replace(file)))
        .isInstanceOf(InputException.class);
  }

  @Test
  void aFifoIsReadToItsEnd() throws Exception {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (OutputStream out = Files.newOutputStream(fifo, StandardOpenOption.WRITE)) {
                for (byte b : LINE.repeat(3).getBytes(UTF_8)) {
                  out.write(b);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    List<DesiredPolicy> read = new ArrayList<>();

    PolicyFileReport report = reader.read(fifo, read::add);

    writing.join();
    assertThat(read).hasSize(3);
    assertThat(report.policies()).isEqualTo(3);
  }

  @Test
  void aFolderAndAMissingFileAreNamedAsWhatTheyAre() {
    assertThatThrownBy(() -> reader.read(folder, policy -> {}))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> reader.read(folder.resolve("no"), policy -> {}))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void nothingIsReadBeforeItIsDemanded() throws IOException {
    Path file = Files.writeString(folder.resolve("a.ndjson"), LINE.repeat(3));
    AtomicReference<PolicyFileReport> report = new AtomicReference<>();

    StepVerifier.create(reader.policies(file, report::set), 0)
        .thenRequest(1)
        .expectNextCount(1)
        .then(() -> assertThat(report).hasNullValue())
        .thenRequest(10)
        .expectNextCount(2)
        .verifyComplete();

    assertThat(report.get().policies()).isEqualTo(3);
  }

  @Test
  void damageAtTheEndFailsWhatCameBefore() throws IOException {
    Path file = Files.writeString(folder.resolve("a.ndjson"), LINE + "{\"pattern\":");

    StepVerifier.create(reader.policies(file, report -> {}))
        .expectNextCount(1)
        .verifyError(InputException.class);
  }

  @Test
  void eachSubscriptionReadsAnew() throws IOException {
    Path file = Files.writeString(folder.resolve("a.ndjson"), LINE);
    var policies = reader.policies(file, report -> {});

    StepVerifier.create(policies).expectNextCount(1).verifyComplete();
    Files.writeString(file, LINE.repeat(2));
    StepVerifier.create(policies).expectNextCount(2).verifyComplete();
    Files.delete(file);
    StepVerifier.create(policies).verifyError(NoSuchFileException.class);
  }

  private void append(Path file) {
    try {
      if (Files.size(file) == 3L * LINE.length()) {
        Files.writeString(file, LINE, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void replace(Path file) {
    try {
      if (Files.exists(folder.resolve("replaced"))) {
        return;
      }
      Files.createFile(folder.resolve("replaced"));
      Path other = Files.writeString(folder.resolve("other"), LINE.repeat(3));
      Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
