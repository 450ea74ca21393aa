package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.Offsets.Progress;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.Page;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was created, changed or deleted since the last round.
 *
 * <p>What was emitted before is kept in source offsets, one for each chunk of {@link
 * KnownPolicies}: Connect writes them in the transaction of the records, and reads them back from
 * its compacted topic. A record carries the chunk that its policy is in; of the records of a page
 * only the last one of a chunk carries the chunk with the page's changes, so that a page of which a
 * part was sent is compared again. Where a page is a transaction no part of it is sent, and each
 * record carries them, whichever of them a transformation drops.
 *
 * <p>A policy that is gone is a tombstone, after a round that this task has read from beginning to
 * end and that the client reports as complete. The position is stored too where pages are
 * transactions; without them a round begins anew after a restart, and what is known stays silent.
 */
final class ChangesOutput implements RoundOutput {

  static final String CHUNK = "chunk";

  private static final String STATE = "state";
  private static final String SEQUENCE = "sequence";
  private static final int TOMBSTONES = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(ChangesOutput.class);

  private final AccountId account;
  private final String topic;
  private final boolean transactions;
  private final KnownPolicies known = new KnownPolicies();
  private final Set<String> seen = new HashSet<>();
  private final Deque<String> gone = new ArrayDeque<>();
  private @Nullable Progress stored;
  private Progress progress = new Progress(Instant.EPOCH, null);
  private boolean fromStart;
  private long sequence;
  private long storedSequence;

  /** A policy whose record is to be sent; without a value if it is gone. */
  private record Change(String id, @Nullable AllowPolicy policy) {}

  ChangesOutput(AccountId account, String topic, boolean transactions) {
    this.account = account;
    this.topic = topic;
    this.transactions = transactions;
  }

  /**
   * Names a chunk. With one key, since Connect looks an offset up by the bytes of the partition's
   * JSON, and the order of several keys is that of whichever map the partition is in.
   */
  static Map<String, String> partition(AccountId account, int chunk) {
    return Map.of(CHUNK, account.value() + "/" + chunk);
  }

  /**
   * Takes over a chunk as Connect has stored it; chunks come in their order. What another topic has
   * is not known of this one.
   *
   * @return whether there was one
   * @throws ConnectException if it cannot be read
   */
  boolean restore(int chunk, @Nullable Map<String, ?> offset) {
    if (offset == null || !(offset.get(STATE) instanceof String state)) {
      return false;
    }
    long number = offset.get(SEQUENCE) instanceof Number given ? given.longValue() : 0;
    sequence = Math.max(sequence, number);
    if (!Offsets.tellsOf(topic, offset)) {
      return true;
    }
    try {
      known.addStored(chunk, state);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new ConnectException(
          "What is stored of account "
              + account
              + " cannot be read; was it written by another version? Install that one, or stop the"
              + " connector and delete its offsets: then all is sent again",
          e);
    }
    if (number >= storedSequence) {
      storedSequence = number;
      stored = Progress.read(offset);
    }
    return true;
  }

  int size() {
    return known.size();
  }

  @Override
  public @Nullable Progress stored() {
    return transactions || stored == null || stored.ended()
        ? stored
        : new Progress(stored.traversal(), null);
  }

  @Override
  public void begin(Instant traversal, boolean readFromStart) {
    seen.clear();
    gone.clear();
    fromStart = readFromStart;
    progress = new Progress(traversal, null);
  }

  @Override
  public List<SourceRecord> page(Page page, @Nullable String cfRay) {
    known.open();
    List<Change> changes = new ArrayList<>();
    Map<String, Long> hashes = new HashMap<>();
    for (AllowPolicy policy : page.policies()) {
      String id = policy.id().value();
      long hash = KnownPolicies.hashOf(policy);
      seen.add(id);
      Long before = known.hash(id);
      if (before == null || before != hash) {
        changes.add(new Change(id, policy));
        hashes.put(id, hash);
      }
    }
    progress = new Progress(progress.traversal(), page.position());
    List<SourceRecord> records = records(changes, hashes, cfRay);
    if (page.last()) {
      afterLastPage(page.report().complete());
    }
    return records;
  }

  private void afterLastPage(boolean complete) {
    if (fromStart && complete) {
      for (String id : known.ids()) {
        if (!seen.contains(id)) {
          gone.add(id);
        }
      }
    } else {
      LOG.info(
          "Account {}: this round sends no deletions, since {}; the next one does",
          account,
          fromStart ? "it could not be proven complete" : "it was begun before a restart");
    }
    seen.clear();
    if (gone.isEmpty()) {
      known.close();
    }
  }

  @Override
  public List<SourceRecord> remaining() {
    List<Change> changes = new ArrayList<>();
    while (!gone.isEmpty() && changes.size() < TOMBSTONES) {
      changes.add(new Change(gone.remove(), null));
    }
    List<SourceRecord> records = records(changes, Map.of(), null);
    if (gone.isEmpty()) {
      known.close();
    }
    return records;
  }

  @Override
  public void pause() {
    known.close();
  }

  private List<SourceRecord> records(
      List<Change> changes, Map<String, Long> hashes, @Nullable String cfRay) {
    if (changes.isEmpty()) {
      return List.of();
    }
    sequence++;
    List<Integer> chunkOf = new ArrayList<>(changes.size());
    Map<Integer, Integer> lastOf = new HashMap<>();
    Map<Integer, Map<String, Object>> before = new TreeMap<>();
    for (int i = 0; i < changes.size(); i++) {
      String id = changes.get(i).id();
      int chunk = known.chunkFor(id);
      before.computeIfAbsent(chunk, this::offset);
      chunkOf.add(chunk);
      lastOf.put(chunk, i);
      Long hash = hashes.get(id);
      if (hash == null) {
        known.remove(id);
      } else {
        known.put(id, hash);
      }
    }
    Map<Integer, Map<String, Object>> after = new HashMap<>();
    before.keySet().forEach(chunk -> after.put(chunk, withProgress(offset(chunk))));
    Headers headers = PolicyRecords.headers(account, progress.traversal(), cfRay);
    List<SourceRecord> records = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      int chunk = chunkOf.get(i);
      Map<String, Object> offset =
          transactions || Objects.equals(lastOf.get(chunk), i)
              ? after.get(chunk)
              : before.get(chunk);
      records.add(record(changes.get(i), chunk, offset, headers.duplicate()));
    }
    return records;
  }

  private Map<String, Object> offset(int chunk) {
    Map<String, Object> offset = new LinkedHashMap<>();
    Offsets.writeTopic(offset, topic);
    offset.put(STATE, known.stored(chunk));
    return offset;
  }

  private Map<String, Object> withProgress(Map<String, Object> offset) {
    offset.put(SEQUENCE, sequence);
    progress.write(offset);
    return offset;
  }

  private SourceRecord record(
      Change change, int chunk, @Nullable Map<String, Object> offset, Headers headers) {
    AllowPolicy policy = change.policy();
    Struct value = policy == null ? null : PolicyRecords.value(policy);
    return new SourceRecord(
        partition(account, chunk),
        offset,
        topic,
        null,
        PolicyRecords.KEY,
        PolicyRecords.key(account, change.id()),
        value == null ? null : PolicyRecords.VALUE,
        value,
        null,
        headers);
  }
}
