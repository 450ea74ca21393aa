package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyncPlannerTest {
  private static final SyncMode UPSERT = new SyncMode.Upsert();
  private static final SyncMode ALL = new SyncMode.All();
  private static final SyncMode OWNED = new SyncMode.Owned("team-a");

  /** Leaves the rules on shares and numbers aside. */
  private static final SyncLimits WIDE =
      SyncLimits.builder().maxDeletePercent(100).maxDeletes(10_000).maxEditPercent(100).build();

  private final Account account = new Account();

  // ---- what is compared

  @Test
  void whatIsMissingIsCreatedAndWhatDiffersIsEdited() {
    account.add(domain("same.example"));
    AllowPolicy other = account.add(domain("Other.Example").verifySender(false));
    account.add(domain("left.alone.example"));

    SyncPlan plan =
        plan(
            UPSERT,
            desired("same.example"),
            desired("other.example").verifySender(true).comments("why"),
            desired("New.example").isAcceptableSender(true));

    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(1, 1, 0, 1));
    PolicyChange.Create create = (PolicyChange.Create) plan.changes().get(0);
    assertThat(create.policy().pattern()).isEqualTo("New.example");
    assertThat(create.policy().isAcceptableSender()).isTrue();
    assertThat(create.policy().isTrustedSender()).isFalse();
    assertThat(create.policy().isExemptRecipient()).isFalse();
    assertThat(create.policy().verifySender()).isFalse();
    assertThat(create.policy().comments()).isNull();
    PolicyChange.Edit edit = (PolicyChange.Edit) plan.changes().get(1);
    assertThat(edit.before()).isEqualTo(other);
    assertThat(edit.edit())
        .isEqualTo(AllowPolicyEdit.builder().verifySender(true).comments("why").build());
  }

  @Test
  void aFieldThatIsNotManagedIsLeftAlone() {
    account.add(domain("a.example").isTrustedSender(true).comments("by hand"));

    assertThat(plan(UPSERT, desired("a.example")).isEmpty()).isTrue();
  }

  @Test
  @SuppressWarnings("deprecation")
  void whatTheServiceSetsAndWhatIsPastItsEndNeverCounts() {
    account.add(
        domain("a.example")
            .modifiedAt(Account.START)
            .lastModified(Account.START)
            .isSender(true)
            .isRecipient(true)
            .isSpoof(true)
            .unknownField("new", "1"));

    SyncPlan plan =
        plan(
            UPSERT,
            desired("a.example")
                .isTrustedSender(false)
                .isAcceptableSender(true)
                .isExemptRecipient(false)
                .verifySender(true)
                .comments(null));

    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void aFlagThatIsNotSaidIsNoFalse() {
    account.add(domain("a.example").isTrustedSender(null));

    SyncPlan plan = plan(UPSERT, desired("a.example").isTrustedSender(false));

    assertThat(((PolicyChange.Edit) plan.changes().get(0)).edit())
        .isEqualTo(AllowPolicyEdit.builder().isTrustedSender(false).build());
  }

  @Test
  void commentsAreSetClearedOrLeft() {
    account.add(domain("a.example").comments("old"));
    account.add(domain("b.example").comments("old"));
    account.add(domain("c.example").comments("old"));
    account.add(domain("d.example").comments(""));

    SyncPlan plan =
        plan(
            UPSERT,
            desired("a.example").comments("new"),
            desired("b.example").comments(null),
            desired("c.example"),
            desired("d.example").comments(null));

    assertThat(plan.changes())
        .extracting(change -> ((PolicyChange.Edit) change).edit())
        .containsExactly(
            AllowPolicyEdit.builder().comments("new").build(),
            AllowPolicyEdit.builder().clearComments().build());
  }

  @Test
  void plainAndRegularExpressionAreTwoPolicies() {
    account.add(domain("a.example"));

    SyncPlan plan = plan(ALL, desired("a.example").isRegex(true));

    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(1, 0, 1, 0));
  }

  // ---- the case of local parts

  private static AllowPolicy.Builder address(String pattern) {
    return domain(pattern).patternTypeName(PatternType.EMAIL.name());
  }

  private static DesiredPolicy.Builder desiredAddress(String pattern) {
    return desired(pattern).patternType(PatternType.EMAIL);
  }

  @ParameterizedTest
  @CsvSource({
    "John.Doe@Partner.example, john.doe@partner.example",
    "john.doe@partner.example, JOHN.DOE@partner.example",
    "John@partner.example, JOHN@partner.example",
  })
  void anAddressThatTheServiceStoredInAnotherCaseIsNeitherCreatedNorDeleted(
      String desired, String stored) {
    AllowPolicy there = account.add(address(stored));

    for (SyncMode mode : List.of(UPSERT, ALL)) {
      SyncPlan plan = plan(mode, desiredAddress(desired));

      assertThat(plan.isEmpty()).isTrue();
      assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(0, 0, 0, 1));
      assertThat(plan.warnings())
          .singleElement()
          .asString()
          .startsWith("1 e-mail address is there with its local part in another case")
          .endsWith(" is " + there.id());
    }
  }

  @Test
  void anAddressInAnotherCaseIsEditedAsIfItWereToTheLetter() {
    AllowPolicy there = account.add(address("john@partner.example").comments("old"));

    SyncPlan plan = plan(ALL, desiredAddress("John@partner.example").comments("new"));

    assertThat(plan.changes()).singleElement().isInstanceOf(PolicyChange.Edit.class);
    assertThat(((PolicyChange.Edit) plan.changes().get(0)).id()).isEqualTo(there.id());
  }

  @Test
  void anAddressThatIsThereToTheLetterIsTakenBeforeOneInAnotherCase() {
    account.add(address("john@partner.example"));
    account.add(address("John@partner.example"));

    assertThat(plan(ALL, desiredAddress("John@partner.example")).counts())
        .isEqualTo(new SyncPlan.Counts(0, 0, 1, 1));
  }

  @Test
  void theCopiesOfAnAddressInAnotherCaseAreReportedAndStay() {
    for (int i = 0; i < 3; i++) {
      account.add(address("john@partner.example"));
    }

    SyncPlan plan = plan(ALL, desiredAddress("John@partner.example"));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.warnings())
        .anySatisfy(warning -> assertThat(warning).contains("there more than once"));
  }

  @Test
  void twoDesiredAddressesOfWhichOneIsThereAreNotCreatedUnlessCaseIsDistinguished() {
    account.add(address("john@partner.example"));
    DesiredPolicy.Builder[] both = {
      desiredAddress("john@partner.example"), desiredAddress("John@partner.example")
    };

    SyncPlan plan = plan(ALL, both);
    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(0, 0, 0, 1));
    assertThat(plan.warnings()).hasSize(1);

    SyncLimits limits = SyncLimits.builder().maxDeletePercent(100).distinguishesCase(true).build();
    assertThat(account.plan(ALL, limits, built(both)).counts())
        .isEqualTo(new SyncPlan.Counts(1, 0, 0, 1));
    assertThat(account.plan(ALL, limits, built(desiredAddress("John@partner.example"))).counts())
        .isEqualTo(new SyncPlan.Counts(1, 0, 1, 0));
  }

  @Test
  void anAddressOfAnotherOwnerInAnotherCaseIsLeftAloneAndNotCreatedBesideIt() {
    account.add(address("john@partner.example").comments("[allowflux:team-b]"));

    SyncPlan plan = plan(OWNED, desiredAddress("John@partner.example"));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.warnings())
        .anySatisfy(warning -> assertThat(warning).contains("has another owner"));
  }

  // ---- kinds

  @Test
  void aPolicyOfNoKnownKindIsLeftAloneInEveryMode() {
    account.add(domain("a.example").patternTypeName("UNKNOWN"));
    account.add(domain("b.example").patternTypeName("ASN"));
    account.add(domain("c.example").patternTypeName(null));
    account.add(domain("d.example").pattern(null));

    SyncPlan plan = plan(ALL, desired("new.example"));

    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(1, 0, 0, 0));
    assertThat(plan.warnings()).containsExactly("4 policies of no known kind are left alone");
  }

  // ---- several of one

  @Test
  void theOldestOfSeveralIsMeantAndTheOthersAreReported() {
    AllowPolicy second = account.add(domain("A.example"));
    AllowPolicy third = account.add(domain("a.example"));
    AllowPolicy first =
        domain("a.EXAMPLE").id(new PolicyId("old")).createdAt(Account.START).build();
    account.add(first);

    SyncPlan plan = plan(ALL, desired("a.example").comments("x"));

    assertThat(plan.changes()).hasSize(1);
    assertThat(((PolicyChange.Edit) plan.changes().get(0)).id()).isEqualTo(first.id());
    assertThat(plan.warnings())
        .containsExactly(
            "1 policy is there more than once: DOMAIN a.example has old, again %s, %s"
                .formatted(second.id(), third.id()));
  }

  @Test
  void duplicatesAreDeletedOnRequest() {
    account.add(domain("a.example"));
    AllowPolicy again = account.add(domain("A.example"));

    SyncPlan plan =
        account.plan(
            UPSERT,
            SyncLimits.builder().maxDeletePercent(50).deletesDuplicates(true).build(),
            List.of(desired("a.example").build()));

    assertThat(plan.changes()).containsExactly(new PolicyChange.Delete(again));
  }

  @Test
  void whatIsDesiredTwiceInTheSameWayCountsOnce() {
    SyncPlan plan =
        plan(UPSERT, desired("b.example").origin("f:2"), desired("B.example").origin("f:1"));

    assertThat(plan.counts().creates()).isEqualTo(1);
    assertThat(plan.warnings())
        .containsExactly(
            "1 policy is desired twice in the same way: DOMAIN b.example by B.example (f:1),"
                + " b.example (f:2)");
  }

  @Test
  void whatIsDesiredInTwoWaysIsRefusedWithAllItsOrigins() {
    UnsafePlanException unsafe =
        refused(
            UPSERT,
            WIDE,
            desired("a.example").comments("x").origin("f:1"),
            desired("a.example").comments("y").origin("f:2"),
            desired("a.example").comments("x").origin("f:3"),
            desired("b.example").origin("f:4"),
            desired("b.example").verifySender(true).origin("f:5"));

    assertThat(unsafe.refusals())
        .containsExactly(
            new Refusal(
                SafetyRule.CONFLICTING_DESIRED,
                "2 policies desired in more than one way",
                "keep one of them",
                List.of(
                    "DOMAIN a.example by a.example (f:1), a.example (f:2), a.example (f:3)",
                    "DOMAIN b.example by b.example (f:4), b.example (f:5)")));
  }

  // ---- ownership

  @Test
  void upsertNeverDeletes() {
    account.add(domain("a.example").comments("[allowflux:team-a]"));

    assertThat(plan(UPSERT, desired("b.example")).counts().deletes()).isZero();
  }

  @Test
  void allDeletesWhatIsNotDesired() {
    AllowPolicy gone = account.add(domain("a.example"));
    account.add(domain("b.example"));

    assertThat(plan(ALL, desired("b.example")).changes())
        .containsExactly(new PolicyChange.Delete(gone));
  }

  @Test
  void anOwnerDeletesItsOwnAndTouchesNobodyElses() {
    AllowPolicy own = account.add(domain("own.example").comments("x [allowflux:team-a]"));
    account.add(domain("manual.example"));
    account.add(domain("other.example").comments("[allowflux:team-b]"));
    account.add(domain("both.example").comments("[allowflux:team-a] [allowflux:team-b]"));
    account.add(domain("desired.example").comments("[allowflux:team-b]").verifySender(false));

    SyncPlan plan = plan(OWNED, desired("desired.example").verifySender(true));

    assertThat(plan.changes()).containsExactly(new PolicyChange.Delete(own));
    assertThat(plan.warnings())
        .containsExactly(
            "1 desired policy has another owner and is left alone: DOMAIN desired.example of"
                + " team-b");
  }

  @Test
  void whatAnOwnerWantsBearsItsMarkerAfterwards() {
    account.add(domain("found.example").comments("by hand"));
    account.add(domain("bare.example"));
    account.add(domain("has.example").comments("[allowflux:team-a] by hand"));
    account.add(domain("cleared.example").comments("by hand"));

    SyncPlan plan =
        plan(
            OWNED,
            desired("found.example"),
            desired("bare.example"),
            desired("has.example"),
            desired("cleared.example").comments(null),
            desired("new.example").comments("ticket 4711"),
            desired("round.example").comments("x [allowflux:team-a]"));
    account.apply(plan);

    assertThat(account.policies())
        .extracting(AllowPolicy::pattern, AllowPolicy::comments)
        .containsExactlyInAnyOrder(
            tuple("found.example", "by hand [allowflux:team-a]"),
            tuple("bare.example", "[allowflux:team-a]"),
            tuple("has.example", "[allowflux:team-a] by hand"),
            tuple("cleared.example", "[allowflux:team-a]"),
            tuple("new.example", "ticket 4711 [allowflux:team-a]"),
            tuple("round.example", "x [allowflux:team-a]"));
  }

  @Test
  void commentsThatCannotBearTheMarkerAreRefused() {
    account.add(domain("long.example").comments("x".repeat(1010)));

    UnsafePlanException unsafe =
        refused(
            OWNED,
            WIDE,
            desired("long.example"),
            desired("new.example").comments("y".repeat(1006)),
            desired("other.example").comments("of [allowflux:team-b]"));

    assertThat(unsafe.refusals()).hasSize(1);
    Refusal refusal = unsafe.refusals().get(0);
    assertThat(refusal.rule()).isEqualTo(SafetyRule.UNMARKABLE);
    assertThat(refusal.examples())
        .containsExactly(
            "long.example: comments must have 0 to 1024 characters, not 1029",
            "new.example: comments must have 0 to 1024 characters, not 1025",
            "other.example: comments name the owner team-b");
  }

  @Test
  void aMarkerThatJustFitsIsNoReasonToRefuse() {
    int room = 1024 - " [allowflux:team-a]".length();

    assertThat(plan(OWNED, desired("a.example").comments("y".repeat(room))).counts().creates())
        .isEqualTo(1);
  }

  @Test
  void otherModesTellThatTheyTouchWhatSomebodyOwns() {
    account.add(domain("a.example").comments("[allowflux:team-b]"));
    account.add(domain("b.example").comments("[allowflux:team-b]"));

    assertThat(plan(ALL, desired("a.example").comments("mine")).warnings())
        .containsExactly("2 policies that change have the marker of an owner: id-1, id-2");
  }

  // ---- limits

  @ParameterizedTest
  @CsvSource({
    "10, 3, true",
    "10, 4, false",
    "100, 30, true",
    "100, 31, false",
    "3, 0, true",
    "3, 1, false",
    "333, 99, true",
    "333, 100, false",
    "1000, 100, true",
    "1000, 101, false"
  })
  void deletesAreLimitedByShareAndByNumber(int existing, int deletes, boolean safe) {
    List<DesiredPolicy.Builder> kept = new ArrayList<>();
    for (int i = 0; i < existing; i++) {
      account.add(domain(i + ".example"));
      if (i >= deletes) {
        kept.add(desired(i + ".example"));
      }
    }
    DesiredPolicy.Builder[] desired = kept.toArray(new DesiredPolicy.Builder[0]);

    if (safe) {
      assertThatCode(() -> account.plan(ALL, SyncLimits.standard(), built(desired)))
          .doesNotThrowAnyException();
    } else {
      assertThat(refused(ALL, SyncLimits.standard(), desired).refusals())
          .extracting(Refusal::rule)
          .containsExactly(existing == 1000 ? SafetyRule.DELETES : SafetyRule.DELETE_PERCENT);
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 3, true", "10, 4, false", "1000, 300, true", "1000, 301, false", "1, 1, false"})
  void editsAreLimitedByShare(int existing, int edits, boolean safe) {
    DesiredPolicy.Builder[] desired = new DesiredPolicy.Builder[edits];
    for (int i = 0; i < existing; i++) {
      account.add(domain(i + ".example"));
      if (i < edits) {
        desired[i] = desired(i + ".example").comments("new");
      }
    }

    if (safe) {
      assertThatCode(() -> account.plan(UPSERT, SyncLimits.standard(), built(desired)))
          .doesNotThrowAnyException();
    } else {
      assertThat(refused(UPSERT, SyncLimits.standard(), desired).refusals())
          .extracting(Refusal::rule)
          .containsExactly(SafetyRule.EDIT_PERCENT);
    }
  }

  @Test
  void theShareOfAnOwnerIsCountedAmongItsOwn() {
    for (int i = 0; i < 100; i++) {
      account.add(domain(i + ".example").comments(i < 10 ? "[allowflux:team-a]" : "manual"));
    }
    DesiredPolicy.Builder[] desired = {
      desired("0.example"),
      desired("1.example"),
      desired("2.example"),
      desired("3.example"),
      desired("4.example"),
      desired("5.example")
    };

    assertThat(refused(OWNED, SyncLimits.standard(), desired).refusals())
        .containsExactly(
            new Refusal(
                SafetyRule.DELETE_PERCENT,
                "4 of 10 policies would be deleted, more than 30 %",
                "maxDeletePercent",
                List.of()));
  }

  @Test
  void noDesiredPoliciesNeedAConsentOfTheirOwn() {
    for (SyncMode mode : List.of(UPSERT, OWNED, ALL)) {
      assertThat(refused(mode, SyncLimits.standard()).refusals())
          .extracting(Refusal::rule, Refusal::override)
          .containsExactly(tuple(SafetyRule.EMPTY_DESIRED, "allow(EMPTY_DESIRED)"));
    }
    SyncLimits limits = SyncLimits.builder().allow(SafetyRule.EMPTY_DESIRED).build();
    assertThat(account.plan(ALL, limits, List.of()).isEmpty()).isTrue();
  }

  @Test
  void allThatIsUnsafeComesOutAtOnce() {
    for (int i = 0; i < 200; i++) {
      account.add(domain(i + ".example"));
    }
    account.add(domain("a.example").verifySender(false));

    UnsafePlanException unsafe =
        refused(
            ALL,
            SyncLimits.builder().maxEditPercent(0).build(),
            desired("a.example").isTrustedSender(true),
            desired("b.example").isExemptRecipient(true));

    assertThat(unsafe.refusals())
        .extracting(Refusal::rule)
        .containsExactly(
            SafetyRule.DELETE_PERCENT,
            SafetyRule.DELETES,
            SafetyRule.EDIT_PERCENT,
            SafetyRule.EXEMPT_WITHOUT_VERIFICATION,
            SafetyRule.TRUSTED_WITHOUT_VERIFICATION);
    assertThat(unsafe).hasMessageContaining("200 of 201 policies would be deleted");
    assertThat(unsafe).hasMessageContaining("200 policies would be deleted, more than 100");
  }

  @Test
  void eachRuleIsAllowedByItsOwnNameOnly() {
    SyncLimits limits = SyncLimits.builder().allow(SafetyRule.EXEMPT_WITHOUT_VERIFICATION).build();

    assertThat(
            refused(
                    UPSERT,
                    limits,
                    desired("a.example").isExemptRecipient(true).isTrustedSender(true))
                .refusals())
        .extracting(Refusal::rule)
        .containsExactly(SafetyRule.TRUSTED_WITHOUT_VERIFICATION);
    for (SafetyRule rule : SafetyRule.values()) {
      if (!rule.canBeAllowed()) {
        assertThatThrownBy(() -> SyncLimits.builder().allow(rule))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  // ---- doubtful readings

  @Test
  void aReadingThatMayHaveMissedSomethingDeletesNothing() {
    account.add(domain("a.example"));
    SyncPlanner planner =
        SyncPlanner.of(Account.ID, ALL, WIDE, key -> ExposureRules.Judgement.NONE);
    planner.desired(desired("b.example").build());
    account.policies().forEach(planner::existing);

    SyncPlan plan =
        planner.plan(new AccountRead(Account.START, Account.START, null, "fast", false, 1, 0, 1));

    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(1, 0, 0, 0));
    assertThat(plan.warnings())
        .containsExactly(
            "1 policy would be deleted, but is not: the reading may have missed some",
            "the reading may have missed some: what would be created may be there already");
  }

  @Test
  void aPolicyThatCameTwiceCountsOnce() {
    AllowPolicy twice = account.add(domain("a.example"));
    SyncPlanner planner =
        SyncPlanner.of(Account.ID, ALL, WIDE, key -> ExposureRules.Judgement.NONE);
    planner.desired(desired("b.example").build());
    planner.existing(twice).existing(twice);

    assertThat(planner.plan(account.read()).counts().deletes()).isEqualTo(1);
  }

  @Test
  void aPolicyWhosePatternChangedMeanwhileIsASignOfDrift() {
    AllowPolicy before = account.add(domain("a.example"));
    AllowPolicy after = domain("b.example").id(before.id()).createdAt(before.createdAt()).build();
    SyncPlanner planner =
        SyncPlanner.of(Account.ID, ALL, WIDE, key -> ExposureRules.Judgement.NONE);
    planner.desired(desired("b.example").comments("x").build());
    planner.existing(before).existing(after);

    SyncPlan plan = planner.plan(account.read());

    assertThat(plan.counts()).isEqualTo(new SyncPlan.Counts(0, 1, 0, 0));
    assertThat(plan.warnings())
        .contains("1 policy changed its pattern while it was read: " + before.id());
  }

  @Test
  void callsInTheWrongOrderAreRefused() {
    SyncPlanner planner =
        SyncPlanner.of(Account.ID, UPSERT, WIDE, key -> ExposureRules.Judgement.NONE);
    planner.desired(desired("a.example").build()).existing(account.add(domain("a.example")));
    DesiredPolicy late = desired("b.example").build();

    assertThatThrownBy(() -> planner.desired(late)).isInstanceOf(IllegalStateException.class);
    SyncPlan unused = planner.plan(account.read());
    assertThatThrownBy(() -> planner.plan(account.read()))
        .isInstanceOf(IllegalStateException.class);
    AllowPolicy more = account.add(domain("c.example"));
    assertThatThrownBy(() -> planner.existing(more)).isInstanceOf(IllegalStateException.class);
  }

  // ---- changes

  @Test
  void changesComeAsCreatesEditsDeletesEachByKey() {
    for (String pattern : List.of("z.example", "a.example", "m.example", "c.example")) {
      account.add(domain(pattern));
    }

    SyncPlan plan =
        plan(
            ALL,
            desired("y.example"),
            desired("m.example").comments("x"),
            desired("c.example").comments("x"),
            desired("b.example"));

    assertThat(plan.changes())
        .extracting(change -> change.getClass().getSimpleName() + " " + change.key().pattern())
        .containsExactly(
            "Create b.example",
            "Create y.example",
            "Edit c.example",
            "Edit m.example",
            "Delete a.example",
            "Delete z.example");
  }

  @Test
  void aChangeKnowsWhetherItIsStillDueAndWhetherItIsDone() {
    AllowPolicy before = account.add(domain("a.example"));
    AllowPolicy gone = account.add(domain("gone.example"));
    SyncPlan plan =
        plan(ALL, desired("a.example").comments("x").isTrustedSender(true), desired("b.example"));
    PolicyChange.Create create = (PolicyChange.Create) plan.changes().get(0);
    PolicyChange.Edit edit = (PolicyChange.Edit) plan.changes().get(1);
    PolicyChange.Delete delete = (PolicyChange.Delete) plan.changes().get(2);

    assertThat(edit.isDue(before)).isTrue();
    assertThat(edit.isDone(before)).isFalse();
    assertThat(delete.isDue(gone)).isTrue();
    account.apply(plan);
    AllowPolicy after = account.policies().get(0);
    AllowPolicy created = account.policies().get(1);
    assertThat(edit.isDue(after)).isFalse();
    assertThat(edit.isDone(after)).isTrue();
    assertThat(create.isDone(created)).isTrue();
    assertThat(create.isDone(after)).isFalse();
    assertThat(edit.isDone(domain("a.example").id(after.id()).createdAt(Account.START).build()))
        .isFalse();
  }

  @Test
  void anEditIsNotMadeWhereTheServiceDoesNotShowTheField() {
    AllowPolicy before = account.add(domain("a.example").isTrustedSender(null));
    SyncPlan plan = plan(ALL, desired("a.example").isTrustedSender(true));
    PolicyChange.Edit edit = (PolicyChange.Edit) plan.changes().get(0);
    assertThat(edit.isDone(before)).isFalse();
    assertThat(edit.isDue(before)).isTrue();
  }

  private SyncPlan plan(SyncMode mode, DesiredPolicy.Builder... desired) {
    SyncLimits.Builder limits =
        SyncLimits.builder().maxDeletePercent(100).maxDeletes(10_000).maxEditPercent(100);
    for (SafetyRule rule : SafetyRule.values()) {
      if (rule.canBeAllowed()) {
        limits.allow(rule);
      }
    }
    return account.plan(mode, limits.build(), built(desired));
  }

  private UnsafePlanException refused(
      SyncMode mode, SyncLimits limits, DesiredPolicy.Builder... desired) {
    UnsafePlanException unsafe =
        catchThrowableOfType(
            UnsafePlanException.class, () -> account.plan(mode, limits, built(desired)));
    assertThat(unsafe).isNotNull();
    return unsafe;
  }

  private static List<DesiredPolicy> built(DesiredPolicy.Builder... desired) {
    return List.of(desired).stream().map(DesiredPolicy.Builder::build).toList();
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

  private static DesiredPolicy.Builder desired(String pattern) {
    return DesiredPolicy.builder().pattern(pattern).patternType(PatternType.DOMAIN);
  }
}
