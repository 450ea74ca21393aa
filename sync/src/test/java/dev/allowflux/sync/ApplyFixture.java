package dev.allowflux.sync;

import static dev.allowflux.sync.FakeAccount.desired;

import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyEvent.Finished;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** An account without a wire, and runs against it in virtual time. */
abstract class ApplyFixture {
  static final Duration PATIENCE = Duration.ofMinutes(3);

  final FakeAccount account = new FakeAccount();

  @TempDir Path directory;

  ApplySettings.Builder settings() {
    return ApplySettings.builder(directory.resolve("journal"));
  }

  Flux<ApplyEvent> apply(SyncPlan plan, ApplySettings.Builder settings) {
    return new AllowPolicySync(account, account.clock())
        .apply(plan.approve(plan.digest()), settings.build());
  }

  ApplyReport run(SyncPlan plan, ApplySettings.Builder settings) {
    return reports(plan, settings).get(0);
  }

  /** The reports of runs of one plan that are made at once, each with a journal of its own. */
  List<ApplyReport> reports(SyncPlan plan, ApplySettings.Builder... settings) {
    List<ApplyReport> reports = new ArrayList<>();
    account.startRun();
    StepVerifier.withVirtualTime(
            () ->
                Flux.fromArray(settings)
                    .flatMap(each -> apply(plan, each))
                    .doOnNext(
                        event -> {
                          if (event instanceof Finished finished) {
                            reports.add(finished.report());
                          }
                        }))
        .thenAwait(Duration.ofHours(2))
        .thenConsumeWhile(event -> true)
        .expectComplete()
        .verify(PATIENCE);
    return reports;
  }

  static String progress(ApplyReport report) {
    return report.progress().toString();
  }

  static DesiredPolicy[] domains(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> desired("d%03d.example.org".formatted(i), PatternType.DOMAIN, "c"))
        .toArray(DesiredPolicy[]::new);
  }
}
