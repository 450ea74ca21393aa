package dev.allowflux.kafka.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.apache.kafka.connect.storage.OffsetStorageReaderImpl;
import org.apache.kafka.connect.storage.OffsetStorageWriter;
import org.junit.jupiter.api.Test;

/**
 * The bytes by which Connect finds an offset again: the JSON of the connector's name and the
 * partition. They must be the same in every JVM, and after Connect itself has read a partition into
 * a map of its own, as it does to delete the offsets of a connector.
 */
class PartitionsTest {

  private static final AccountId ACCOUNT = new AccountId("a1");

  private final JsonConverter keys = converter(true);
  private final JsonConverter values = converter(false);

  private static JsonConverter converter(boolean key) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "false"), key);
    return converter;
  }

  private byte[] bytes(Map<String, ?> partition) {
    return keys.fromConnectData("policies", null, List.of("policies", partition));
  }

  private String text(Map<String, ?> partition) {
    return new String(bytes(partition), UTF_8);
  }

  @Test
  void partitionIsTheSameBytesInEveryJvm() {
    assertThat(text(Offsets.partition(ACCOUNT))).isEqualTo("[\"policies\",{\"account\":\"a1\"}]");
    assertThat(text(ChangesOutput.partition(ACCOUNT, 12)))
        .isEqualTo("[\"policies\",{\"chunk\":\"a1/12\"}]");
  }

  @Test
  void partitionIsTheSameBytesInWhateverMapItIs() {
    for (Map<String, String> partition :
        List.of(Offsets.partition(ACCOUNT), ChangesOutput.partition(ACCOUNT, 12))) {
      String expected = text(partition);
      assertThat(text(new HashMap<>(partition))).isEqualTo(expected);
      assertThat(text(new TreeMap<>(partition))).isEqualTo(expected);
      List<?> read = (List<?>) keys.toConnectData("policies", bytes(partition)).value();
      Map<String, Object> again = new LinkedHashMap<>();
      ((Map<?, ?>) read.get(1)).forEach((key, value) -> again.put(key.toString(), value));
      assertThat(text(again)).isEqualTo(expected);
      // The salt of Map.of orders the keys of a map of several differently in each JVM.
      assertThat(partition).hasSize(1);
    }
  }

  @Test
  void noTwoChunksShareAPartition() {
    Set<Map<String, String>> partitions = new HashSet<>();
    List<String> accounts = List.of("a", "a1", "a11", "1", "11", "a-1");
    for (String account : accounts) {
      partitions.add(Offsets.partition(new AccountId(account)));
      for (int chunk = 0; chunk < 120; chunk++) {
        partitions.add(ChangesOutput.partition(new AccountId(account), chunk));
      }
    }
    assertThat(partitions).hasSize(accounts.size() * 121);
  }

  @Test
  void connectFindsWhatItWroteAndWhatItDeletes() throws Exception {
    MemoryOffsetBackingStore store =
        new MemoryOffsetBackingStore() {
          @Override
          public Set<Map<String, Object>> connectorPartitions(String connector) {
            return Set.of();
          }
        };
    store.start();
    Map<String, String> partition = ChangesOutput.partition(ACCOUNT, 3);
    write(store, partition, Map.of("state", "s"));
    OffsetStorageReaderImpl reader = new OffsetStorageReaderImpl(store, "policies", keys, values);
    assertThat(reader.offset(ChangesOutput.partition(ACCOUNT, 3))).containsEntry("state", "s");
    List<?> read = (List<?>) keys.toConnectData("policies", bytes(partition)).value();
    Map<String, Object> again = new HashMap<>();
    ((Map<?, ?>) read.get(1)).forEach((key, value) -> again.put(key.toString(), value));
    write(store, again, null);
    assertThat(reader.offset(ChangesOutput.partition(ACCOUNT, 3))).isNull();
    store.stop();
  }

  private void write(
      MemoryOffsetBackingStore store, Map<String, ?> partition, Map<String, ?> offset)
      throws Exception {
    OffsetStorageWriter writer = new OffsetStorageWriter(store, "policies", keys, values);
    writer.offset(partition, offset);
    assertThat(writer.beginFlush()).isTrue();
    writer.doFlush((error, result) -> {}).get(10, TimeUnit.SECONDS);
  }
}
