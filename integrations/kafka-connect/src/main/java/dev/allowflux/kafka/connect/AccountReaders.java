package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.SourceSettings.Mode;
import dev.allowflux.model.AccountId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.connect.errors.ConnectException;

/** Makes the readers of a task's accounts of what Connect has stored of them, and counts both. */
final class AccountReaders {

  private final SourceSettings settings;
  private final StoredOffsets stored;
  private final Clock clock;
  private final long maxPolicies;

  /** Read by whoever looks at the metrics, too. */
  private final List<ChangesOutput> changes = new CopyOnWriteArrayList<>();

  AccountReaders(SourceSettings settings, StoredOffsets stored, Clock clock) {
    this.settings = settings;
    this.stored = stored;
    this.clock = clock;
    this.maxPolicies = settings.getLong(SourceSettings.MAX_POLICIES);
  }

  /**
   * One for each account. Waits until Connect has read its offsets.
   *
   * @throws ConnectException if what is stored cannot be read, or is more than is allowed
   */
  List<AccountReader> open(List<AccountId> accounts) {
    List<? extends RoundOutput> outputs;
    if (settings.mode() == Mode.CHANGES) {
      long others = policiesKnown();
      List<ChangesOutput> read = stored.changes(accounts, size -> check(others + size));
      changes.addAll(read);
      outputs = read;
    } else {
      outputs = stored.snapshots(accounts);
    }
    List<AccountReader> readers = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      readers.add(
          new AccountReader(accounts.get(i), outputs.get(i), settings.pollInterval(), clock));
    }
    return readers;
  }

  /** Whether a task has read any of these accounts before. */
  boolean wereRead(List<AccountId> accounts) {
    return stored.haveAny(accounts);
  }

  long policiesKnown() {
    return changes.stream().mapToLong(ChangesOutput::size).sum();
  }

  /**
   * Counts what is known.
   *
   * @throws ConnectException if it is more than is allowed
   */
  void checkSize() {
    check(policiesKnown());
  }

  private void check(long known) {
    if (known > maxPolicies) {
      throw new ConnectException(
          "This task keeps the state of "
              + known
              + " policies, more than "
              + SourceSettings.MAX_POLICIES
              + "="
              + maxPolicies
              + " allows: raise it with the worker's heap, or give the connector more credentials"
              + " and tasks");
    }
  }
}
