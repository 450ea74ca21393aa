package dev.allowflux.kafka.connect;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/**
 * Does what the document says of transactions that a restarted broker holds for nobody: finds them,
 * as {@code kafka-transactions.sh find-hanging} does, and ends them, as its {@code abort} does.
 */
final class HangingTransactions {

  private static final Set<TransactionState> OVER =
      Set.of(
          TransactionState.EMPTY,
          TransactionState.COMPLETE_COMMIT,
          TransactionState.COMPLETE_ABORT);

  private final String brokers;
  private final List<String> topics;
  private Set<String> before = Set.of();

  HangingTransactions(String brokers, List<String> topics) {
    this.brokers = brokers;
    this.topics = topics;
  }

  /**
   * Ends those that were found the last time too, so that none is ended that its producer is about
   * to end.
   *
   * @return how many partitions had one
   */
  int abort() throws InterruptedException, ExecutionException {
    int ended = 0;
    Set<String> found = new HashSet<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      Set<Long> over = new HashSet<>();
      for (TransactionListing listing : admin.listTransactions().all().get()) {
        if (OVER.contains(listing.state())) {
          over.add(listing.producerId());
        }
      }
      for (TopicPartition partition : partitions(admin)) {
        for (ProducerState producer :
            admin
                .describeProducers(List.of(partition))
                .partitionResult(partition)
                .get()
                .activeProducers()) {
          if (producer.currentTransactionStartOffset().isEmpty()
              || !over.contains(producer.producerId())) {
            continue;
          }
          String name = partition + " " + producer;
          found.add(name);
          if (before.contains(name)) {
            admin
                .abortTransaction(
                    new AbortTransactionSpec(
                        partition,
                        producer.producerId(),
                        (short) producer.producerEpoch(),
                        producer.coordinatorEpoch().orElse(-1)))
                .all()
                .get();
            ended++;
          }
        }
      }
    }
    before = found;
    return ended;
  }

  private List<TopicPartition> partitions(Admin admin)
      throws InterruptedException, ExecutionException {
    List<TopicPartition> partitions = new ArrayList<>();
    admin
        .describeTopics(topics)
        .allTopicNames()
        .get()
        .forEach(
            (topic, description) ->
                description
                    .partitions()
                    .forEach(p -> partitions.add(new TopicPartition(topic, p.partition()))));
    return partitions;
  }
}
