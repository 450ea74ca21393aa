package dev.allowflux.sync;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.ApplyEvent.BatchEnded;
import dev.allowflux.sync.ApplyEvent.Checked;
import dev.allowflux.sync.ApplyEvent.Finished;
import dev.allowflux.sync.ApplyReport.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/** One run of a plan for one subscriber: one step after another, each of them when demanded. */
final class ApplyRun {
  /** How many batches in a row may get no answer and turn out not to be done. */
  private static final int MAX_FRUITLESS = 5;

  private static final int MAX_WITNESSES = 3;
  private static final int GETS_AT_ONCE = 4;

  /** When a witness is read again, in parts of the whole wait. */
  private static final List<Integer> PAUSES = List.of(0, 1, 2, 4, 8);

  private static final Pattern POINTER =
      Pattern.compile("#?[/.]?(deletes|patches|posts)[/.\\[](\\d{1,4})\\b.*");

  private static final Boolean GO = Boolean.TRUE;

  private final AllowPolicyClient client;
  private final SyncPlan plan;
  private final AccountId account;
  private final ApplySettings settings;
  private final Clock clock;
  private final ApplyState state;
  private final ApplyJournal journal;
  private final Deque<List<List<Integer>>> queue = new ArrayDeque<>();
  private final Sinks.Empty<Void> stopped = Sinks.empty();
  private volatile boolean stopping;
  private int splitCalls;
  private int fruitless;

  ApplyRun(
      AllowPolicyClient client,
      SyncPlan plan,
      ApplySettings settings,
      Clock clock,
      ApplyJournal.Disk disk) {
    this.client = client;
    this.plan = plan;
    this.account = plan.account();
    this.settings = settings;
    this.clock = clock;
    state = new ApplyState(plan);
    journal = new ApplyJournal(settings.journal(), plan, state, disk);
  }

  /** What a policy says about a change. */
  private enum Now {
    /** The change is still to be made. */
    DUE(""),
    /** The account is as the change wants it. */
    DONE(""),
    CHANGED("the policy is no longer as the plan saw it"),
    GONE("the policy is not there any more"),
    TAKEN("there is a policy with this pattern by now"),
    PARTNER("a change that must come together with it cannot be made");

    final String why;

    Now(String why) {
      this.why = why;
    }
  }

  Flux<ApplyEvent> events(Publisher<?> stop) {
    return Flux.usingWhen(
            Mono.just(journal),
            opened -> steps(),
            opened -> close(),
            (opened, failure) -> close(),
            opened -> close())
        .takeUntilOther(
            Mono.from(stop).onErrorComplete().doOnTerminate(this::stop).then(Mono.never()));
  }

  private void stop() {
    stopping = true;
    stopped.tryEmitEmpty();
  }

  private Flux<ApplyEvent> steps() {
    return Flux.concat(
        onDemand(this::check),
        Flux.generate(this::nextBatch).concatMap(batch -> onDemand(() -> send(batch)), 0),
        onDemand(() -> Mono.fromSupplier(() -> new Finished(state.report()))));
  }

  /** Starts work when its result is demanded, not when it is subscribed to. */
  private static Flux<ApplyEvent> onDemand(Supplier<Mono<ApplyEvent>> work) {
    return Flux.just(GO).hide().concatMap(go -> Mono.defer(work), 0);
  }

  private void nextBatch(SynchronousSink<List<List<Integer>>> sink) {
    List<List<Integer>> batch = stopping ? null : queue.poll();
    if (batch == null) {
      sink.complete();
    } else {
      sink.next(batch);
    }
  }

  // ---------------------------------------------------------------- file

  private interface FileWork {
    void run() throws Exception;
  }

  /** Files are for the bounded elastic scheduler, and what follows is not. */
  private static Mono<Void> onDisk(FileWork work) {
    return Mono.<Void>fromCallable(
            () -> {
              work.run();
              return null;
            })
        .subscribeOn(Schedulers.boundedElastic())
        .publishOn(Schedulers.parallel());
  }

  private Mono<Void> append(Map<String, Object> line) {
    return onDisk(() -> journal.append(line));
  }

  private Mono<Void> close() {
    return onDisk(journal::close);
  }

  // ---------------------------------------------------------------- before the first batch

  private Mono<ApplyEvent> check() {
    return onDisk(journal::open)
        .then(Mono.defer(this::settleDoubts))
        .then(Mono.defer(this::lookAgain))
        .then(
            Mono.fromSupplier(
                () -> {
                  queue.addAll(state.batches(settings.batchSize()));
                  return new Checked(state.progress());
                }));
  }

  /** What earlier runs left in doubt is looked at before anything is sent. */
  private Mono<Void> settleDoubts() {
    return Flux.fromIterable(state.inDoubt().entrySet())
        .concatMap(
            batch ->
                settle(batch.getValue())
                    .takeUntilOther(stopped.asMono())
                    .flatMap(
                        verdict ->
                            append(
                                ended(
                                    batch.getKey(),
                                    verdict,
                                    null,
                                    "a run was broken off before its end was recorded"))),
            0)
        .then();
  }

  private Mono<Void> lookAgain() {
    List<Integer> pending = state.pending();
    if (pending.isEmpty()) {
      return Mono.empty();
    }
    Mono<Map<Integer, Now>> look =
        pending.size() < plan.accountRead().pages() ? oneByOne(pending) : byTraversal(pending);
    return look.takeUntilOther(stopped.asMono()).flatMap(this::take);
  }

  private Mono<Void> take(Map<Integer, Now> looks) {
    for (List<Integer> unit : state.units()) {
      if (unit.stream().anyMatch(change -> isOff(looks.get(change)))) {
        unit.forEach(change -> looks.computeIfPresent(change, ApplyRun::withoutPartner));
      }
    }
    Map<Now, List<Integer>> kinds = new EnumMap<>(Now.class);
    looks.forEach((change, now) -> kinds.computeIfAbsent(now, n -> new ArrayList<>()).add(change));
    kinds.remove(Now.DUE);
    List<Integer> found = kinds.remove(Now.DONE);
    if (!kinds.isEmpty() && settings.stopsOnChange()) {
      return Mono.error(() -> changed(kinds));
    }
    Flux<Map<String, Object>> lines =
        Flux.fromIterable(kinds.entrySet())
            .map(kind -> ApplyState.skipped(kind.getValue(), kind.getKey().why, clock.instant()));
    if (found != null) {
      lines = lines.startWith(ApplyState.found(found, clock.instant()));
    }
    return lines.concatMap(this::append, 0).then();
  }

  private static boolean isOff(@Nullable Now now) {
    return now != null && now != Now.DUE && now != Now.DONE;
  }

  private static Now withoutPartner(Integer change, Now now) {
    return now == Now.DUE ? Now.PARTNER : now;
  }

  private ApplyRefusedException changed(Map<Now, List<Integer>> kinds) {
    int count = kinds.values().stream().mapToInt(List::size).sum();
    Map.Entry<Now, List<Integer>> first = kinds.entrySet().iterator().next();
    return new ApplyRefusedException(
        "the account has changed since the plan was made, nothing more was applied: "
            + count
            + (count == 1 ? " change, " : " changes, first ")
            + state.change(first.getValue().get(0)).key()
            + ": "
            + first.getKey().why
            + "; make a new plan");
  }

  private Mono<Map<Integer, Now>> oneByOne(List<Integer> pending) {
    return Flux.fromIterable(pending)
        .flatMap(change -> look(change).map(now -> Map.entry(change, now)), GETS_AT_ONCE, 1)
        .collect(TreeMap::new, (looks, look) -> looks.put(look.getKey(), look.getValue()));
  }

  /** Asks the service about one change. */
  private Mono<Now> look(int index) {
    PolicyChange change = state.change(index);
    if (change instanceof Create create) {
      AllowPolicyFilter same =
          AllowPolicyFilter.builder().pattern(create.policy().pattern()).build();
      PolicyKey key = create.key();
      return client
          .list(account, same)
          .filter(policy -> key.equals(PolicyKey.of(policy)))
          .map(policy -> now(create, policy))
          .reduce(Now.DUE, (one, other) -> one == Now.DONE ? one : other);
    }
    PolicyId id = change instanceof Edit edit ? edit.id() : ((Delete) change).id();
    return client
        .get(account, id)
        .map(policy -> now(change, policy))
        .onErrorResume(
            Rejected.class,
            refusal ->
                refusal.reason() == RejectionReason.NOT_FOUND
                    ? Mono.just(whenGone(change))
                    : Mono.error(refusal));
  }

  private static Now now(PolicyChange change, AllowPolicy policy) {
    if (change instanceof Create create) {
      return create.isDone(policy) ? Now.DONE : Now.TAKEN;
    }
    if (change instanceof Edit edit) {
      return edit.isDone(policy) ? Now.DONE : edit.isDue(policy) ? Now.DUE : Now.CHANGED;
    }
    return ((Delete) change).isDue(policy) ? Now.DUE : Now.CHANGED;
  }

  private static Now whenGone(PolicyChange change) {
    return change instanceof Delete ? Now.DONE : Now.GONE;
  }

  private Mono<Map<Integer, Now>> byTraversal(List<Integer> pending) {
    Map<PolicyId, Integer> known = new LinkedHashMap<>();
    Map<PolicyKey, Integer> wanted = new HashMap<>();
    Map<Integer, Now> looks = new TreeMap<>();
    for (int index : pending) {
      PolicyChange change = state.change(index);
      if (change instanceof Edit edit) {
        known.put(edit.id(), index);
      } else if (change instanceof Delete delete) {
        known.put(delete.id(), index);
      } else {
        wanted.put(change.key(), index);
        looks.put(index, Now.DUE);
      }
    }
    return client
        .traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE)
        .publishOn(Schedulers.parallel(), 1)
        .doOnNext(page -> page.policies().forEach(policy -> compare(policy, known, wanted, looks)))
        .last()
        .flatMap(
            last -> {
              List<Integer> unseen =
                  known.values().stream().filter(index -> !looks.containsKey(index)).toList();
              if (!last.report().complete()) {
                return oneByOne(unseen);
              }
              Map<Integer, Now> gone = new HashMap<>();
              unseen.forEach(index -> gone.put(index, whenGone(state.change(index))));
              return Mono.just(gone);
            })
        .map(
            others -> {
              looks.putAll(others);
              return looks;
            });
  }

  private void compare(
      AllowPolicy policy,
      Map<PolicyId, Integer> known,
      Map<PolicyKey, Integer> wanted,
      Map<Integer, Now> looks) {
    Integer index = known.get(policy.id());
    if (index != null) {
      looks.put(index, now(state.change(index), policy));
    } else if (!wanted.isEmpty()) {
      PolicyKey key = PolicyKey.of(policy);
      Integer create = key == null ? null : wanted.get(key);
      if (create != null) {
        looks.merge(
            create,
            now(state.change(create), policy),
            (before, now) -> before == Now.DONE ? before : now);
      }
    }
  }

  // ---------------------------------------------------------------- one batch

  /** The changes of a batch as the API wants them, and which of them stands where. */
  private final class Request {
    final List<List<Integer>> units;
    final List<Integer> changes = new ArrayList<>();
    final AllowPolicyBatch batch;
    private final Map<String, List<List<Integer>>> places = new HashMap<>();

    Request(List<List<Integer>> units) {
      this.units = units;
      AllowPolicyBatch.Builder builder = AllowPolicyBatch.builder();
      for (List<Integer> unit : units) {
        for (int index : unit) {
          changes.add(index);
          PolicyChange change = state.change(index);
          if (change instanceof Create create) {
            builder.create(create.policy());
            place("posts", unit);
          } else if (change instanceof Edit edit) {
            builder.edit(edit.id(), edit.edit());
            place("patches", unit);
          } else {
            builder.delete(((Delete) change).id());
            place("deletes", unit);
          }
        }
      }
      batch = builder.build();
    }

    private void place(String part, List<Integer> unit) {
      places.computeIfAbsent(part, p -> new ArrayList<>()).add(unit);
    }

    /** The units that the service blames; all if there is but one. */
    List<List<Integer>> blamed(List<ApiError> errors) {
      if (units.size() == 1) {
        return units;
      }
      List<List<Integer>> blamed = new ArrayList<>();
      for (ApiError error : errors) {
        Matcher pointer = POINTER.matcher(error.pointer() == null ? "" : error.pointer());
        if (pointer.matches()) {
          List<List<Integer>> part = places.getOrDefault(pointer.group(1), List.of());
          int place = Integer.parseInt(pointer.group(2));
          if (place < part.size() && !blamed.contains(part.get(place))) {
            blamed.add(part.get(place));
          }
        }
      }
      return blamed;
    }
  }

  private Mono<ApplyEvent> send(List<List<Integer>> units) {
    // Between the choice of this batch and the demand for it the stop may have come.
    if (stopping) {
      return Mono.empty();
    }
    Request request = new Request(units);
    return append(state.sending(request.changes, clock.instant()))
        .then(Mono.defer(() -> client.batchWithResponse(account, request.batch)))
        .flatMap(
            result -> {
              fruitless = 0;
              return append(ended(state.lastBatch(), Outcome.DONE, result.cfRay(), null));
            })
        .onErrorResume(EmailSecurityException.class, failure -> failed(request, failure))
        .then(
            Mono.fromSupplier(
                () -> new BatchEnded(state.batch(state.lastBatch()), state.progress())));
  }

  private Map<String, Object> ended(
      int batch, Outcome outcome, @Nullable String cfRay, @Nullable String why) {
    return ApplyState.ended(batch, outcome, cfRay, why, List.of(), List.of(), clock.instant());
  }

  private Mono<Void> failed(Request request, EmailSecurityException failure) {
    if (failure instanceof OutcomeUnknown unknown) {
      return settle(request.changes).flatMap(verdict -> settled(request, unknown, verdict));
    }
    if (failure instanceof Rejected refusal && concernsChanges(refusal.reason())) {
      return refused(request, refusal);
    }
    return append(
            ended(
                state.lastBatch(),
                Outcome.NOT_DONE,
                failure.details().cfRay(),
                failure.getMessage()))
        .then(Mono.error(failure));
  }

  private static boolean concernsChanges(RejectionReason reason) {
    return switch (reason) {
      case CREDENTIAL, PERMISSION, NOT_SUBSCRIBED, REDIRECTED -> false;
      case NOT_FOUND, CONFLICT, INVALID_REQUEST, OTHER -> true;
    };
  }

  private Mono<Void> settled(Request request, OutcomeUnknown unknown, Outcome verdict) {
    Mono<Void> recorded =
        append(ended(state.lastBatch(), verdict, unknown.details().cfRay(), unknown.getMessage()));
    if (verdict != Outcome.NOT_DONE) {
      return recorded;
    }
    queue.addFirst(request.units);
    fruitless++;
    return fruitless < MAX_FRUITLESS
        ? recorded
        : recorded.then(
            Mono.error(() -> unknown.getCause() instanceof EmailSecurityException e ? e : unknown));
  }

  /** Sets the changes apart that the service refuses, so that the others can be made. */
  private Mono<Void> refused(Request request, Rejected refusal) {
    List<List<Integer>> blamed = request.blamed(refusal.details().errors());
    List<Integer> refused = new ArrayList<>();
    List<Integer> found = new ArrayList<>();
    for (List<Integer> unit : blamed) {
      boolean gone =
          refusal.reason() == RejectionReason.NOT_FOUND
              && unit.size() == 1
              && state.change(unit.get(0)) instanceof Delete;
      (gone ? found : refused).addAll(unit);
    }
    List<List<Integer>> rest = request.units.stream().filter(u -> !blamed.contains(u)).toList();
    String why = String.valueOf(refusal.getMessage());
    List<List<List<Integer>>> parts = blamed.isEmpty() ? halves(rest) : List.of(rest);
    return append(
            ApplyState.ended(
                state.lastBatch(),
                Outcome.REFUSED,
                refusal.details().cfRay(),
                why,
                refused,
                found,
                clock.instant()))
        .then(Mono.fromRunnable(() -> sendAgain(parts, why)));
  }

  private void sendAgain(List<List<List<Integer>>> parts, String why) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      List<List<Integer>> part = parts.get(i);
      if (part.isEmpty()) {
        continue;
      }
      if (splitCalls < settings.maxSplitCalls()) {
        splitCalls++;
        queue.addFirst(part);
      } else {
        state.hold(
            part.stream().flatMap(List::stream).toList(),
            "refused together with others, and no more calls may be spent to find out which: "
                + why);
      }
    }
  }

  private static List<List<List<Integer>>> halves(List<List<Integer>> units) {
    int middle = (units.size() + 1) / 2;
    return List.of(units.subList(0, middle), units.subList(middle, units.size()));
  }

  // ---------------------------------------------------------------- witnesses

  /**
   * Finds out whether a batch was carried out, which is whole or not at all: some of its policies
   * are read until they agree that it was, or for as long as a read may lag.
   */
  private Mono<Outcome> settle(List<Integer> changes) {
    List<Integer> witnesses = witnesses(changes);
    Duration part = settings.witnessWait().dividedBy(PAUSES.stream().mapToInt(i -> i).sum());
    List<Integer> pauses = part.isZero() ? List.of(0) : PAUSES;
    return Flux.fromIterable(pauses)
        .concatMap(
            pause ->
                Mono.delay(part.multipliedBy(pause))
                    .thenMany(Flux.fromIterable(witnesses))
                    .concatMap(this::testimony, 0)
                    .collectList(),
            0)
        .map(ApplyRun::verdict)
        .takeUntil(verdict -> verdict == Outcome.FOUND_DONE)
        .last();
  }

  /** A few changes that tell best: an edit names what it was made from, a deletion only itself. */
  private List<Integer> witnesses(List<Integer> changes) {
    List<Integer> ranked =
        changes.stream().sorted(Comparator.comparing(index -> rank(state.change(index)))).toList();
    return IntStream.range(0, Math.min(MAX_WITNESSES, ranked.size()))
        .map(i -> i * (ranked.size() - 1) / Math.max(1, Math.min(MAX_WITNESSES, ranked.size()) - 1))
        .mapToObj(ranked::get)
        .toList();
  }

  private static int rank(PolicyChange change) {
    return change instanceof Edit ? 0 : change instanceof Create ? 1 : 2;
  }

  /** A witness that cannot be read, or that others have changed, says nothing. */
  private Mono<Now> testimony(int change) {
    return look(change).onErrorResume(EmailSecurityException.class, failure -> Mono.empty());
  }

  private static Outcome verdict(List<Now> testimonies) {
    boolean done = testimonies.contains(Now.DONE);
    boolean due = testimonies.contains(Now.DUE);
    if (done == due) {
      return Outcome.UNCLEAR;
    }
    return done ? Outcome.FOUND_DONE : Outcome.NOT_DONE;
  }
}
