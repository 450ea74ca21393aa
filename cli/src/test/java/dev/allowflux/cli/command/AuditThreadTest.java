package dev.allowflux.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.cli.command.AuditCommand.AuditThread;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.audit.AuditReport;
import dev.allowflux.sync.audit.AuditSettings;
import dev.allowflux.sync.audit.PolicyAudit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AuditThreadTest {
  /** More than can wait, and no whole number of what is handed over at once. */
  private static final int MANY = 10_007;

  private static final AuditSettings SETTINGS = AuditSettings.builder().build();

  @Test
  void findsWhatIsFoundWithoutAThreadInTheSameOrder() {
    PolicyAudit direct = PolicyAudit.of(SETTINGS);
    PolicyAudit threaded = PolicyAudit.of(SETTINGS);
    AuditThread thread = AuditThread.start(threaded);
    for (int i = 0; i < MANY; i++) {
      direct.add(policy(i), "file:" + i);
      thread.visit(policy(i), "file:" + i);
    }
    thread.finish();
    List<String> found = findings(threaded.report());
    assertThat(found).hasSizeGreaterThan(MANY);
    assertThat(found).isEqualTo(findings(direct.report()));
  }

  @Test
  void aFailedAuditNeverStopsTheReaderAndIsToldAtTheEnd() {
    PolicyAudit audit = PolicyAudit.of(SETTINGS);
    AuditReport unused = audit.report();
    AuditThread thread = AuditThread.start(audit);
    for (int i = 0; i < MANY; i++) {
      thread.visit(policy(i), "file:" + i);
    }
    assertThatThrownBy(thread::finish).hasRootCauseMessage("the report was made already");
  }

  private static List<String> findings(AuditReport report) {
    List<String> all = new ArrayList<>();
    report.forEach(finding -> all.add(finding.toString()));
    return all;
  }

  private static AllowPolicy policy(int number) {
    return AllowPolicy.builder()
        .id(new PolicyId("policy-" + number))
        .createdAt(Instant.EPOCH)
        .pattern("boats-" + number % 5_000 + ".example")
        .patternTypeName("DOMAIN")
        .isRegex(false)
        .isTrustedSender(number % 3 == 0)
        .build();
  }
}
