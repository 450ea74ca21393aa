package dev.allowflux.sync.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.ApplyJournal;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.internal.journal.JournalLine.Ended;
import dev.allowflux.sync.internal.journal.JournalLine.Head;
import dev.allowflux.sync.internal.journal.JournalLine.Sending;
import dev.allowflux.sync.internal.journal.JournalLine.Verified;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileJournalTest {
  private static final Instant AT = Instant.parse("2026-11-27T00:00:00Z");
  private static final Head HEAD = new Head("d".repeat(64), "account", "run");

  @TempDir private Path folder;

  private Path journal(JournalLine... lines) throws IOException {
    Path path = folder.resolve("plan.json.journal");
    try (ApplyJournal.Open open = ApplyJournal.file(path).open()) {
      open.append(JournalLineCodec.write(HEAD));
      for (JournalLine line : lines) {
        open.append(JournalLineCodec.write(line));
      }
    }
    return path;
  }

  private static Sending sending(int batch, Integer... changes) {
    return new Sending(batch, List.of(changes), AT);
  }

  private static Ended ended(
      int batch, Outcome outcome, List<Integer> done, List<Integer> refused) {
    boolean lost = outcome == Outcome.UNCONFIRMED;
    return new Ended(batch, outcome, lost, done, refused, Map.of(), null, null, AT);
  }

  private static Verified verified(Integer... unconfirmed) {
    Map<Integer, List<PolicyId>> none = Map.of();
    return new Verified(List.of(), List.of(), none, List.of(unconfirmed), AT);
  }

  static Stream<Arguments> journals() {
    return Stream.of(
        Arguments.of(0, List.of()),
        Arguments.of(2, List.of(sending(1, 0, 1))),
        Arguments.of(
            0, List.of(sending(1, 0, 1), ended(1, Outcome.DONE, List.of(), List.of()), verified())),
        Arguments.of(
            0, List.of(sending(1, 0, 1), ended(1, Outcome.NOT_DONE, List.of(), List.of()))),
        Arguments.of(
            3,
            List.of(
                sending(1, 0, 1, 2, 3, 4), ended(1, Outcome.UNCONFIRMED, List.of(0), List.of(3)))),
        Arguments.of(
            0,
            List.of(
                sending(1, 0, 1, 2),
                ended(1, Outcome.UNCONFIRMED, List.of(0), List.of()),
                ended(1, Outcome.FOUND_DONE, List.of(), List.of()))),
        Arguments.of(
            1,
            List.of(sending(1, 0, 1), ended(1, Outcome.DONE, List.of(), List.of()), verified(1))),
        Arguments.of(
            2,
            List.of(
                sending(1, 0),
                ended(1, Outcome.DONE, List.of(), List.of()),
                verified(0),
                sending(2, 1, 2))));
  }

  @ParameterizedTest
  @MethodSource("journals")
  void itGoesUnlessChangesAreUnconfirmed(int unconfirmed, List<JournalLine> lines)
      throws IOException {
    Path journal = journal(lines.toArray(JournalLine[]::new));
    byte[] before = Files.readAllBytes(journal);

    assertThat(ApplyJournal.deleteUnlessUnconfirmed(journal)).isEqualTo(unconfirmed);

    if (unconfirmed == 0) {
      assertThat(folder).isEmptyDirectory();
    } else {
      assertThat(journal).hasBinaryContent(before);
    }
  }

  @Test
  void aJournalThatIsInUseOrNoJournalIsRefusedAndStays() throws IOException {
    Path journal = journal();
    try (ApplyJournal.Open open = ApplyJournal.file(journal).open()) {
      assertThatThrownBy(() -> ApplyJournal.deleteUnlessUnconfirmed(journal))
          .isInstanceOf(ApplyRefusedException.class)
          .hasMessageContaining("another run is using the journal " + journal);
      assertThat(open.lines()).hasSize(1);
    }
    assertThat(ApplyJournal.deleteUnlessUnconfirmed(journal)).isZero();

    Files.writeString(journal, "a letter\n");
    assertThatThrownBy(() -> ApplyJournal.deleteUnlessUnconfirmed(journal))
        .isInstanceOf(ApplyRefusedException.class)
        .hasMessageContaining(journal.toString());
    try (ApplyJournal.Open open = ApplyJournal.file(folder.resolve("later")).open()) {
      open.append("{\"journal\":\"allowflux apply\",\"version\":99}");
    }
    assertThatThrownBy(() -> ApplyJournal.deleteUnlessUnconfirmed(folder.resolve("later")))
        .isInstanceOf(ApplyRefusedException.class)
        .hasMessageContaining("version 99");
    assertThat(journal).exists();
    assertThat(folder.resolve("later")).exists();
  }

  @Test
  void whatIsFarTooLargeForAJournalIsRefusedUnread() throws IOException {
    Path image = folder.resolve("image");
    try (RandomAccessFile sparse = new RandomAccessFile(image.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    assertThatThrownBy(() -> ApplyJournal.file(image).open())
        .isInstanceOf(ApplyRefusedException.class)
        .hasMessage(image + " is no journal; name another file");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLockFileThatWasDeletedBeforeItWasLockedLocksNothing(boolean another) throws IOException {
    Path lock = folder.resolve("plan.json.journal.lock");
    try (FileChannel first = FileJournal.lock(lock, PrivateFiles::open)) {
      assertThat(first).isNotNull();
    }
    assertThat(
            FileJournal.lock(
                lock,
                path -> {
                  FileChannel opened = PrivateFiles.open(path);
                  Files.delete(path);
                  if (another) {
                    Files.createFile(path);
                  }
                  return opened;
                }))
        .isNull();
  }

  @Test
  void aFullDiskIsNamedWithTheJournal() throws IOException {
    Path journal = folder.resolve("full.journal");
    FileJournal full =
        new FileJournal(
            journal,
            (file, bytes) -> {
              throw new IOException("No space left on device");
            });
    try (ApplyJournal.Open open = full.open()) {
      assertThatThrownBy(() -> open.append(JournalLineCodec.write(HEAD)))
          .isInstanceOf(FileSystemException.class)
          .hasMessage(journal + ": No space left on device");
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsNamedAndStaysAsItWas() throws IOException {
    Path file = Files.writeString(folder.resolve("plan.json"), "before");

    assertThatThrownBy(
            () ->
                PrivateFiles.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(file + ": No space left on device");
    assertThat(file).hasContent("before");
    assertThat(folder.toFile().list()).containsExactly("plan.json");
  }
}
