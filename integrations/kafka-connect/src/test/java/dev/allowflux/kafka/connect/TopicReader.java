package dev.allowflux.kafka.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** An exactly-once consumer: reads what is committed, and folds it as compaction does. */
final class TopicReader implements AutoCloseable {

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, String> state = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> twice = new ArrayList<>();
  private long records;
  private long tombstones;

  TopicReader(String brokers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", brokers,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false",
                "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.topic = topic;
  }

  void poll() {
    if (consumer.assignment().isEmpty()) {
      List<PartitionInfo> known = consumer.listTopics().getOrDefault(topic, List.of());
      if (known.isEmpty()) {
        return;
      }
      List<TopicPartition> partitions =
          known.stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
      records++;
      String key = new String(record.key(), UTF_8);
      String traversal =
          new String(record.headers().lastHeader("allowflux.traversal").value(), UTF_8);
      if (!seen.add(traversal + key)) {
        twice.add(traversal + " " + key);
      }
      if (record.value() == null) {
        tombstones++;
        state.remove(key);
      } else {
        state.put(key, new String(record.value(), UTF_8));
      }
    }
  }

  /** What is left after compaction, as text. */
  Map<String, String> state() {
    return state;
  }

  /** What came more than once in a round. */
  List<String> twice() {
    return twice;
  }

  long records() {
    return records;
  }

  long tombstones() {
    return tombstones;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
