package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyTag;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a plan makes of policies whose comments say a last day. The account is read in 2026-11. */
class ExpiryPlanTest {
  private static final SyncMode UPSERT = new SyncMode.Upsert();
  private static final SyncMode ALL = new SyncMode.All();
  private static final SyncMode OWNED = new SyncMode.Owned("team-a");
  private static final String OVER = "[allowflux:expires=2026-11-20]";
  private static final String TODAY = "[allowflux:expires=2026-11-21]";

  private final Account account = new Account();

  @Test
  void aPolicyWhoseDesiredFormHasExpiredIsDeleted() {
    AllowPolicy over = account.add(policy("over.example", OVER));
    account.add(policy("kept.example", null));

    SyncPlan plan = plan(ALL, desired("over.example").comments(OVER), desired("kept.example"));

    assertThat(plan.changes()).containsExactly(new PolicyChange.Delete(over));
  }

  @Test
  void whatHasExpiredIsGoneWithItsCopies() {
    account.add(policy("over.example", OVER));
    account.add(policy("over.example", "by hand"));

    account.apply(plan(ALL, desired("over.example").comments(OVER)));

    assertThat(account.policies()).isEmpty();
  }

  @Test
  void anOwnersExpiredCopyIsDeletedThoughAnOlderOneIsNobodys() {
    AllowPolicy unowned = account.add(policy("over.example", null));
    account.add(policy("over.example", "[allowflux:team-a]"));

    account.apply(plan(OWNED, desired("over.example").tag(PolicyTag.of(OVER))));

    assertThat(account.policies()).containsExactly(unowned);
  }

  @Test
  void upsertDeletesNoCopyOfWhatHasExpired() {
    account.add(policy("over.example", OVER));
    account.add(policy("over.example", OVER));

    assertThat(plan(UPSERT, desired("over.example").comments(OVER)).changes()).isEmpty();
  }

  @Test
  void theLastDayItselfStillCounts() {
    account.add(policy("today.example", TODAY));

    assertThat(plan(ALL, desired("today.example").comments(TODAY)).changes()).isEmpty();
  }

  @Test
  void whatHasExpiredIsNotCreated() {
    assertThat(plan(ALL, desired("over.example").comments(OVER)).changes()).isEmpty();
  }

  @Test
  void anOwnerDeletesOnlyItsOwnExpiredPolicies() {
    AllowPolicy own =
        account.add(policy("own.example", "[allowflux:owner=team-a expires=2026-11-20]"));
    AllowPolicy unowned = account.add(policy("unowned.example", OVER));

    SyncPlan plan =
        plan(
            OWNED,
            desired("own.example").tag(PolicyTag.of(OVER)),
            desired("unowned.example").tag(PolicyTag.of(OVER)));

    assertThat(plan.changes()).containsExactly(new PolicyChange.Delete(own));
    assertThat(plan.warnings()).containsExactly("1 policy has expired and stays: " + unowned.id());
  }

  @Test
  void anOwnerLeavesAPolicyAloneWhoseOwnerCannotBeRead() {
    account.add(policy("a.example", "[allowflux:team-b expires=2027-03-31]"));
    account.add(policy("b.example", "[allowflux:team-a expires=2027-03-31]"));

    SyncPlan plan = plan(OWNED, desired("a.example").verifySender(false));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.warnings())
        .anyMatch(warning -> warning.contains("a.example of team-b"))
        .anyMatch(warning -> warning.startsWith("2 policies have tags in their comments"));
  }

  @Test
  void upsertReportsWhatHasExpiredAndDeletesNothing() {
    AllowPolicy undesired = account.add(policy("over.example", OVER));
    account.add(policy("today.example", TODAY));
    AllowPolicy desired = account.add(policy("desired.example", OVER));

    SyncPlan plan = plan(UPSERT, desired("desired.example").comments(OVER));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.warnings())
        .containsExactly(
            "2 policies have expired and stay: " + undesired.id() + ", " + desired.id());
  }

  @Test
  void aDesiredPolicyThatSaysNothingOfItsDaysIsKeptAndReported() {
    AllowPolicy over = account.add(policy("over.example", OVER));

    SyncPlan plan = plan(ALL, desired("over.example"));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.warnings()).containsExactly("1 policy has expired and stays: " + over.id());
  }

  @Test
  void aDayThatCannotBeReadDeletesNothingAndIsReported() {
    String unreadable = "[allowflux:expires=2026-02-30]";
    AllowPolicy policy = account.add(policy("a.example", unreadable));

    SyncPlan plan = plan(ALL, desired("a.example").comments(unreadable));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.warnings())
        .containsExactly("1 policy has a tag in its comments that cannot be read: " + policy.id());
  }

  @Test
  void expiredPoliciesHaveALimitOfTheirOwn() {
    List<DesiredPolicy.Builder> desired =
        IntStream.range(0, 101)
            .mapToObj(
                i -> {
                  account.add(policy("d" + i + ".example", OVER));
                  return desired("d" + i + ".example").comments(OVER);
                })
            .toList();

    UnsafePlanException refused =
        catchThrowableOfType(
            UnsafePlanException.class, () -> plan(ALL, desired, SyncLimits.standard()));
    SyncPlan allowed =
        plan(ALL, desired, SyncLimits.builder().maxExpired(101).maxDeletes(0).build());

    assertThat(refused.refusals())
        .extracting(UnsafePlanException.Refusal::rule)
        .containsExactly(SafetyRule.EXPIRED);
    assertThat(allowed.changes()).hasSize(101);
    assertThat(allowed.overrides())
        .extracting(SafetyRule.Overridden::rule)
        .containsExactly(SafetyRule.EXPIRED);
  }

  @Test
  void aTagIsAddedToCommentsThatAreNotManaged() {
    account.add(policy("a.example", "by hand"));

    SyncPlan plan =
        plan(ALL, desired("a.example").tag(PolicyTag.of("[allowflux:expires=2027-03-31]")));

    assertThat(plan.changes())
        .singleElement()
        .isInstanceOfSatisfying(
            PolicyChange.Edit.class,
            edit ->
                assertThat(edit.after().comments())
                    .isEqualTo("by hand [allowflux:expires=2027-03-31]"));
    account.apply(plan);
    assertThat(
            plan(ALL, desired("a.example").tag(PolicyTag.of("[allowflux:expires=2027-03-31]")))
                .changes())
        .isEmpty();
  }

  @Test
  void theOwnerJoinsTheTagThatIsThere() {
    account.add(policy("a.example", "x [allowflux:expires=2027-03-31]"));

    account.apply(plan(OWNED, desired("a.example")));

    assertThat(account.policies())
        .extracting(AllowPolicy::comments)
        .containsExactly("x [allowflux:owner=team-a expires=2027-03-31]");
  }

  private SyncPlan plan(SyncMode mode, DesiredPolicy.Builder... desired) {
    SyncLimits limits = SyncLimits.builder().maxDeletePercent(100).maxEditPercent(100).build();
    return plan(mode, List.of(desired), limits);
  }

  private SyncPlan plan(SyncMode mode, List<DesiredPolicy.Builder> desired, SyncLimits limits) {
    return account.plan(mode, limits, desired.stream().map(DesiredPolicy.Builder::build).toList());
  }

  private static AllowPolicy.Builder policy(String pattern, String comments) {
    return AllowPolicy.builder()
        .pattern(pattern)
        .patternTypeName("DOMAIN")
        .isRegex(false)
        .isTrustedSender(false)
        .isAcceptableSender(true)
        .isExemptRecipient(false)
        .verifySender(true)
        .comments(comments);
  }

  private static DesiredPolicy.Builder desired(String pattern) {
    return DesiredPolicy.builder().pattern(pattern).patternType(PatternType.DOMAIN);
  }
}
