package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.peer.BatchRecord;
import dev.allowflux.benchmarks.peer.ExportLines;
import dev.allowflux.benchmarks.peer.Jackson2Json;
import dev.allowflux.benchmarks.peer.Jackson3Json;
import dev.allowflux.benchmarks.peer.OwnJson;
import dev.allowflux.benchmarks.peer.PolicyRecord;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.NewAllowPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * From a thousand policies to bytes: the lines of an export, each with every field, and the body of
 * a batch that creates them. Lines go into memory that is used again, as in a real export.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
  private static final AccountId ACCOUNT = new AccountId("benchmark");

  /** The same policies in each form. */
  @State(Scope.Benchmark)
  public static class Policies {
    public final List<AllowPolicy> policies = new OwnJson().read(new Bodies().next());
    public final List<PolicyRecord> records = policies.stream().map(PolicyRecord::of).toList();
    public final AllowPolicyBatch batch;
    public final BatchRecord batchRecord;
    public final ExportLines lines = new ExportLines();
    public final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);

    /** Makes every form once. */
    public Policies() {
      List<NewAllowPolicy> creates = policies.stream().map(Policies::toNew).toList();
      AllowPolicyBatch.Builder builder = AllowPolicyBatch.builder();
      creates.forEach(builder::create);
      batch = builder.build();
      batchRecord = BatchRecord.creating(creates);
    }

    private static NewAllowPolicy toNew(AllowPolicy policy) {
      String pattern = policy.pattern();
      var type = policy.patternType();
      if (pattern == null || type == null) {
        throw new IllegalStateException("the simulator left out a field that policies need");
      }
      return NewAllowPolicy.builder()
          .pattern(pattern)
          .patternType(type)
          .isRegex(Boolean.TRUE.equals(policy.isRegex()))
          .isTrustedSender(Boolean.TRUE.equals(policy.isTrustedSender()))
          .isAcceptableSender(Boolean.TRUE.equals(policy.isAcceptableSender()))
          .isExemptRecipient(Boolean.TRUE.equals(policy.isExemptRecipient()))
          .verifySender(Boolean.TRUE.equals(policy.verifySender()))
          .comments(policy.comments())
          .build();
    }
  }

  @Benchmark
  public int linesAllowflux(Policies policies) throws IOException {
    return policies.lines.write(policies.policies);
  }

  @Benchmark
  public int linesJackson2(Policies policies, Jackson2Json json) throws IOException {
    policies.out.reset();
    json.writeLines(policies.records, policies.out);
    return policies.out.size();
  }

  @Benchmark
  public int linesJackson3(Policies policies, Jackson3Json json) {
    policies.out.reset();
    json.writeLines(policies.records, policies.out);
    return policies.out.size();
  }

  @Benchmark
  public byte[] batchAllowflux(Policies policies) {
    return body(policies);
  }

  public static byte[] body(Policies policies) {
    byte[] body = ApiCalls.batch(ACCOUNT, policies.batch).body();
    if (body == null) {
      throw new IllegalStateException("a batch without a body");
    }
    return body;
  }

  @Benchmark
  public byte[] batchJackson2(Policies policies, Jackson2Json json) throws IOException {
    return json.writeBatch(policies.batchRecord);
  }

  @Benchmark
  public byte[] batchJackson3(Policies policies, Jackson3Json json) {
    return json.writeBatch(policies.batchRecord);
  }
}
