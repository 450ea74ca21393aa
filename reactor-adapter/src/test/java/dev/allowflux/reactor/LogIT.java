package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.transport.RawServer;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultScript;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a user finds in the log. */
@Timeout(240)
class LogIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger calls = (Logger) LoggerFactory.getLogger(AllowPolicyClient.class);
  private final Logger netty = (Logger) LoggerFactory.getLogger("reactor.netty");
  private final Level callsBefore = calls.getLevel();
  private final Level nettyBefore = netty.getLevel();
  private final Collected collected = new Collected();
  private final ApiSimulator api = ApiSimulator.builder().policies(1).noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());
  private final PolicyId id = new PolicyId(api.policyIds().get(0));

  private static final class Collected extends AppenderBase<ILoggingEvent> {
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }
  }

  @BeforeEach
  void collect() {
    collected.start();
    root.addAppender(collected);
  }

  @AfterEach
  void stop() {
    root.detachAppender(collected);
    calls.setLevel(callsBefore);
    netty.setLevel(nettyBefore);
    api.close();
  }

  private AllowPolicyClient client() {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken(api.token()))
            .baseUrl(api.baseUrl())
            .retries(retries -> retries.firstBackoff(Duration.ZERO))
            .build());
  }

  @Test
  void aLostConnectionThatIsHandledIsNoWarning() {
    netty.setLevel(Level.WARN);
    try (AllowPolicyClient client = client()) {
      for (int i = 0; i < 10; i++) {
        api.faults(
            FaultScript.inOrder(
                Fault.fin(Point.BEFORE_HEADERS),
                Fault.reset(Point.BEFORE_HEADERS),
                Fault.reset(Point.WITHIN_HEADERS)));
        assertThat(client.get(account, id).block(PATIENCE)).isNotNull();
      }
      assertThat(api.faultCounts().values().stream().mapToLong(Long::longValue).sum())
          .as("connections that were lost")
          .isGreaterThanOrEqualTo(20);
    }
    assertThat(collected.events)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .extracting(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense\r\n\r\n", "HTTP/1.1 200\r\ncontent-length: x\r\n\r\n"})
  void whatIsNoResponseIsNoWarning(String other) throws IOException {
    netty.setLevel(Level.WARN);
    try (RawServer server = RawServer.start((path, out) -> out.write(other));
        AllowPolicyClient client =
            AllowPolicyClient.create(
                ClientSettings.builder(Credential.apiToken(api.token()))
                    .baseUrl(server.baseUrl())
                    .retries(retries -> retries.firstBackoff(Duration.ZERO))
                    .build())) {
      assertThatThrownBy(() -> client.get(account, id).block(PATIENCE))
          .isInstanceOf(Malformed.class);
      server.awaitClosed();
    }
    assertThat(collected.events)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .extracting(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
        .isEmpty();
  }

  @Test
  void aSupplierThatFailsIsNoWarning() {
    netty.setLevel(Level.WARN);
    Credential broken =
        Credential.supplied(
            () -> {
              throw new IllegalStateException("no lease of a secret that must not be seen");
            });
    try (AllowPolicyClient client =
        AllowPolicyClient.create(
            ClientSettings.builder(broken)
                .baseUrl(api.baseUrl())
                .connections(connections -> connections.max(1))
                .retries(retries -> retries.firstBackoff(Duration.ZERO))
                .build())) {
      assertThatThrownBy(() -> client.get(account, id).block(PATIENCE))
          .isInstanceOf(Unavailable.class);
    }
    assertThat(api.requestCount()).isZero();
    assertThat(collected.events)
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .extracting(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
        .isEmpty();
  }

  @Test
  void aDebugLineNamesTheAccountAndTheCfRay() {
    calls.setLevel(Level.DEBUG);
    String cfRay;
    try (AllowPolicyClient client = client()) {
      cfRay = client.getWithResponse(account, id).block(PATIENCE).cfRay();
    }
    assertThat(cfRay).isNotBlank();
    assertThat(collected.events)
        .filteredOn(event -> event.getLoggerName().equals(AllowPolicyClient.class.getName()))
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("get allow policy", account.value(), cfRay, "status 200"));
  }
}
