package dev.allowflux.reactor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** What the file remembers. How processes share it is SharedFileIT's. */
@Timeout(240)
class FileQuotaStoreTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration WINDOW = Duration.ofSeconds(302);
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Limits THREE = new Limits(3, WINDOW, 0, 0);
  private static final int BOOT_AT = Long.BYTES;
  private static final int LATEST_AT = 4 * Long.BYTES;

  @TempDir private Path folder;
  private Path path;
  private FileQuotaStore store;

  @BeforeEach
  void makeTheStore() {
    path = folder.resolve("state/allowflux/quota");
    store = FileQuotaStore.at(path);
  }

  @AfterEach
  void closeTheStore() {
    store.close();
  }

  private static Reply ask(QuotaStore of, Limits limits, int calls, Report... reports) {
    Reply reply =
        of.exchange(new Exchange(limits, calls, 0, LEASE, List.of(reports))).block(PATIENCE);
    assertThat(reply).isNotNull();
    return reply;
  }

  private static List<Place> take(QuotaStore of, int calls) {
    return ask(of, THREE, calls).interactive();
  }

  private void write(int at, long value) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.write(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value).flip(), at);
    }
  }

  @Test
  void nothingIsTouchedBeforeSubscription() {
    Mono<Reply> reply = store.exchange(new Exchange(THREE, 1, 0, LEASE, List.of()));
    assertThat(path.getParent()).doesNotExist();
    assertThat(reply.block(PATIENCE)).isNotNull();
    assertThat(path).exists();
  }

  @Test
  void onlyItsOwnerCanReadIt() throws IOException {
    take(store, 1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void twoStoresNeverHoldTheSamePlace() {
    try (FileQuotaStore other = FileQuotaStore.at(path)) {
      Set<Place> places = new HashSet<>(take(store, 2));
      places.addAll(take(other, 2));
      assertThat(places).hasSize(3);
      Reply none = ask(store, THREE, 1);
      assertThat(none.interactive()).isEmpty();
      assertThat(none.reason()).isEqualTo(WaitReason.QUOTA);
      assertThat(none.askAgain()).isBetween(Duration.ofSeconds(200), WINDOW);
    }
  }

  @Test
  void aRestartedProcessKnowsWhatWasSent() {
    List<Place> places = take(store, 3);
    ask(store, THREE, 0, new QuotaStore.Ended(places.get(0), Duration.ZERO));
    store.closeGracefully().block(PATIENCE);
    try (FileQuotaStore again = FileQuotaStore.at(path)) {
      assertThat(take(again, 1)).isEmpty();
      ask(again, THREE, 0, new QuotaStore.Unused(places.get(1)));
      assertThat(take(again, 1)).hasSize(1);
    }
  }

  @Test
  void aFileThatIsEmptiedInUseCountsAsUsedUp() throws IOException {
    take(store, 1);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.truncate(0);
    }
    assertIsUsedUp();
  }

  @Test
  void aFileThatIsDeletedInUseIsMadeAnewAndCountsAsUsedUp() throws IOException {
    take(store, 1);
    Files.delete(path);
    assertIsUsedUp();
  }

  /** In the view of the process that used the file before, and of one that comes now. */
  private void assertIsUsedUp() {
    Reply none = ask(store, THREE, 1);
    assertThat(none.interactive()).isEmpty();
    assertThat(none.reason()).isEqualTo(WaitReason.QUOTA);
    try (FileQuotaStore other = FileQuotaStore.at(path)) {
      assertThat(take(other, 1)).isEmpty();
    }
  }

  @Test
  void aFileThatIsReplacedInUseIsSharedWithWhoeverUsesTheOther() throws IOException {
    take(store, 3);
    Path elsewhere = folder.resolve("other");
    try (FileQuotaStore other = FileQuotaStore.at(elsewhere)) {
      take(other, 1);
    }
    Files.move(elsewhere, path, StandardCopyOption.REPLACE_EXISTING);
    assertThat(take(store, 3)).hasSize(2);
  }

  @Test
  void aFileOfOthersThatBeginsWithZerosStaysAsItIs() throws IOException {
    byte[] content = new byte[20];
    content[19] = 1;
    Files.createDirectories(path.getParent());
    Files.write(path, content);
    assertThatThrownBy(() -> take(store, 1)).hasRootCauseInstanceOf(IOException.class);
    assertThat(path).hasBinaryContent(content);
  }

  @Test
  void whatReplacesTheFileInUseAndIsNoneIsNamed() throws IOException {
    take(store, 1);
    Files.writeString(path, "x");
    assertThatThrownBy(() -> take(store, 1))
        .hasRootCauseInstanceOf(IOException.class)
        .hasRootCauseMessage(
            path + " holds another quota, or is no quota file: name another file for this one");
    assertThat(path).hasContent("x");
  }

  @Test
  void aFileWhoseMakerWasKilledIsFinished() throws IOException {
    Files.createDirectories(path.getParent());
    Files.write(path, new byte[9]);
    assertThat(take(store, 3)).hasSize(3);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskRefusesCallsWithItsReason() {
    try (FileQuotaStore full = FileQuotaStore.at(Path.of("/dev/full"))) {
      assertThatThrownBy(() -> take(full, 1))
          .hasRootCauseInstanceOf(IOException.class)
          .hasStackTraceContaining("/dev/full cannot be written: No space left on device");
    }
  }

  @Test
  void aReportThatComesTwiceFreesNobodyElsesPlace() {
    Place unused = take(store, 3).get(0);
    ask(store, THREE, 0, new QuotaStore.Unused(unused));
    assertThat(take(store, 1)).hasSize(1);
    ask(store, THREE, 0, new QuotaStore.Unused(unused));
    assertThat(take(store, 1)).isEmpty();
  }

  @Test
  void afterARestartOfTheMachineTheQuotaCountsAsUsedUp() throws IOException {
    take(store, 1);
    write(BOOT_AT, 42);
    try (FileQuotaStore rebooted = FileQuotaStore.at(path)) {
      Reply reply = ask(rebooted, THREE, 1);
      assertThat(reply.interactive()).isEmpty();
      assertThat(reply.askAgain()).isBetween(Duration.ofSeconds(200), WINDOW);
    }
  }

  @Test
  void aClockThatReadsLessThanBeforeTellsOfARestart() throws IOException {
    take(store, 1);
    write(LATEST_AT, Long.MAX_VALUE / 2);
    try (FileQuotaStore rebooted = FileQuotaStore.at(path)) {
      assertThat(take(rebooted, 1)).isEmpty();
    }
  }

  @Test
  void aProcessThatWasKilledWhileItSetTheFileUpIsForgotten() throws IOException {
    take(store, 1);
    write(BOOT_AT, 0);
    try (FileQuotaStore next = FileQuotaStore.at(path)) {
      assertThat(take(next, 1)).isEmpty();
      assertThat(ask(next, THREE, 1).reason()).isEqualTo(WaitReason.QUOTA);
    }
  }

  @Test
  void aStoppedProcessThatSetsTheFileUpIsNamedAfterABoundedWait() throws IOException {
    Files.createDirectories(path.getParent());
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        FileLock lock = file.getChannel().lock(Long.MAX_VALUE - 1, 1, false)) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> take(store, 1))
          .hasMessageContaining(path + " is being set up by another process");
    }
    assertThat(take(store, 1)).hasSize(1);
  }

  @Test
  void anotherQuotaOnTheSameFileIsRefused() {
    take(store, 1);
    Limits longer = new Limits(3, WINDOW.plusSeconds(1), 0, 0);
    Limits more = new Limits(4, WINDOW, 0, 0);
    for (Limits other : List.of(longer, more)) {
      try (FileQuotaStore second = FileQuotaStore.at(path)) {
        assertThatThrownBy(() -> ask(second, other, 1)).hasMessageContaining("another");
      }
    }
  }

  @Test
  void aFileThatIsNoQuotaIsLeftAlone() throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> take(store, 1)).hasMessageContaining("is no quota file");
    assertThat(path).hasContent("precious");
    byte[] sameSize = new byte[(8 + 2 + 3 + 3) * Long.BYTES];
    sameSize[0] = 1;
    Files.write(path, sameSize);
    assertThatThrownBy(() -> take(store, 1)).hasMessageContaining("is no quota file");
    assertThat(path).hasBinaryContent(sameSize);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Files.writeString(folder.resolve("state"), "a file");
    assertThatThrownBy(() -> take(store, 1)).hasStackTraceContaining("state");
  }

  @Test
  void thePlaceOfALivingProcessIsNotTakenAfterItsLeaseAndThatOfADeadOneIs() throws Exception {
    Limits one = new Limits(1, Duration.ofMillis(500), 0, 0);
    Exchange exchange = new Exchange(one, 1, 0, Duration.ofMillis(1), List.of());
    Reply reply = store.exchange(exchange).block(PATIENCE);
    assertThat(reply).isNotNull();
    Place place = reply.interactive().get(0);
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      // As if the other process had taken it.
      write((8 + 2 + 1) * Long.BYTES, MappedCells.identity(other.toHandle()));
      while (System.nanoTime() <= place.stamp()) {
        Thread.onSpinWait();
      }
      assertThat(ask(store, one, 1).interactive()).isEmpty();
    } finally {
      other.destroyForcibly().waitFor();
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (ask(store, one, 1).interactive().isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }
}
