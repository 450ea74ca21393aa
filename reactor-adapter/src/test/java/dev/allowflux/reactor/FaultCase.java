package dev.allowflux.reactor;

import static dev.allowflux.simulator.Fault.Content.EMPTY;
import static dev.allowflux.simulator.Fault.Content.HTML;
import static dev.allowflux.simulator.Fault.Content.JSON;
import static dev.allowflux.simulator.Fault.Point.AFTER_HEADERS;
import static dev.allowflux.simulator.Fault.Point.WITHIN_BODY;

import dev.allowflux.error.RejectionReason;
import dev.allowflux.reactor.ExpectedOutcome.Kind;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A fault, and what is known about an attempt that meets it, whoever the client is. Written by hand
 * from what HTTP and the API's description say, and not from the code under test.
 *
 * @param fault what the simulator does
 * @param kind what the attempt alone ends in
 * @param reason why it is refused, if it is
 * @param status the status that the failure tells, or null where it may tell none
 * @param repeated whether an idempotent request is sent again after it
 * @param headArrives whether status line and headers arrive as the service meant them
 * @param headMayArrive whether they may arrive or not, as bytes under way are lost in a reset
 * @param slow whether only a time limit ends it
 * @param closesUntold whether the connection closes behind the client's back
 * @param body whether the body of a failure arrives, without which a 404 proves nothing
 */
record FaultCase(
    Fault fault,
    Kind kind,
    RejectionReason reason,
    Integer status,
    boolean repeated,
    boolean headArrives,
    boolean headMayArrive,
    boolean slow,
    boolean closesUntold,
    Body body) {

  /** What becomes of the body of a failure that the service meant, such as a 404 in JSON. */
  enum Body {
    ARRIVES,
    IS_LOST,
    MAY_ARRIVE
  }

  /** Limits of the client that the sizes below are chosen for. */
  static final int MAX_BODY = 128 << 10;

  static final int MAX_HEADERS = 16 << 10;

  static final FaultCase NOTHING = value(Fault.none());

  private static final Duration SHORT = Duration.ofMillis(5);

  /** The parts of a case while it is put together. */
  private static final class Draft {
    private Fault fault;
    private Kind kind;
    private RejectionReason reason;
    private Integer status;
    private boolean repeated;
    private boolean headArrives;
    private boolean headMayArrive;
    private boolean slow;
    private boolean closesUntold;
    private Body body;

    Draft(Fault fault, Kind kind, Body body) {
      this.fault = fault;
      this.kind = kind;
      this.body = body;
    }

    FaultCase build() {
      return new FaultCase(
          fault,
          kind,
          reason,
          status,
          repeated,
          headArrives,
          headMayArrive,
          slow,
          closesUntold,
          body);
    }
  }

  private static FaultCase of(Fault fault, Kind kind, Body body, Consumer<Draft> rest) {
    Draft draft = new Draft(fault, kind, body);
    rest.accept(draft);
    return draft.build();
  }

  /** The same case but for what is changed. */
  private FaultCase but(Consumer<Draft> change) {
    Draft draft = new Draft(fault, kind, body);
    draft.reason = reason;
    draft.status = status;
    draft.repeated = repeated;
    draft.headArrives = headArrives;
    draft.headMayArrive = headMayArrive;
    draft.slow = slow;
    draft.closesUntold = closesUntold;
    change.accept(draft);
    return draft.build();
  }

  private static FaultCase value(Fault fault) {
    return of(fault, Kind.VALUE, Body.ARRIVES, draft -> draft.headArrives = true);
  }

  private static FaultCase failing(Kind kind, Fault fault, boolean headArrives) {
    return of(
        fault,
        kind,
        Body.IS_LOST,
        draft -> {
          draft.repeated = true;
          draft.headArrives = headArrives;
        });
  }

  private static FaultCase refusal(int status, Fault fault, RejectionReason reason) {
    return of(
        fault,
        Kind.REJECTED,
        Body.IS_LOST,
        draft -> {
          draft.status = status;
          draft.reason = reason;
        });
  }

  private FaultCase with(Body other) {
    return but(draft -> draft.body = other);
  }

  private FaultCase withStatus(int other) {
    return but(draft -> draft.status = other);
  }

  private FaultCase notRepeated() {
    return but(draft -> draft.repeated = false);
  }

  private FaultCase headMayBeLost() {
    return but(
        draft -> {
          draft.headArrives = false;
          draft.headMayArrive = true;
        });
  }

  private FaultCase endedByTime() {
    return but(draft -> draft.slow = true);
  }

  private FaultCase closingUntold() {
    return but(draft -> draft.closesUntold = true);
  }

  FaultCase done(boolean done) {
    return but(draft -> draft.fault = done ? fault.done() : fault.notDone());
  }

  /** Whether a careful client sends the request again: a write only after damage on the way. */
  boolean repeatsFor(FaultyCall call) {
    boolean wellFormed = fault.toString().contains("null_result");
    return repeated && call.isIdempotent() && !(wellFormed && call.isWrite());
  }

  boolean isThrottling() {
    return kind == Kind.THROTTLED;
  }

  /** Whether a request that met it was carried out while the answer says that it was not. */
  boolean lies() {
    return (kind == Kind.REJECTED || kind == Kind.THROTTLED) && fault.isDone();
  }

  /** Every kind at every point, for any operation. */
  static List<FaultCase> table(String elsewhere) {
    List<FaultCase> table = new ArrayList<>();
    table.add(NOTHING);
    for (Point point : Point.values()) {
      boolean head = point == AFTER_HEADERS || point == WITHIN_BODY;
      table.add(value(Fault.pause(point, SHORT)));
      table.add(failing(Kind.UNAVAILABLE, Fault.stall(point, SHORT), head));
      table.add(failing(Kind.UNAVAILABLE, Fault.hang(point), false).endedByTime());
      table.add(failing(Kind.UNAVAILABLE, Fault.fin(point), head));
      FaultCase reset = failing(Kind.UNAVAILABLE, Fault.reset(point), false);
      table.add(head ? reset.headMayBeLost() : reset);
    }
    table.add(value(Fault.drip(199, Duration.ofMillis(1))));
    table.add(
        failing(Kind.UNAVAILABLE, Fault.drip(1, Duration.ofMillis(150)), false).endedByTime());
    table.add(value(Fault.closeAfter(true)));
    table.add(value(Fault.closeAfter(false)).closingUntold());
    table.add(failing(Kind.MALFORMED, Fault.halfBody(true), true));
    table.add(failing(Kind.UNAVAILABLE, Fault.halfBody(false), true));
    table.add(failing(Kind.UNAVAILABLE, Fault.unendedChunks(), true).with(Body.MAY_ARRIVE));
    table.add(failing(Kind.MALFORMED, Fault.brokenGzip(), true));
    table.add(failing(Kind.MALFORMED, Fault.invalidUtf8(), true));
    table.add(value(Fault.bom()));
    table.add(failing(Kind.MALFORMED, Fault.invalidJson(), true));
    table.add(failing(Kind.MALFORMED, Fault.nullResult(), true));
    table.add(
        of(
            Fault.successFalse(),
            Kind.REJECTED,
            Body.ARRIVES,
            draft -> {
              draft.reason = RejectionReason.OTHER;
              draft.headArrives = true;
            }));
    table.add(
        failing(Kind.MALFORMED, Fault.none().header("content-type", "text/html"), true)
            .with(Body.ARRIVES));
    table.add(
        failing(Kind.MALFORMED, Fault.none().header("content-type", null), true)
            .with(Body.ARRIVES));
    table.add(value(Fault.largeHeaders(MAX_HEADERS / 2)));
    table.add(failing(Kind.MALFORMED, Fault.largeHeaders(MAX_HEADERS * 2), false));
    table.add(value(Fault.largeBody(MAX_BODY / 2)));
    table.add(failing(Kind.MALFORMED, Fault.largeBody(MAX_BODY * 2), true).with(Body.MAY_ARRIVE));
    table.addAll(statuses());
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      table.add(refusal(status, Fault.redirect(status, elsewhere), RejectionReason.REDIRECTED));
    }
    table.addAll(throttling());
    return table;
  }

  private static List<FaultCase> statuses() {
    List<FaultCase> table = new ArrayList<>();
    for (Fault.Content content : Fault.Content.values()) {
      table.add(refusal(304, Fault.status(304, EMPTY), RejectionReason.REDIRECTED));
      table.add(refusal(400, Fault.status(400, content), RejectionReason.INVALID_REQUEST));
      table.add(refusal(401, Fault.status(401, content), RejectionReason.CREDENTIAL));
      table.add(refusal(403, Fault.status(403, content), RejectionReason.PERMISSION));
      table.add(
          refusal(404, Fault.status(404, content), RejectionReason.NOT_FOUND)
              .with(content == JSON ? Body.ARRIVES : Body.IS_LOST));
      table.add(refusal(409, Fault.status(409, content), RejectionReason.CONFLICT));
      table.add(refusal(410, Fault.status(410, content), RejectionReason.OTHER));
      table.add(refusal(422, Fault.status(422, content), RejectionReason.INVALID_REQUEST));
      table.add(refusal(501, Fault.status(501, content), RejectionReason.OTHER));
      table.add(refusal(505, Fault.status(505, content), RejectionReason.OTHER));
      for (int status : new int[] {408, 500, 502, 503, 504, 520, 522, 524, 530, 599}) {
        table.add(
            failing(Kind.UNAVAILABLE, Fault.status(status, content), false).withStatus(status));
      }
    }
    table.add(failing(Kind.MALFORMED, Fault.status(200, HTML), false).withStatus(200));
    table.add(failing(Kind.MALFORMED, Fault.status(200, EMPTY), false).withStatus(200));
    table.add(failing(Kind.MALFORMED, Fault.status(204, EMPTY), false).withStatus(204));
    table.add(refusal(206, Fault.status(206, JSON), RejectionReason.OTHER));
    return table;
  }

  private static List<FaultCase> throttling() {
    String noneLeft = "\"default\";r=0;t=1";
    return List.of(
        throttled(Fault.throttled(10_100)),
        throttled(Fault.throttled(971)),
        throttled(Fault.status(429, HTML).header("retry-after", "1")),
        throttled(Fault.status(429, EMPTY).header("ratelimit", noneLeft)),
        // Nothing names a wait: two seconds, then twice as long each time.
        throttled(Fault.throttled(971).header("retry-after", null).header("ratelimit", null)));
  }

  private static FaultCase throttled(Fault fault) {
    return of(
        fault,
        Kind.THROTTLED,
        Body.ARRIVES,
        draft -> {
          draft.status = 429;
          draft.repeated = true;
        });
  }

  /** What goes wrong with pages of a listing only; the page before the faulty one was good. */
  static List<FaultCase> pages() {
    return List.of(
        failing(Kind.MALFORMED, Fault.missingPage(), true).notRepeated(),
        failing(Kind.MALFORMED, Fault.repeatedPage(), true).notRepeated(),
        failing(Kind.MALFORMED, Fault.cappedPage(4), true).notRepeated());
  }
}
