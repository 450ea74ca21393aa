package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.AlteringProxy.Answer;
import dev.allowflux.cli.AlteringProxy.Request;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands against services that answer, and do not do, or do otherwise, what they are asked. */
@Timeout(240)
class StubbornServiceIT {
  private static final Pattern PATTERN = Pattern.compile("\"pattern\":\"[^\"]*\"");
  private static final Pattern PER_PAGE = Pattern.compile("per_page=(\\d+)");
  private static final Pattern COMMENTS = Pattern.compile("\"comments\":\"[^\"]*\"");

  @TempDir private Path folder;

  private static ApiSimulator api() {
    return ApiSimulator.builder().noRateLimit().start();
  }

  private static String lowerCase(Pattern what, String body) {
    return what.matcher(body).replaceAll(found -> found.group().toLowerCase(Locale.ROOT));
  }

  /** Stores patterns in lower case. */
  private static Answer inLowerCase(Request request, Function<Request, Answer> simulator) {
    return simulator.apply(request.withBody(body -> lowerCase(PATTERN, body)));
  }

  /** Stores comments that nobody sent. */
  private static Answer withOtherComments(Request request, Function<Request, Answer> simulator) {
    return simulator.apply(
        request.withBody(body -> COMMENTS.matcher(body).replaceAll("\"comments\":\"other\"")));
  }

  private Path addresses(int count) throws IOException {
    return Files.write(
        folder.resolve("policies.ndjson"),
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    ("{\"pattern\":\"John.Doe%d@Partner.Example\",\"pattern_type\":\"EMAIL\","
                            + "\"is_acceptable_sender\":true,\"verify_sender\":true,"
                            + "\"comments\":\"Of Sales\"}")
                        .formatted(i))
            .toList());
  }

  private Run sync(AlteringProxy service, Path file, String... more) {
    List<String> args =
        new ArrayList<>(List.of("sync", file.toString(), "--yes", "--rate-limit", "off"));
    args.addAll(List.of("--settle-time", "100ms"));
    args.addAll(List.of(more));
    return Run.of(service.environment(folder.resolve("state")), args.toArray(new String[0]));
  }

  // ---------------------------------------------------------------- the case of local parts

  @Test
  void aServiceThatLowerCasesLocalPartsIsSentNothingByTheSecondSync() throws IOException {
    try (ApiSimulator api = api();
        AlteringProxy service = AlteringProxy.start(api, StubbornServiceIT::inLowerCase)) {
      Path file = addresses(20);

      Run first = sync(service, file, "--mode", "all", "--batch-size", "7");
      assertThat(first.exit()).as(first.err()).isZero();
      assertThat(first.err()).contains("20 of 20 changes done");
      assertThat(api.size()).isEqualTo(20);
      long writes = service.writes();

      Run second = sync(service, file, "--mode", "all");

      assertThat(second.exit()).as(second.err()).isZero();
      assertThat(second.out()).contains("0 to create, 0 to edit, 0 to delete, 20 unchanged");
      assertThat(second.out() + second.err())
          .contains("20 e-mail addresses are there with their local part in another case");
      assertThat(service.writes()).isEqualTo(writes);
      assertThat(api.size()).isEqualTo(20);
    }
  }

  @Test
  void aLostBatchIsFoundInAnotherCaseAndNotSentAgain() throws IOException {
    AtomicReference<String> lost = new AtomicReference<>("");
    try (ApiSimulator api = api();
        AlteringProxy service =
            AlteringProxy.start(
                api,
                (request, simulator) -> {
                  Answer done = inLowerCase(request, simulator);
                  return request.isBatch() && lost.getAndSet("done").isEmpty()
                      ? Answer.page(502)
                      : done;
                })) {
      Run run = sync(service, addresses(20));
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).contains("found done");
      assertThat(service.writes()).isEqualTo(1);
      assertThat(api.size()).isEqualTo(20);
    }
  }

  @Test
  void aCreateThatIsAnsweredInAnotherCaseIsASuccessWithANote() throws IOException {
    try (ApiSimulator api = api();
        AlteringProxy service = AlteringProxy.start(api, StubbornServiceIT::inLowerCase)) {
      Run run = create(service);
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.err()).contains("stored by the service", "john.doe@partner.example");
    }
  }

  // ---------------------------------------------------------------- other fields

  @Test
  void aCreateThatIsAnsweredWithOtherFieldsNamesThePolicyThatCame() throws IOException {
    try (ApiSimulator api = api();
        AlteringProxy service = AlteringProxy.start(api, StubbornServiceIT::withOtherComments)) {
      Run run = create(service);
      assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.OUTCOME_UNKNOWN.code());
      assertThat(run.err())
          .contains(
              "policy "
                  + api.policyIds().get(0)
                  + ": comments is \"other\" instead of \"of sales\"");
    }
  }

  @Test
  void aServiceThatStoresOtherFieldsIsReportedWithThem() throws IOException {
    try (ApiSimulator api = api();
        AlteringProxy service = AlteringProxy.start(api, StubbornServiceIT::withOtherComments)) {
      Run run = sync(service, addresses(3));
      assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.DRIFT.code());
      assertThat(run.out())
          .contains("is there with other fields: comments is \"other\" instead of \"Of Sales\"");
      assertThat(run.err()).contains("0 of 3 changes done, 3 skipped");
      assertThat(api.size()).isEqualTo(3);
    }
  }

  // ---------------------------------------------------------------- something in between

  @ParameterizedTest
  @ValueSource(ints = {400, 404})
  void aPageForEachBatchEndsTheSyncAfterTwo(int status) throws IOException {
    try (ApiSimulator api = api();
        AlteringProxy service =
            AlteringProxy.start(
                api,
                (request, simulator) ->
                    request.isBatch() ? Answer.page(status) : simulator.apply(request))) {
      Run run = sync(service, addresses(150), "--batch-size", "150");
      assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.REFUSED.code());
      assertThat(service.writes()).isEqualTo(2);
    }
  }

  // ---------------------------------------------------------------- deletes that are not done

  @Test
  void deletesThatAreAnsweredAndNotDoneAreReportedWhereTheAccountIsRead() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().policies(20).noRateLimit().start();
        AlteringProxy service = AlteringProxy.start(api, StubbornServiceIT::withoutDeletes)) {
      Path file = addresses(3);
      Run run = sync(service, file, "--mode", "all", "--max-delete-percent", "100");
      assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.REFUSED.code());
      assertThat(run.err()).contains("3 of 23 changes done, 20 missing");
    }
  }

  /** Says that it has deleted all, and has deleted nothing. */
  private static Answer withoutDeletes(Request request, Function<Request, Answer> simulator) {
    if (!request.isBatch() || !request.body().contains("\"deletes\":[{")) {
      return simulator.apply(request);
    }
    String deletes = request.body().replaceAll("(?s).*\"deletes\":(\\[.*?\\]).*", "$1");
    return new Answer(
        200,
        "application/json",
        "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"deletes\":"
            + deletes
            + ",\"patches\":[],\"puts\":[],\"posts\":[]}}");
  }

  // ---------------------------------------------------------------- clamped pages

  @Test
  void aServiceThatServesLessThanItSaysIsPlannedAndApplied() throws IOException {
    try (ApiSimulator api = api();
        AlteringProxy service = AlteringProxy.start(api, StubbornServiceIT::clamped)) {
      Path file = addresses(60);
      assertThat(sync(service, file).exit()).isZero();
      Run second = sync(service, file);
      assertThat(second.exit()).as(second.err()).isZero();
      assertThat(second.out()).contains("60 unchanged");
    }
  }

  /** Serves ten policies a page at most, and says that there are as many as were requested. */
  private static Answer clamped(Request request, Function<Request, Answer> simulator) {
    Matcher size = PER_PAGE.matcher(request.query());
    if (!size.find() || Integer.parseInt(size.group(1)) <= 10) {
      return simulator.apply(request);
    }
    Answer answer =
        simulator.apply(
            new Request(
                request.method(),
                request.path(),
                size.replaceFirst("per_page=10"),
                request.body()));
    String body = answer.body().replaceFirst("\"per_page\":10", "\"per_page\":" + size.group(1));
    return new Answer(answer.status(), answer.type(), body);
  }

  private Run create(AlteringProxy service) {
    return Run.of(
        service.environment(folder.resolve("state")),
        "create",
        "--pattern",
        "John.Doe@partner.example",
        "--pattern-type",
        "EMAIL",
        "--acceptable-sender",
        "--verify-sender",
        "--comments",
        "of sales");
  }
}
