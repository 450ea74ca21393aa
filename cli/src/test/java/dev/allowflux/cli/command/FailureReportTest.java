package dev.allowflux.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.Operation;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureReportTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static FailureDetails details(Operation operation) {
    return FailureDetails.builder(operation, new AccountId("a")).build();
  }

  private static String line(Exception failure) {
    String line = FailureReport.line(failure, NOW);
    assertThat(line.lines()).hasSize(1);
    return line;
  }

  @ParameterizedTest
  @CsvSource({
    "CREDENTIAL,4",
    "PERMISSION,4",
    "NOT_SUBSCRIBED,4",
    "NOT_FOUND,3",
    "CONFLICT,3",
    "INVALID_REQUEST,3",
    "REDIRECTED,3",
    "OTHER,3"
  })
  void aRefusalIsAboutTheCredentialOrAboutTheRequest(RejectionReason reason, int code) {
    assertThat(FailureReport.exitCode(new Rejected(details(Operation.GET), reason)).code())
        .isEqualTo(code);
  }

  @Test
  void everyOtherKindHasItsCode() {
    FailureDetails details = details(Operation.CREATE);
    EmailSecurityException unavailable = new Unavailable(details, "no answer", null);
    assertThat(FailureReport.exitCode(new Throttled(details, "wait")).code()).isEqualTo(5);
    assertThat(FailureReport.exitCode(unavailable).code()).isEqualTo(6);
    assertThat(FailureReport.exitCode(new Malformed(details, "not JSON")).code()).isEqualTo(6);
    assertThat(FailureReport.exitCode(OutcomeUnknown.from(unavailable, "list it")).code())
        .isEqualTo(7);
    assertThat(FailureReport.exitCode(new NoSuchFileException("x")).code()).isEqualTo(1);
    assertThat(FailureReport.exitCode(new IllegalStateException("a bug")).code()).isEqualTo(1);
  }

  @Test
  void throttlingNamesTheTime() {
    FailureDetails details =
        details(Operation.LIST).toBuilder().retryAfter(Duration.ofHours(3)).build();
    assertThat(line(new Throttled(details, "past its limit")))
        .contains("try again in 3 h 0 min, at 2026-11-21 ");
  }

  @Test
  void aMissingPermissionIsNamedAsTheOperationNeedsIt() {
    assertThat(line(new Rejected(details(Operation.EDIT), RejectionReason.PERMISSION)))
        .contains("Write");
    assertThat(line(new Rejected(details(Operation.LIST), RejectionReason.PERMISSION)))
        .contains("Read");
  }

  @Test
  void anUnknownOutcomeSaysHowToFindOut() {
    Unavailable cause = new Unavailable(details(Operation.CREATE), "no answer", null);
    assertThat(line(OutcomeUnknown.from(cause, "list the pattern"))).endsWith("list the pattern");
  }

  @Test
  void filesAreNamedWithWhatIsWrong() {
    assertThat(line(new NoSuchFileException("f"))).isEqualTo("f: no such file or folder");
    assertThat(line(new UncheckedIOException(new FileNotFoundException("f (gone)"))))
        .isEqualTo("f (gone)");
  }

  @Test
  void aBugIsOneLineThatSaysHowToSeeMore() {
    assertThat(line(new IllegalStateException("first\nsecond")))
        .isEqualTo(
            "unexpected failure: first" + "; this is a bug: run again with -vv to see where");
  }
}
