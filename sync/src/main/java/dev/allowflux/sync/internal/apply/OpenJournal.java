package dev.allowflux.sync.internal.apply;

import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyJournal;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.internal.journal.JournalLine;
import dev.allowflux.sync.internal.journal.JournalLine.Head;
import dev.allowflux.sync.internal.journal.JournalLine.Skipped;
import dev.allowflux.sync.internal.journal.JournalLineCodec;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The journal of one run and the ledger that its lines make. Journals block, so they are used on
 * the bounded elastic scheduler, and what follows is not.
 */
final class OpenJournal {
  private final ApplyJournal journal;
  private final ChangeLedger ledger;
  private ApplyJournal.@Nullable Open open;
  private String run = "";
  private boolean isNew;
  private boolean closed;

  OpenJournal(ApplyJournal journal, ChangeLedger ledger) {
    this.journal = journal;
    this.ledger = ledger;
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Mono<Void> blocking(Work work) {
    return Mono.<Void>fromCallable(
            () -> {
              work.run();
              return null;
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  /**
   * Opens the journal and replays what is there, or begins it. Signals on a thread that may block,
   * since the first call of a client loads libraries.
   */
  Mono<Void> open() {
    return blocking(this::openNow);
  }

  /** Writes a line for certain, and takes it into the ledger. */
  Mono<Void> append(JournalLine line) {
    return blocking(
            () -> {
              write(line);
              ledger.accept(line);
            })
        .publishOn(Schedulers.parallel());
  }

  /** Records that changes can no longer be made, by reason. */
  Mono<Void> skip(Map<Integer, ChangeStatus> obsolete, Instant at) {
    Map<String, List<Integer>> byReason = new LinkedHashMap<>();
    obsolete.forEach(
        (change, status) ->
            byReason.computeIfAbsent(status.why, why -> new ArrayList<>()).add(change));
    return Flux.fromIterable(byReason.entrySet())
        .concatMap(reason -> append(new Skipped(reason.getValue(), reason.getKey(), at)), 0)
        .then();
  }

  /** Gives the journal up; nothing can be written any more. */
  Mono<Void> close() {
    return blocking(this::closeNow);
  }

  /** Returns the id that was made with the journal. */
  String run() {
    return run;
  }

  /** Tells whether this run has made the journal. */
  boolean isNew() {
    return isNew;
  }

  private synchronized void openNow() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    ApplyJournal.Open opened = journal.open();
    open = opened;
    List<String> lines = opened.lines();
    if (lines.isEmpty()) {
      isNew = true;
      run = UUID.randomUUID().toString();
      SyncPlan plan = ledger.plan();
      write(new Head(plan.digest(), plan.account().value(), run));
    }
    for (int i = 0; i < lines.size(); i++) {
      replay(i + 1, lines.get(i));
    }
  }

  private void replay(int number, String text) {
    try {
      JournalLine line = JournalLineCodec.read(text);
      if (number > 1) {
        ledger.accept(line);
      } else if (line instanceof Head head) {
        check(head);
      } else {
        throw new IllegalArgumentException("it is no head");
      }
    } catch (IllegalArgumentException e) {
      throw new ApplyRefusedException(
          "the journal "
              + journal
              + ", line "
              + number
              + " cannot be used: "
              + e.getMessage()
              + "; move it away and make a new plan");
    }
  }

  private void check(Head head) {
    SyncPlan plan = ledger.plan();
    if (!head.plan().equals(plan.digest()) || !head.account().equals(plan.account().value())) {
      throw new ApplyRefusedException(
          "the journal "
              + journal
              + " is of another plan ("
              + head.plan()
              + " for account "
              + head.account()
              + "); name another file");
    }
    run = head.run();
  }

  private synchronized void write(JournalLine line) throws IOException {
    ApplyJournal.Open opened = open;
    if (opened == null) {
      throw new ClosedChannelException();
    }
    opened.append(JournalLineCodec.write(line));
  }

  private synchronized void closeNow() throws IOException {
    closed = true;
    ApplyJournal.Open opened = open;
    open = null;
    if (opened != null) {
      opened.close();
    }
  }
}
