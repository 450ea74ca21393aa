package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.Offsets.Progress;
import dev.allowflux.kafka.connect.PageExchange.Reading;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.reactor.AllowPolicyClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The rounds of one account: when the next one begins, where this one stands, and what it was
 * refused with. Used by the thread of the task alone.
 */
final class AccountReader {

  private final AccountId account;
  private final RoundOutput output;
  private final Duration interval;
  private final Clock clock;
  private final Backoff backoff = new Backoff();
  private Instant due;
  private @Nullable Instant traversal;
  private @Nullable TraversalPosition position;
  private @Nullable String refusal;

  AccountReader(AccountId account, RoundOutput output, Duration interval, Clock clock) {
    this.account = account;
    this.output = output;
    this.interval = interval;
    this.clock = clock;
    this.due = Instant.MIN;
    Progress stored = output.stored();
    if (stored != null && stored.ended()) {
      due = stored.traversal().plus(interval);
    } else if (stored != null && stored.position() != null) {
      traversal = stored.traversal();
      position = stored.position();
      output.begin(stored.traversal(), false);
    }
  }

  AccountId account() {
    return account;
  }

  Instant due() {
    return due;
  }

  /** Why the API refused the account the last time; null if it did not. */
  @Nullable String refusal() {
    return refusal;
  }

  /** Begins a round, or goes on with the one that was interrupted. */
  Reading read(AllowPolicyClient client, PageExchange exchange) {
    Flux<Page> pages;
    if (position != null) {
      pages = client.traverseFrom(account, AllowPolicyFilter.all(), position);
    } else {
      if (traversal == null) {
        traversal = clock.instant();
      }
      output.begin(traversal, true);
      pages = client.traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE);
    }
    return exchange.read(this, pages);
  }

  /** Takes a page over. */
  List<SourceRecord> page(Page page, @Nullable String cfRay) {
    backoff.reset();
    refusal = null;
    position = page.position();
    return output.page(page, cfRay);
  }

  /** What is left to send of a round whose last page has come; the round ends when it is empty. */
  List<SourceRecord> remaining() {
    List<SourceRecord> records = output.remaining();
    if (records.isEmpty() && traversal != null) {
      due = traversal.plus(interval);
      traversal = null;
      position = null;
    }
    return records;
  }

  /** Goes on where the round stands, after a while that grows with each failure. */
  Duration failed() {
    output.pause();
    return waitFor(backoff.next());
  }

  /** Begins the round anew, under another name, when it is due. */
  void forgetPosition() {
    position = null;
    traversal = null;
  }

  /** Asks again after a while that grows with each refusal. */
  Duration refused(String reason) {
    refusal = reason;
    return failed();
  }

  /** Asks again when the next round is due. */
  Duration refusedUntilNextRound(String reason) {
    refusal = reason;
    output.pause();
    return waitFor(interval);
  }

  private Duration waitFor(Duration wait) {
    due = clock.instant().plus(wait);
    return wait;
  }
}
