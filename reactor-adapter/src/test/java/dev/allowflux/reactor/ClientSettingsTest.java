package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PatternType;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class ClientSettingsTest {

  private static ClientSettings.Builder builder() {
    return ClientSettings.builder(Credential.apiToken("token"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.cloudflare.com/client/v4, https://api.cloudflare.com/client/v4",
    "https://api.cloudflare.com/client/v4/, https://api.cloudflare.com/client/v4",
    "https://proxy.example:8443/a%2Fb/../c, https://proxy.example:8443/a%2Fb/../c",
    "http://localhost:8080, http://localhost:8080",
    "http://127.0.0.1:1/x, http://127.0.0.1:1/x",
    "http://127.8.9.1:1/x, http://127.8.9.1:1/x",
    "http://[::1]:1/x, http://[::1]:1/x"
  })
  void aBaseUrlIsKeptAsItIsWrittenButForASlashAtItsEnd(String given, String kept) {
    assertThat(builder().baseUrl(given).build().transport().baseUrl()).hasToString(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.cloudflare.com/client/v4",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://10.0.0.1/",
        "ftp://localhost/",
        "api.cloudflare.com",
        "/client/v4",
        "https:///x",
        "https://user:secret@host/",
        "https://host/?a=b",
        "https://host:0/",
        "https://host:65536/",
        "https://host/#a",
        "https://ho st/",
        ""
      })
  void anAddressThatWouldLeakTheCredentialOrIsNoneIsRefused(String url) {
    assertThatThrownBy(() -> builder().baseUrl(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("base URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void valuesOutOfRangeAreRefusedWithTheirRange() {
    assertThatThrownBy(() -> builder().pageSize(1001))
        .hasMessage("pageSize must be from 1 to 1000, but is 1001");
    assertThatThrownBy(() -> builder().readAhead(9)).hasMessageContaining("from 0 to 8");
    assertThatThrownBy(() -> builder().retries(retries -> retries.maxAttempts(0)))
        .hasMessageContaining("from 1 to 100");
    assertThatThrownBy(() -> builder().timeouts(limits -> limits.attempt(Duration.ofSeconds(-1))))
        .hasMessageContaining("zero for no limit");
    assertThatThrownBy(
            () -> builder().timeouts(limits -> limits.batchAttempt(Duration.ofSeconds(20))).build())
        .hasMessage(
            "timeouts.batchAttempt must not be shorter than timeouts.attempt, but PT20S is shorter"
                + " than PT30S");
    assertThatThrownBy(() -> builder().userAgent("a\r\nb")).hasMessageContaining("ASCII");
    assertThatThrownBy(() -> ApiQuota.builder().quota(5).reserve(5).build())
        .hasMessageContaining("reserve must be below the quota of 5");
  }

  @Test
  void aBatchHasFourTimesTheTimeOfOtherCallsUnlessSetOtherwise() {
    assertThat(batchLimit(builder())).isEqualTo(Duration.ofMinutes(2));
    assertThat(batchLimit(builder().timeouts(limits -> limits.attempt(Duration.ofSeconds(5)))))
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(batchLimit(builder().timeouts(limits -> limits.attempt(Duration.ZERO)))).isZero();
    assertThat(
            batchLimit(builder().timeouts(limits -> limits.batchAttempt(Duration.ofSeconds(90)))))
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(batchLimit(builder().timeouts(limits -> limits.batchAttempt(Duration.ZERO))))
        .isZero();
  }

  private static Duration batchLimit(ClientSettings.Builder builder) {
    ClientSettings settings = builder.build().toBuilder().build();
    assertThat(settings.calls().attemptTimeouts())
        .isEqualTo(settings.transport().attemptTimeouts());
    return settings.calls().attemptTimeouts().of(Operation.BATCH);
  }

  @Test
  void laterCallsReplaceEarlierOnesAndBuiltSettingsStayAsTheyAre() {
    ClientSettings.Builder builder = builder().pageSize(5).pageSize(7);
    ClientSettings built = builder.build();
    builder.pageSize(9);
    assertThat(built.pageSize()).isEqualTo(7);
    assertThat(built.toBuilder().readAhead(3).build().pageSize()).isEqualTo(7);
  }

  @Test
  void clientsOfTheSameSettingsShareTheirQuotaAndOthersDoNot() {
    ClientSettings settings = builder().build();
    assertThat(settings.toBuilder().build().rateLimiter()).isSameAs(settings.rateLimiter());
    assertThat(builder().build().rateLimiter()).isNotSameAs(settings.rateLimiter());
  }

  @Test
  void everySettingIsReadAsItWasSet() {
    Credential credential = Credential.apiToken("other");
    ApiQuota quota = ApiQuota.standard();
    CallEvents events = new CallEvents() {};
    ClientSettings settings =
        builder()
            .credential(credential)
            .baseUrl("https://proxy.example/v4/")
            .pageSize(11)
            .readAhead(2)
            .rateLimiter(quota)
            .retries(
                retries ->
                    retries
                        .maxAttempts(3)
                        .maxBackoff(Duration.ofSeconds(12))
                        .firstBackoff(Duration.ofSeconds(13)))
            .resolveUnknownCreates(true)
            .timeouts(
                limits ->
                    limits
                        .connect(Duration.ofSeconds(14))
                        .handshake(Duration.ofSeconds(15))
                        .acquire(Duration.ofSeconds(16))
                        .stall(Duration.ofSeconds(17))
                        .attempt(Duration.ofSeconds(18))
                        .batchAttempt(Duration.ofSeconds(19))
                        .operation(Duration.ofSeconds(20))
                        .stream(Duration.ofSeconds(21))
                        .closeGrace(Duration.ofSeconds(22)))
            .connections(
                connections ->
                    connections
                        .max(23)
                        .compression(false)
                        .maxBodyBytes(24_000)
                        .maxHeaderBytes(25_000))
            .userAgent("my-service/1.4")
            .events(events)
            .build();
    assertThat(settings.toBuilder().build())
        .returns(credential, ClientSettings::credential)
        .returns("https://proxy.example/v4", ClientSettings::baseUrl)
        .returns(11, ClientSettings::pageSize)
        .returns(2, ClientSettings::readAhead)
        .returns(quota, ClientSettings::rateLimiter)
        .returns(true, ClientSettings::resolveUnknownCreates)
        .returns("my-service/1.4", ClientSettings::userAgent)
        .returns(events, ClientSettings::events);
    assertThat(settings.toBuilder().build().retries())
        .returns(3, Retries::maxAttempts)
        .returns(Duration.ofSeconds(12), Retries::maxBackoff)
        .returns(Duration.ofSeconds(13), Retries::firstBackoff);
    assertThat(settings.toBuilder().build().timeouts())
        .returns(Duration.ofSeconds(14), Timeouts::connect)
        .returns(Duration.ofSeconds(15), Timeouts::handshake)
        .returns(Duration.ofSeconds(16), Timeouts::acquire)
        .returns(Duration.ofSeconds(17), Timeouts::stall)
        .returns(Duration.ofSeconds(18), Timeouts::attempt)
        .returns(Duration.ofSeconds(19), Timeouts::batchAttempt)
        .returns(Duration.ofSeconds(20), Timeouts::operation)
        .returns(Duration.ofSeconds(21), Timeouts::stream)
        .returns(Duration.ofSeconds(22), Timeouts::closeGrace);
    assertThat(settings.toBuilder().build().connections())
        .returns(23, Connections::max)
        .returns(false, Connections::compression)
        .returns(24_000, Connections::maxBodyBytes)
        .returns(25_000, Connections::maxHeaderBytes);
  }

  @Test
  void aGroupIsReplacedAsAWholeAndItsValuesAreChangedOneByOne() {
    Timeouts patient = Timeouts.builder().attempt(Duration.ofMinutes(5)).build();
    ClientSettings settings =
        builder()
            .timeouts(limits -> limits.stall(Duration.ofSeconds(1)))
            .timeouts(patient)
            .timeouts(limits -> limits.stream(Duration.ofHours(1)))
            .retries(Retries.builder().maxAttempts(7).build())
            .retries(retries -> retries.firstBackoff(Duration.ZERO))
            .connections(Connections.builder().max(3).build())
            .connections(connections -> connections.maxBodyBytes(5000))
            .build();
    assertThat(settings.timeouts().attempt()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.timeouts().stall()).isEqualTo(Timeouts.defaults().stall());
    assertThat(settings.timeouts().stream()).isEqualTo(Duration.ofHours(1));
    assertThat(patient.stream()).isZero();
    assertThat(settings.retries().maxAttempts()).isEqualTo(7);
    assertThat(settings.retries().firstBackoff()).isZero();
    assertThat(settings.connections().max()).isEqualTo(3);
    assertThat(settings.connections().maxBodyBytes()).isEqualTo(5000);
  }

  @Test
  void aLimitThatNettyOrReactorCouldNotCountIsRefused() {
    assertThatThrownBy(() -> Timeouts.builder().connect(Duration.ofNanos(1)))
        .hasMessage(
            "timeouts.connect must be from 1 ms to 24 days, or zero for no limit, but is"
                + " PT0.000000001S");
    assertThatThrownBy(() -> Timeouts.builder().operation(Duration.ofDays(25)))
        .hasMessageStartingWith("timeouts.operation must be from 1 ms to 24 days");
    assertThatThrownBy(() -> Retries.builder().firstBackoff(Duration.ofDays(25)))
        .hasMessage("retries.firstBackoff must be from 0 to 24 days, but is PT600H");
    assertThatThrownBy(() -> CallOptions.builder().timeLimit(Duration.ofDays(25)))
        .hasMessageStartingWith("timeLimit must be from 1 ms to 24 days");
  }

  @Test
  void theTextOfSettingsShowsTheirLimitsAndNoSecret() {
    ClientSettings settings =
        builder()
            .connections(
                connections ->
                    connections.proxy(
                        InetSocketAddress.createUnresolved("proxy.example", 3128),
                        "canary-user",
                        "canary-password"))
            .build();
    assertThat(settings.toString())
        .contains("pageSize=1000", "attempt=PT30S", "batchAttempt=PT2M", "maxAttempts=4")
        .contains("max=32", "with a proxy")
        .doesNotContain("canary");
  }

  /** What would show a password, a trust store or a customiser again has none on purpose. */
  @Test
  void aSettingHasAGetter() {
    assertThat(withoutGetter(ClientSettings.Builder.class, ClientSettings.class)).isEmpty();
    assertThat(withoutGetter(Timeouts.Builder.class, Timeouts.class)).isEmpty();
    assertThat(withoutGetter(Retries.Builder.class, Retries.class)).isEmpty();
    assertThat(withoutGetter(Connections.Builder.class, Connections.class))
        .containsExactlyInAnyOrder("proxy", "trustStore", "httpClient");
  }

  private static List<String> withoutGetter(Class<?> builder, Class<?> settings) {
    return Arrays.stream(builder.getMethods())
        .filter(method -> method.getReturnType() == builder)
        .map(Method::getName)
        .distinct()
        .filter(
            name ->
                Arrays.stream(settings.getMethods())
                    .noneMatch(getter -> getter.getName().equals(name)))
        .toList();
  }

  @Test
  void compressionAndTheLimitOfHeadersAndTheResolvingOfCreatesActOnTheWire() {
    try (ApiSimulator api = ApiSimulator.builder().policies(3).start()) {
      ClientSettings.Builder settings =
          ClientSettings.builder(Credential.apiToken(api.token()))
              .baseUrl(api.baseUrl())
              .retries(retries -> retries.maxAttempts(1));
      AccountId account = new AccountId(api.accountId());
      for (boolean gzip : new boolean[] {true, false}) {
        try (AllowPolicyClient client =
            AllowPolicyClient.create(
                settings.connections(connections -> connections.compression(gzip)).build())) {
          client.list(account).blockLast();
          assertThat(api.takeRequests().get(0).headers().toString().contains("gzip"))
              .isEqualTo(gzip);
        }
      }
      for (int limit : new int[] {20_000, 5_000}) {
        api.faults(FaultScript.inOrder(Fault.largeHeaders(10_000)));
        try (AllowPolicyClient client =
            AllowPolicyClient.create(
                settings.connections(connections -> connections.maxHeaderBytes(limit)).build())) {
          Mono<Long> count = client.list(account).count();
          if (limit == 20_000) {
            assertThat(count.block()).isEqualTo(3);
          } else {
            assertThatThrownBy(count::block).isInstanceOf(Malformed.class);
          }
        }
      }
      NewAllowPolicy policy =
          NewAllowPolicy.builder()
              .pattern("supplier.example")
              .patternType(PatternType.DOMAIN)
              .isAcceptableSender(true)
              .isTrustedSender(false)
              .isExemptRecipient(false)
              .verifySender(true)
              .isRegex(false)
              .build();
      api.faults(FaultScript.inOrder(Fault.fin(Fault.Point.BEFORE_HEADERS).done()));
      try (AllowPolicyClient client =
          AllowPolicyClient.create(settings.resolveUnknownCreates(true).build())) {
        assertThat(client.create(account, policy).block().pattern()).isEqualTo("supplier.example");
        assertThat(api.size()).isEqualTo(4);
      }
    }
  }
}
