package dev.allowflux.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.error.Sent;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.Operation;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
  private static final RetryPolicy RULES =
      new RetryPolicy(4, Duration.ofMillis(500), Duration.ofSeconds(8));

  @ParameterizedTest
  @EnumSource(Operation.class)
  void whatMayHaveHappenedIsRepeatedOnlyIfThatDoesNoHarm(Operation operation) {
    for (Sent sent : List.of(Sent.YES, Sent.UNKNOWN)) {
      for (Integer status : new @Nullable Integer[] {null, 408, 500, 502, 503, 504, 520, 530}) {
        Unavailable failure =
            new Unavailable(details(operation, status, sent).build(), "gone", null);

        assertThat(isRepeated(failure)).isEqualTo(operation.isIdempotent());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void whatWasNeverSentIsRepeatedWhateverItIs(Operation operation) {
    assertThat(
            isRepeated(
                new Unavailable(
                    details(operation, null, Sent.NO).build(), "connection refused", null)))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aCertificateThatIsNotTrustedIsNotTriedAgain(Operation operation) {
    SSLException handshake = new SSLException("bad", new CertificateException("not trusted"));
    Unavailable failure =
        new Unavailable(details(operation, null, Sent.NO).build(), "no connection", handshake);

    assertThat(isRepeated(failure)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void a429IsRepeatedWhateverItIs(Operation operation) {
    assertThat(isRepeated(new Throttled(details(operation, 429, Sent.YES).build(), "slow down")))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void throttlingUnderAnotherStatusDoesNotProveThatAWriteWasNotDone(Operation operation) {
    assertThat(isRepeated(new Throttled(details(operation, 200, Sent.YES).build(), "slow down")))
        .isEqualTo(operation.isIdempotent());
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aGateThatGaveUpIsNotAskedAgain(Operation operation) {
    assertThat(
            isRepeated(
                new Throttled(
                    details(operation, null, Sent.NO).retryAfter(Duration.ofHours(1)).build(),
                    "the wait would pass the deadline")))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void anUnreadableSuccessIsRepeatedOnlyIfThatDoesNoHarm(Operation operation) {
    assertThat(isRepeated(new Malformed(details(operation, 200, Sent.YES).build(), "not JSON")))
        .isEqualTo(operation.isIdempotent());
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aResponseWithoutEvenAStatusIsRepeatedOnlyIfThatDoesNoHarm(Operation operation) {
    FailureDetails noStatus = details(operation, null, Sent.UNKNOWN).build();
    assertThat(isRepeated(new Malformed(noStatus, "it is not HTTP/1.1")))
        .isEqualTo(operation.isIdempotent());
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void whatNoRepetitionCanMendIsNotRepeated(Operation operation) {
    FailureDetails details = details(operation, 404, Sent.YES).build();
    FailureDetails noStatus = details(operation, null, Sent.YES).build();

    for (RejectionReason reason : RejectionReason.values()) {
      assertThat(isRepeated(new Rejected(details, reason))).isFalse();
    }
    assertThat(isRepeated(OutcomeUnknown.from(new Malformed(noStatus, "x"), "look"))).isFalse();
    assertThat(isRepeated(new Malformed(noStatus, "page 2 repeats page 1"))).isFalse();
    assertThat(isRepeated(new Malformed(details(operation, 600, Sent.YES).build(), "x"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1, 500", "2, 1000", "3, 2000", "4, 4000", "5, 8000", "6, 8000", "2000, 8000"})
  void theBackoffDoublesUpToItsBound(int attempt, long millis) {
    RetryPolicy patient = new RetryPolicy(9999, RULES.baseBackoff(), RULES.maxBackoff());

    assertThat(patient.decide(unavailable(null), attempt, 0.5))
        .isEqualTo(Duration.ofMillis(millis / 2));
    assertThat(patient.decide(unavailable(null), attempt, 0)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aWaitThatTheServerNamedHoldsAsItIs() {
    assertThat(RULES.decide(unavailable(Duration.ofMinutes(5)), 1, 0.5))
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(RULES.decide(unavailable(Duration.ZERO), 1, 0.5)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aThrottledCallGoesBackToTheGateAtOnceAsThatHoldsAllCalls() {
    FailureDetails.Builder details = details(Operation.CREATE, 429, Sent.YES);
    Throttled bare = new Throttled(details.build(), "slow down");
    Throttled named = new Throttled(details.retryAfter(Duration.ofSeconds(3)).build(), "slow down");

    assertThat(RULES.decide(bare, 3, 0.9)).isEqualTo(Duration.ZERO);
    assertThat(RULES.decide(named, 3, 0.9)).isEqualTo(Duration.ZERO);
  }

  @Test
  void attemptsAreBounded() {
    assertThat(RULES.decide(unavailable(null), 3, 0.5)).isNotNull();
    assertThat(RULES.decide(unavailable(null), 4, 0.5)).isNull();
    assertThat(new RetryPolicy(1, Duration.ZERO, Duration.ZERO).decide(unavailable(null), 1, 0.5))
        .isNull();
  }

  @Test
  void numbersWithoutSenseAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO))
        .withMessage("maxAttempts must be 1 or more, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(1, Duration.ofMillis(-1), Duration.ZERO))
        .withMessage("a backoff must not be negative");
  }

  private static boolean isRepeated(EmailSecurityException failure) {
    return RULES.decide(failure, 1, 0.5) != null;
  }

  private static Unavailable unavailable(@Nullable Duration retryAfter) {
    return new Unavailable(
        details(Operation.GET, 503, Sent.YES).retryAfter(retryAfter).build(), "down", null);
  }

  private static FailureDetails.Builder details(
      Operation operation, @Nullable Integer status, Sent sent) {
    return FailureDetails.builder(operation, new AccountId("acc")).status(status).requestSent(sent);
  }
}
