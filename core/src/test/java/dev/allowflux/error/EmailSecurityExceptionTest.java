package dev.allowflux.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.Operation;
import dev.allowflux.model.RateLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmailSecurityExceptionTest {
  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final List<Attempt> ATTEMPTS =
      List.of(
          new Attempt(1, Duration.ofMillis(20), "503"),
          new Attempt(2, Duration.ofMillis(30), "connection reset"));

  @Test
  void aMessageSaysOperationStatusReasonErrorsAndRay() {
    Rejected rejected =
        new Rejected(
            FailureDetails.builder(Operation.EDIT, ACCOUNT)
                .status(404)
                .errors(
                    List.of(
                        new ApiError(1003, "no such policy", "/result/id", null, List.of()),
                        new ApiError(
                            6003,
                            "bad headers",
                            null,
                            null,
                            List.of(new ApiError(6103, "bad key", null, null, List.of())))))
                .cfRay("8f00-FRA")
                .build(),
            RejectionReason.NOT_FOUND);

    assertThat(rejected)
        .hasMessage(
            "edit allow policy: 404 not found: 1003 no such policy (/result/id); 6003 bad headers"
                + " < 6103 bad key [cf-ray 8f00-FRA]");
  }

  @Test
  void aMessageWithoutAnAnswerIsShort() {
    FailureDetails details =
        FailureDetails.builder(Operation.LIST, null).requestSent(Sent.NO).build();

    assertThat(new Unavailable(details, "connection refused", null))
        .hasMessage("list allow policies: connection refused");
  }

  @Test
  void aMessageIsOneBoundedLineWhateverTheServerSays() {
    String nasty = "a\r\nb\u001b[31mc\u0000\u202e\u2028\ud800".repeat(2000);
    ApiError error = new ApiError(1, nasty, nasty, nasty, List.of());
    ApiError chained = new ApiError(1, nasty, null, null, List.of(error));
    FailureDetails details =
        FailureDetails.builder(Operation.BATCH, ACCOUNT)
            .status(400)
            .errors(Collections.nCopies(1000, chained))
            .cfRay(nasty)
            .bodyExcerpt(nasty)
            .build();
    Unavailable failure = new Unavailable(details, nasty, null);

    for (EmailSecurityException e :
        List.of(
            failure,
            new Rejected(details, RejectionReason.INVALID_REQUEST),
            new Throttled(details, nasty),
            new Malformed(details, nasty),
            OutcomeUnknown.from(failure, nasty))) {
      assertThat(e.getMessage())
          .startsWith("batch allow policies: ")
          .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]")
          .hasSizeLessThanOrEqualTo(1000);
      assertThat(e.details().bodyExcerpt())
          .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]")
          .hasSize(512)
          .endsWith("…");
    }
    assertThat(new Attempt(1, Duration.ZERO, nasty).outcome())
        .doesNotContainPattern("[\\p{Cc}]")
        .hasSize(200);
  }

  @Test
  void cuttingNeverSplitsAPair() {
    String emoji = "😀".repeat(600);
    for (int lead = 0; lead < 3; lead++) {
      String text = "x".repeat(lead) + emoji;
      String excerpt =
          FailureDetails.builder(Operation.GET, ACCOUNT).bodyExcerpt(text).build().bodyExcerpt();
      assertThat(excerpt).endsWith("😀…").hasSizeBetween(511, 512);
    }
  }

  @Test
  void attemptsAreAddedWithoutLosingAnything() {
    IllegalStateException cause = new IllegalStateException("beneath");
    FailureDetails details =
        FailureDetails.builder(Operation.DELETE, ACCOUNT)
            .status(503)
            .errors(List.of(new ApiError(1, "x", null, null, List.of())))
            .cfRay("8f00")
            .rateLimit(new RateLimit("default", 5, Duration.ofSeconds(30), null, null))
            .retryAfter(Duration.ofSeconds(9))
            .requestSent(Sent.YES)
            .bodyExcerpt("body")
            .build();
    Unavailable unavailable = new Unavailable(details, "the service failed", cause);
    unavailable.addSuppressed(new IllegalStateException("besides"));

    for (EmailSecurityException e :
        List.of(
            unavailable,
            new Rejected(details, RejectionReason.CONFLICT),
            new Throttled(details, "slow down"),
            new Malformed(details, "odd"),
            OutcomeUnknown.from(unavailable, "look"))) {
      EmailSecurityException with = e.withAttempts(ATTEMPTS);

      assertThat(with).hasSameClassAs(e).hasMessage(e.getMessage());
      assertThat(with.getCause()).isSameAs(e.getCause());
      assertThat(with.getStackTrace()).isEqualTo(e.getStackTrace());
      assertThat(with.getSuppressed()).isEqualTo(e.getSuppressed());
      assertThat(with.details().attempts()).isEqualTo(ATTEMPTS);
      assertThat(with)
          .usingRecursiveComparison()
          .comparingOnlyFields(
              "details.values.operation",
              "details.values.accountId",
              "details.values.status",
              "details.values.errors",
              "details.values.cfRay",
              "details.values.rateLimit",
              "details.values.retryAfter",
              "details.values.requestSent",
              "details.values.bodyExcerpt")
          .isEqualTo(e);
      assertThat(e.details().attempts()).isEmpty();
    }
    assertThat(new Rejected(details, RejectionReason.CONFLICT).withAttempts(ATTEMPTS))
        .hasFieldOrPropertyWithValue("reason", RejectionReason.CONFLICT);
    assertThat(OutcomeUnknown.from(unavailable, "look").withAttempts(ATTEMPTS))
        .hasFieldOrPropertyWithValue("hint", "look");
  }

  @Test
  void aDoubtKeepsTheFailureAndSaysHowToFindOut() {
    Unavailable reset =
        new Unavailable(
            FailureDetails.builder(Operation.CREATE, ACCOUNT).requestSent(Sent.YES).build(),
            "connection reset",
            null);

    OutcomeUnknown unknown =
        OutcomeUnknown.from(reset, "list with pattern=a@b.example and compare");

    assertThat(unknown)
        .hasMessage(
            "create allow policy: outcome unknown, it may have happened (connection reset);"
                + " list with pattern=a@b.example and compare")
        .hasCause(reset);
    assertThat(unknown.hint()).isEqualTo("list with pattern=a@b.example and compare");
    assertThat(unknown.details().requestSent()).isEqualTo(Sent.YES);
  }

  @Test
  void theHintSurvivesALongMessage() {
    FailureDetails details =
        FailureDetails.builder(Operation.CREATE, ACCOUNT)
            .status(502)
            .errors(List.of(new ApiError(1, "x".repeat(5000), null, null, List.of())))
            .build();

    OutcomeUnknown unknown =
        OutcomeUnknown.from(new Unavailable(details, "y".repeat(5000), null), "h".repeat(300));

    assertThat(unknown.getMessage()).endsWith("; " + "h".repeat(300));
  }

  @Test
  void serializationIsRefusedRatherThanLosingTheData() throws IOException {
    Malformed malformed =
        new Malformed(FailureDetails.builder(Operation.GET, ACCOUNT).build(), "not JSON");

    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThatExceptionOfType(NotSerializableException.class)
          .isThrownBy(() -> out.writeObject(malformed));
    }
  }

  @Test
  void onlyCreateAndBatchMustNotBeRepeated() {
    assertThat(Operation.values())
        .filteredOn(operation -> !operation.isIdempotent())
        .containsExactly(Operation.CREATE, Operation.BATCH);
    assertThat(Operation.values())
        .filteredOn(operation -> !operation.isWrite())
        .containsExactly(Operation.LIST, Operation.GET, Operation.LIST_ACCOUNTS);
  }
}
