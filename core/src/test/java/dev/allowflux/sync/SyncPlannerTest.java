package dev.allowflux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncPlannerTest {
  private static final SyncMode UPSERT = new SyncMode.Upsert();

  /** Whatever the size of the account: only the rule in question is looked at. */
  private static final SyncLimits WIDE =
      SyncLimits.builder().maxDeletePercent(100).maxDeletes(10_000).maxEditPercent(100).build();

  private final Account account = new Account();

  @Test
  void whatIsMissingIsCreatedAndWhatDiffersIsEdited() {
    AllowPolicy same = account.add(domain("same.example"));
    AllowPolicy other = account.add(domain("Other.Example").verifySender(false));
    account.add(domain("left.alone.example"));

    SyncPlan plan =
        account.plan(
            UPSERT,
            WIDE,
            List.of(
                wanted("same.example").build(),
                wanted("other.example").verifySender(true).comments("why").build(),
                wanted("New.example").isAcceptableSender(true).build()));

    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(1, 1, 0, 1));
    PolicyChange.Create create = (PolicyChange.Create) plan.changes().get(0);
    assertThat(create.policy().pattern()).isEqualTo("New.example");
    assertThat(create.policy().isAcceptableSender()).isTrue();
    assertThat(create.policy().verifySender()).isFalse();
    PolicyChange.Edit edit = (PolicyChange.Edit) plan.changes().get(1);
    assertThat(edit.before()).isEqualTo(other);
    assertThat(edit.edit().verifySender()).isTrue();
    assertThat(edit.edit().comments()).isEqualTo("why");
    assertThat(edit.edit().isTrustedSender()).isNull();
    assertThat(same).isIn(account.policies());
  }

  @Test
  void aFieldThatIsNotManagedIsLeftAlone() {
    account.add(domain("a.example").isTrustedSender(true).comments("by hand"));

    assertThat(account.plan(UPSERT, WIDE, List.of(wanted("a.example").build())).isEmpty()).isTrue();
  }

  private static AllowPolicy.Builder domain(String pattern) {
    return AllowPolicy.builder()
        .pattern(pattern)
        .patternTypeName("DOMAIN")
        .isRegex(false)
        .isTrustedSender(false)
        .isAcceptableSender(true)
        .isExemptRecipient(false)
        .verifySender(true);
  }

  private static DesiredPolicy.Builder wanted(String pattern) {
    return DesiredPolicy.builder().pattern(pattern).patternType(PatternType.DOMAIN);
  }
}
