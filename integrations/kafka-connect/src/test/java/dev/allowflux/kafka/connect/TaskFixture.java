package dev.allowflux.kafka.connect;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * What Connect is to a task, in memory: offsets that survive it, and the topic. Records and offsets
 * of a poll are kept together, or up to a record where a test cuts them.
 */
final class TaskFixture {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
  final List<SourceRecord> topic = new ArrayList<>();
  final Set<SourceRecord> commits = new HashSet<>();
  private final boolean transactions;

  TaskFixture(boolean transactions) {
    this.transactions = transactions;
  }

  AllowPolicySourceTask start(Map<String, String> settings) {
    return start(settings, Clock.systemUTC());
  }

  AllowPolicySourceTask start(Map<String, String> settings, Clock clock) {
    AllowPolicySourceTask task = new AllowPolicySourceTask(clock);
    task.initialize(context(settings));
    task.start(settings);
    return task;
  }

  /** Keeps records and their offsets, as Connect does once the broker has them. */
  void keep(List<SourceRecord> records) {
    for (SourceRecord record : records) {
      topic.add(record);
      if (record.sourceOffset() == null) {
        offsets.remove(record.sourcePartition());
      } else {
        offsets.put(record.sourcePartition(), record.sourceOffset());
      }
    }
  }

  /** One poll, whose records are not kept. */
  List<SourceRecord> poll(AllowPolicySourceTask task) throws InterruptedException {
    try {
      List<SourceRecord> records = task.poll();
      return records == null ? List.of() : records;
    } catch (RetriableException passing) {
      return List.of();
    }
  }

  /** Polls and keeps until a condition holds. */
  void pollUntil(AllowPolicySourceTask task, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not so within " + LIMIT + "; records so far: " + topic.size());
      }
      keep(poll(task));
    }
  }

  static String id(SourceRecord record) {
    return ((Struct) record.key()).getString("id");
  }

  static String account(SourceRecord record) {
    return ((Struct) record.key()).getString("account");
  }

  static String traversal(SourceRecord record) {
    return record.headers().lastWithName("allowflux.traversal").value().toString();
  }

  List<String> ids() {
    return topic.stream().map(TaskFixture::id).toList();
  }

  /** What a compacted topic keeps, by account and id. */
  Map<String, Struct> compacted() {
    Map<String, Struct> state = new LinkedHashMap<>();
    for (SourceRecord record : topic) {
      String key = account(record) + "/" + id(record);
      if (record.value() == null) {
        state.remove(key);
      } else {
        state.put(key, (Struct) record.value());
      }
    }
    return state;
  }

  private SourceTaskContext context(Map<String, String> settings) {
    TransactionContext context =
        new TransactionContext() {
          @Override
          public void commitTransaction() {
            throw new AssertionError("a transaction ends with a page");
          }

          @Override
          public void commitTransaction(SourceRecord record) {
            commits.add(record);
          }

          @Override
          public void abortTransaction() {
            throw new AssertionError("nothing is taken back");
          }

          @Override
          public void abortTransaction(SourceRecord record) {
            throw new AssertionError("nothing is taken back");
          }
        };
    return new SourceTaskContext() {
      @Override
      public Map<String, String> configs() {
        return settings;
      }

      @Override
      public OffsetStorageReader offsetStorageReader() {
        return new Reader();
      }

      @Override
      public TransactionContext transactionContext() {
        return transactions ? context : null;
      }

      @Override
      public PluginMetrics pluginMetrics() {
        return null;
      }
    };
  }

  private final class Reader implements OffsetStorageReader {
    @Override
    @SuppressWarnings("unchecked")
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return (Map<String, Object>) offsets.get(partition);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
      partitions.forEach(partition -> found.put(partition, offset(partition)));
      return found;
    }
  }
}
