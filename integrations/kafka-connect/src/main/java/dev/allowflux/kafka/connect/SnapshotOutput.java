package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.Offsets.Progress;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Every policy, in each round. Only the last record of a page has the position behind the page: the
 * records before it have the one in front of it, so that a page of which a part was sent is read
 * again. Where a page is a transaction no part of it is sent, and each record has the position
 * behind it, whichever of them a transformation drops.
 */
final class SnapshotOutput implements RoundOutput {

  private final AccountId account;
  private final String topic;
  private final boolean transactions;
  private final @Nullable Progress stored;
  private Instant traversal = Instant.EPOCH;
  private Map<String, Object> offset = Map.of();

  SnapshotOutput(
      AccountId account,
      String topic,
      boolean transactions,
      @Nullable Map<String, ?> storedOffset) {
    this.account = account;
    this.topic = topic;
    this.transactions = transactions;
    this.stored = Offsets.tellsOf(topic, storedOffset) ? Progress.read(storedOffset) : null;
    if (stored != null) {
      offset = offset(stored);
    }
  }

  private Map<String, Object> offset(Progress progress) {
    Map<String, Object> offset = new HashMap<>();
    Offsets.writeTopic(offset, topic);
    progress.write(offset);
    return offset;
  }

  @Override
  public @Nullable Progress stored() {
    return stored;
  }

  @Override
  public void begin(Instant round, boolean fromStart) {
    traversal = round;
    if (fromStart) {
      offset = offset(new Progress(round, null));
    }
  }

  @Override
  public List<SourceRecord> page(Page page, @Nullable String cfRay) {
    List<AllowPolicy> policies = page.policies();
    Headers headers = PolicyRecords.headers(account, traversal, cfRay);
    Map<String, String> partition = Offsets.partition(account);
    Map<String, Object> before = offset;
    offset = offset(new Progress(traversal, page.position()));
    List<SourceRecord> records = new ArrayList<>(policies.size());
    for (int i = 0; i < policies.size(); i++) {
      AllowPolicy policy = policies.get(i);
      records.add(
          new SourceRecord(
              partition,
              transactions || i == policies.size() - 1 ? offset : before,
              topic,
              null,
              PolicyRecords.KEY,
              PolicyRecords.key(account, policy.id().value()),
              PolicyRecords.VALUE,
              PolicyRecords.value(policy),
              null,
              headers.duplicate()));
    }
    return records;
  }

  @Override
  public List<SourceRecord> remaining() {
    return List.of();
  }

  @Override
  public void pause() {}
}
