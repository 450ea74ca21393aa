package dev.allowflux.reactor;

import dev.allowflux.error.EmailSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several observers as one. What an observer throws hurts neither the call nor the others. */
final class GuardedEvents implements CallEvents {

  /** Named by the public type, which users know and configure. */
  @SuppressWarnings("Slf4jLoggerDeclaration")
  private static final Logger LOG = LoggerFactory.getLogger(AllowPolicyClient.class);

  static final CallEvents NONE = new GuardedEvents(List.of());

  private record Guarded(CallEvents observer, AtomicBoolean failedBefore) {}

  private final List<Guarded> observers;

  private GuardedEvents(List<Guarded> observers) {
    this.observers = List.copyOf(observers);
  }

  static CallEvents of(Collection<? extends CallEvents> observers) {
    List<Guarded> all = new ArrayList<>();
    for (CallEvents observer : observers) {
      if (observer instanceof GuardedEvents several) {
        all.addAll(several.observers);
      } else {
        all.add(new Guarded(observer, new AtomicBoolean()));
      }
    }
    return all.isEmpty() ? NONE : new GuardedEvents(all);
  }

  // An observer may throw anything, such as an AssertionError or a missing class.
  private void notify(Consumer<CallEvents> event) {
    for (Guarded guarded : observers) {
      try {
        event.accept(guarded.observer);
      } catch (VirtualMachineError fatal) {
        throw fatal;
      } catch (Throwable failure) {
        logFailure(guarded, failure);
      }
    }
  }

  private static void logFailure(Guarded guarded, Throwable failure) {
    if (guarded.failedBefore.compareAndSet(false, true)) {
      LOG.warn("an observer of calls failed; further failures of it are logged at debug", failure);
    } else {
      LOG.debug("an observer of calls failed again", failure);
    }
  }

  @Override
  public boolean isActive() {
    for (Guarded guarded : observers) {
      try {
        if (guarded.observer.isActive()) {
          return true;
        }
      } catch (VirtualMachineError fatal) {
        throw fatal;
      } catch (Throwable failure) {
        logFailure(guarded, failure);
      }
    }
    return false;
  }

  @Override
  public void started(Call call) {
    notify(observer -> observer.started(call));
  }

  @Override
  public void waiting(Call call, WaitReason reason, Duration expected) {
    notify(observer -> observer.waiting(call, reason, expected));
  }

  @Override
  public void sending(Call call, OutgoingRequest request) {
    notify(observer -> observer.sending(call, request));
  }

  @Override
  public void attempted(Call call, AttemptEnd end) {
    notify(observer -> observer.attempted(call, end));
  }

  @Override
  public void quota(Call call, QuotaState state) {
    notify(observer -> observer.quota(call, state));
  }

  @Override
  public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
    notify(observer -> observer.retrying(call, attempt, backoff, failure));
  }

  @Override
  public void ended(Call call, CallEnd end) {
    notify(observer -> observer.ended(call, end));
  }

  @Override
  public void page(PageDelivery page) {
    notify(observer -> observer.page(page));
  }
}
