package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.json.PlanReader;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million of each under the soak profile, a tenth of that in every build; the heap is 1 GiB. */
@Timeout(300)
class SyncPlannerScaleTest {
  private static final int SIZE = Boolean.getBoolean("allowflux.soak") ? 1_000_000 : 100_000;

  /** What one desired and one existing policy may take together; a million must leave room. */
  private static final long MOST_BYTES = 700;

  private static final SyncLimits LIMITS =
      SyncLimits.builder().maxDeletes(SIZE).maxDeletePercent(100).maxEditPercent(100).build();

  @Test
  void aMillionDesiredAndAMillionExistingPoliciesFitIntoTheHeap() {
    long start = System.nanoTime();
    long before = usedBytes();
    SyncPlanner planner =
        SyncPlanner.of(Account.ID, new SyncMode.All(), LIMITS, key -> ExposureRules.Judgement.NONE);
    for (int i = 0; i < SIZE; i++) {
      planner.desired(desired(i));
    }
    for (int i = SIZE; i > 0; i--) {
      planner.existing(existing(i, "comment of policy " + i));
    }
    long bytes = (usedBytes() - before) / SIZE;
    SyncPlan plan = planner.plan(read());
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    System.out.printf(
        "planner: %,d desired and %,d existing policies, %d bytes for one of each, %d ms in all%n",
        SIZE, SIZE, bytes, took.toMillis());
    // One is desired that is not there, one is there that is not desired.
    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(1, 0, 1, SIZE - 1));
    assertThat(bytes).isLessThan(MOST_BYTES);
  }

  @Test
  void aPlanThatChangesEverythingIsMadeWrittenAndReadInTheHeap() throws IOException {
    long start = System.nanoTime();
    int size = SIZE / 2;
    SyncPlanner planner =
        SyncPlanner.of(Account.ID, new SyncMode.All(), LIMITS, key -> ExposureRules.Judgement.NONE);
    for (int i = 0; i < size; i++) {
      planner.desired(desired(i));
    }
    for (int i = size; i > 0; i--) {
      planner.existing(existing(i, "other comment"));
    }
    SyncPlan plan = planner.plan(read());
    ByteArrayOutputStream document = new ByteArrayOutputStream(size * 512);
    plan.write(document);
    SyncPlan.Counts counts = plan.counts();
    String digest = plan.digest();
    plan = null;
    SyncPlan again = PlanReader.read(new ByteArrayInputStream(document.toByteArray()));
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    System.out.printf(
        "planner: a plan of %,d changes, %,d bytes, made, written and read in %d ms%n",
        counts.edits() + counts.deletes(), document.size(), took.toMillis());
    assertThat(counts).isEqualTo(new SyncPlan.Counts(1, size - 1, 1, 0));
    assertThat(again.digest()).isEqualTo(digest);
  }

  private static AccountRead read() {
    return new AccountRead(
        Account.START, Account.START, null, "complete", true, SIZE, 0, SIZE / 1000);
  }

  private static DesiredPolicy desired(int i) {
    return DesiredPolicy.builder()
        .pattern(pattern(i))
        .patternType(PatternType.EMAIL)
        .isTrustedSender(false)
        .isAcceptableSender(true)
        .isExemptRecipient(false)
        .verifySender(true)
        .comments("comment of policy " + i)
        .origin("policies.ndjson:" + i)
        .build();
  }

  private static AllowPolicy existing(int i, String comments) {
    Instant time = Instant.ofEpochSecond(1_700_000_000L + i, 123_450_000);
    return AllowPolicy.builder()
        .id(new PolicyId(new UUID(i, i).toString()))
        .createdAt(time)
        .modifiedAt(time.plusSeconds(60))
        .pattern(pattern(i))
        .patternTypeName("EMAIL")
        .isRegex(false)
        .isTrustedSender(false)
        .isAcceptableSender(true)
        .isExemptRecipient(false)
        .verifySender(true)
        .comments(comments)
        .build();
  }

  private static String pattern(int i) {
    return "sender." + i + "@partner" + i % 1000 + ".example.com";
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
