package dev.allowflux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.plan.UnsafePlanException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules on what a policy exposes, as planning and applying use them. */
@Timeout(240)
class ExposureCheckTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "DOMAIN, false, co.uk, PUBLIC_SUFFIX",
    "DOMAIN, false, com, PUBLIC_SUFFIX",
    "DOMAIN, false, GMAIL.COM, FREE_MAIL_PROVIDER",
    "EMAIL, true, .*@gmail\\.com, FREE_MAIL_PROVIDER",
    "EMAIL, true, .*, BROAD_REGEX",
    "EMAIL, true, '^(?!.*spam).*@.*$', UNDECIDABLE_REGEX",
    "IP, false, 0.0.0.0/0, WIDE_NETWORK",
  })
  void whatExposesTooMuchIsRefusedAndAllowedByItsName(
      PatternType type, boolean regex, String pattern, SafetyRule rule) {
    List<PolicyChange> changes = List.of(create(type, regex, pattern, true));
    UnsafePlanException unsafe =
        catchThrowableOfType(
            UnsafePlanException.class, () -> ExposureCheck.require(changes, SyncLimits.standard()));

    assertThat(unsafe.refusals()).extracting(UnsafePlanException.Refusal::rule).contains(rule);
    SyncLimits.Builder limits = SyncLimits.builder().maxExposedAddresses(Integer.MAX_VALUE);
    unsafe.refusals().stream()
        .map(UnsafePlanException.Refusal::rule)
        .filter(SafetyRule::canBeAllowed)
        .forEach(limits::allow);
    assertThatCode(() -> ExposureCheck.require(changes, limits.build())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "EMAIL, true, .*@(.*\\.)?boats\\.example",
    "DOMAIN, false, boats.example",
    "EMAIL, false, jo@gmail.com",
    "IP, false, 203.0.113.0/24"
  })
  void whatAnOwnerMeansPasses(PatternType type, boolean regex, String pattern) {
    assertThatCode(
            () ->
                ExposureCheck.require(
                    List.of(create(type, regex, pattern, true)), SyncLimits.standard()))
        .doesNotThrowAnyException();
  }

  @Test
  void aPlanMadeByHandThatTrustsEverythingIsNotApplied() {
    FakeAccount account = new FakeAccount();
    AccountRead read =
        new AccountRead(FakeAccount.START, FakeAccount.START, null, "complete", true, 0, 0, 1);
    SyncPlan plan =
        SyncPlan.builder(new AccountId("acc"), new SyncMode.Upsert(), read)
            .changes(
                List.of(
                    create(PatternType.EMAIL, true, ".*", false),
                    create(PatternType.DOMAIN, false, "com", false),
                    create(PatternType.IP, false, "0.0.0.0/0", false)))
            .build();
    AllowPolicySync sync =
        new AllowPolicySync(account, Clock.fixed(FakeAccount.START, ZoneOffset.UTC));
    ApplySettings settings = ApplySettings.builder(directory.resolve("journal")).build();

    assertThatThrownBy(
            () ->
                sync.apply(plan.approve(plan.digest()), settings).blockLast(Duration.ofSeconds(30)))
        .isInstanceOf(UnsafePlanException.class);
    assertThat(account.batches).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  private static PolicyChange create(
      PatternType type, boolean regex, String pattern, boolean acceptable) {
    return new PolicyChange.Create(
        NewAllowPolicy.builder()
            .pattern(pattern)
            .patternType(type)
            .isRegex(regex)
            .isTrustedSender(!acceptable)
            .isAcceptableSender(acceptable)
            .isExemptRecipient(false)
            .verifySender(true)
            .build());
  }
}
