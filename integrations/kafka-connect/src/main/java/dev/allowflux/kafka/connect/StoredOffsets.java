package dev.allowflux.kafka.connect;

import dev.allowflux.model.AccountId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** Reads back what Connect has stored of the accounts of a task. */
final class StoredOffsets {

  /**
   * How many chunks of an account are asked for at a time; one batch without any ends the search.
   * More than two pages can begin, so that one chunk that was not stored hides none behind it.
   */
  private static final int CHUNKS = 16;

  private static final int ACCOUNTS = 200;

  private final OffsetStorageReader reader;
  private final String topic;
  private final boolean transactions;

  StoredOffsets(OffsetStorageReader reader, String topic, boolean transactions) {
    this.reader = reader;
    this.topic = topic;
    this.transactions = transactions;
  }

  /** Whether a task has read any of these accounts before, in whichever mode and for any topic. */
  boolean haveAny(List<AccountId> accounts) {
    List<Map<String, String>> partitions = new ArrayList<>();
    for (AccountId account : accounts) {
      partitions.add(Offsets.partition(account));
      partitions.add(ChangesOutput.partition(account, 0));
    }
    return reader.offsets(partitions).values().stream().anyMatch(Objects::nonNull);
  }

  /** One for each account, in their order. */
  List<SnapshotOutput> snapshots(List<AccountId> accounts) {
    Map<Map<String, String>, Map<String, Object>> offsets =
        reader.offsets(accounts.stream().map(Offsets::partition).toList());
    return accounts.stream()
        .map(
            account ->
                new SnapshotOutput(
                    account, topic, transactions, offsets.get(Offsets.partition(account))))
        .toList();
  }

  /**
   * One for each account, in their order.
   *
   * @param size takes the number of policies that are known so far, and may end it with an
   *     exception
   */
  List<ChangesOutput> changes(List<AccountId> accounts, LongConsumer size) {
    List<ChangesOutput> outputs = new ArrayList<>();
    for (AccountId account : accounts) {
      outputs.add(new ChangesOutput(account, topic, transactions));
    }
    for (int from = 0; from < accounts.size(); from += ACCOUNTS) {
      restore(accounts, outputs, from, Math.min(accounts.size(), from + ACCOUNTS), size);
    }
    return outputs;
  }

  private void restore(
      List<AccountId> accounts, List<ChangesOutput> outputs, int from, int to, LongConsumer size) {
    List<Integer> open = new ArrayList<>();
    for (int i = from; i < to; i++) {
      open.add(i);
    }
    for (int chunk = 0; !open.isEmpty(); chunk += CHUNKS) {
      List<Map<String, String>> partitions = new ArrayList<>();
      for (int i : open) {
        for (int c = chunk; c < chunk + CHUNKS; c++) {
          partitions.add(ChangesOutput.partition(accounts.get(i), c));
        }
      }
      Map<Map<String, String>, @Nullable Map<String, Object>> offsets =
          new HashMap<>(reader.offsets(partitions));
      List<Integer> more = new ArrayList<>();
      for (int i : open) {
        boolean found = false;
        for (int c = chunk; c < chunk + CHUNKS; c++) {
          found |=
              outputs.get(i).restore(c, offsets.get(ChangesOutput.partition(accounts.get(i), c)));
        }
        if (found) {
          more.add(i);
        }
      }
      size.accept(outputs.stream().mapToLong(ChangesOutput::size).sum());
      open = more;
    }
  }
}
