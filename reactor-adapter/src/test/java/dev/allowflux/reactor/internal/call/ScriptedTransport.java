package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ApiResponse;
import dev.allowflux.internal.http.ResponseHeaders;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.ApiResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** A wire that does what a test wrote down, attempt by attempt; the last line repeats. */
public final class ScriptedTransport implements Transport {

  public interface Step {
    Mono<Answer> play(ApiRequest request, Runnable onSend);
  }

  public record Answer(int status, String body, Map<String, String> headers) {}

  final List<ApiRequest> sent = new ArrayList<>();
  int subscribed;
  int cancelled;
  private final Deque<Step> script = new ArrayDeque<>();

  public ScriptedTransport then(Step... steps) {
    script.addAll(List.of(steps));
    return this;
  }

  public static Step answer(int status, String body, String... headers) {
    Map<String, String> named = new HashMap<>();
    named.put("content-type", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], headers[i + 1]);
    }
    return (request, onSend) ->
        Mono.fromSupplier(
            () -> {
              onSend.run();
              return new Answer(status, body, named);
            });
  }

  public static Step policy() {
    return answer(
        200,
        "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":"
            + "{\"id\":\"p1\",\"created_at\":\"2026-01-01T00:00:00Z\",\"pattern\":\"a@b.example\"}}");
  }

  static Step deleted() {
    return answer(
        200, "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"id\":\"p1\"}}");
  }

  static Step refusal(int status, int code) {
    return answer(
        status,
        "{\"success\":false,\"errors\":[{\"code\":"
            + code
            + ",\"message\":\"no\"}],\"messages\":[],\"result\":null}");
  }

  /** The connection fails before anything was written. */
  static Step unreachable() {
    return (request, onSend) ->
        Mono.error(
            () ->
                new Unavailable(
                    FailureDetails.builder(request.operation(), request.account())
                        .requestSent(Sent.NO)
                        .build(),
                    "no connection",
                    new IOException("refused")));
  }

  /** The connection breaks after the request was written. */
  static Step lost() {
    return (request, onSend) ->
        Mono.error(
            () -> {
              onSend.run();
              return new Unavailable(
                  FailureDetails.builder(request.operation(), request.account())
                      .requestSent(Sent.UNKNOWN)
                      .build(),
                  "connection lost",
                  new IOException("reset"));
            });
  }

  static Step never() {
    return (request, onSend) -> Mono.<Answer>never().doOnSubscribe(subscription -> onSend.run());
  }

  @Override
  public <T> Mono<ApiResult<T>> exchange(
      ApiRequest request, ResponseReader<T> reader, SendPermit permit) {
    return Mono.defer(
        () -> {
          subscribed++;
          Step step = script.size() > 1 ? script.poll() : script.element();
          return step.play(
                  request,
                  () -> {
                    assertThat(permit.send()).as("may be sent").isTrue();
                    permit.written();
                    sent.add(request);
                  })
              .map(
                  answer -> {
                    permit.responded();
                    return reader.read(request, response(answer));
                  })
              .doOnCancel(() -> cancelled++);
        });
  }

  @Override
  public Mono<Void> close() {
    return Mono.empty();
  }

  @Override
  public void startClose() {}

  private static ApiResponse response(Answer answer) {
    byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
    ResponseHeaders headers =
        ResponseHeaders.of(
            name -> {
              String value = answer.headers.get(name);
              return value == null ? List.of() : List.of(value);
            });
    return new ApiResponse(answer.status, headers, body, 0, body.length);
  }
}
