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
        "https://host/#a",
        "https://ho st/",
        ""
      })
  void anAddressThatWouldLeakTheCredentialOrIsNoneIsRefused(String url) {
    assertThatThrownBy(() -> builder().baseUrl(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("base URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void valuesOutOfRangeAreRefusedWithTheirRange() {
    assertThatThrownBy(() -> builder().pageSize(1001))
        .hasMessage("pageSize must be from 1 to 1000, but is 1001");
    assertThatThrownBy(() -> builder().readAhead(9)).hasMessageContaining("from 0 to 8");
    assertThatThrownBy(() -> builder().maxAttempts(0)).hasMessageContaining("from 1 to 100");
    assertThatThrownBy(() -> builder().attemptTimeout(Duration.ofSeconds(-1)))
        .hasMessageContaining("zero for no limit");
    assertThatThrownBy(() -> builder().batchAttemptTimeout(Duration.ofSeconds(20)).build())
        .hasMessage(
            "batchAttemptTimeout must not be shorter than attemptTimeout, but PT20S is shorter"
                + " than PT30S");
    assertThatThrownBy(() -> builder().userAgent("a\r\nb")).hasMessageContaining("ASCII");
    assertThatThrownBy(() -> ApiQuota.builder().quota(5).reserve(5).build())
        .hasMessageContaining("reserve must be below the quota of 5");
  }

  @Test
  void aBatchHasFourTimesTheTimeOfOtherCallsUnlessSetOtherwise() {
    assertThat(batchLimit(builder())).isEqualTo(Duration.ofMinutes(2));
    assertThat(batchLimit(builder().attemptTimeout(Duration.ofSeconds(5))))
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(batchLimit(builder().attemptTimeout(Duration.ZERO))).isZero();
    assertThat(batchLimit(builder().batchAttemptTimeout(Duration.ofSeconds(90))))
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(batchLimit(builder().batchAttemptTimeout(Duration.ZERO))).isZero();
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
            .maxAttempts(3)
            .maxBackoff(Duration.ofSeconds(12))
            .firstBackoff(Duration.ofSeconds(13))
            .resolveUnknownCreates(true)
            .connectTimeout(Duration.ofSeconds(14))
            .handshakeTimeout(Duration.ofSeconds(15))
            .acquireTimeout(Duration.ofSeconds(16))
            .stallTimeout(Duration.ofSeconds(17))
            .attemptTimeout(Duration.ofSeconds(18))
            .batchAttemptTimeout(Duration.ofSeconds(19))
            .operationTimeout(Duration.ofSeconds(20))
            .streamTimeout(Duration.ofSeconds(21))
            .closeGrace(Duration.ofSeconds(22))
            .maxConnections(23)
            .compression(false)
            .maxBodyBytes(24_000)
            .maxHeaderBytes(25_000)
            .userAgent("my-service/1.4")
            .events(events)
            .build();
    assertThat(settings.toBuilder().build())
        .returns(credential, ClientSettings::credential)
        .returns("https://proxy.example/v4", ClientSettings::baseUrl)
        .returns(11, ClientSettings::pageSize)
        .returns(2, ClientSettings::readAhead)
        .returns(quota, ClientSettings::rateLimiter)
        .returns(3, ClientSettings::maxAttempts)
        .returns(Duration.ofSeconds(12), ClientSettings::maxBackoff)
        .returns(Duration.ofSeconds(13), ClientSettings::firstBackoff)
        .returns(true, ClientSettings::resolveUnknownCreates)
        .returns(Duration.ofSeconds(14), ClientSettings::connectTimeout)
        .returns(Duration.ofSeconds(15), ClientSettings::handshakeTimeout)
        .returns(Duration.ofSeconds(16), ClientSettings::acquireTimeout)
        .returns(Duration.ofSeconds(17), ClientSettings::stallTimeout)
        .returns(Duration.ofSeconds(18), ClientSettings::attemptTimeout)
        .returns(Duration.ofSeconds(19), ClientSettings::batchAttemptTimeout)
        .returns(Duration.ofSeconds(20), ClientSettings::operationTimeout)
        .returns(Duration.ofSeconds(21), ClientSettings::streamTimeout)
        .returns(Duration.ofSeconds(22), ClientSettings::closeGrace)
        .returns(23, ClientSettings::maxConnections)
        .returns(false, ClientSettings::compression)
        .returns(24_000, ClientSettings::maxBodyBytes)
        .returns(25_000, ClientSettings::maxHeaderBytes)
        .returns("my-service/1.4", ClientSettings::userAgent)
        .returns(events, ClientSettings::events);
  }

  /** What would show a password, a trust store or a customiser again has none on purpose. */
  @Test
  void aSettingHasAGetter() {
    List<String> without =
        Arrays.stream(ClientSettings.Builder.class.getMethods())
            .filter(method -> method.getReturnType() == ClientSettings.Builder.class)
            .map(Method::getName)
            .distinct()
            .filter(
                name ->
                    Arrays.stream(ClientSettings.class.getMethods())
                        .noneMatch(getter -> getter.getName().equals(name)))
            .toList();
    assertThat(without).containsExactlyInAnyOrder("proxy", "trustStore", "httpClient");
  }

  @Test
  void compressionAndTheLimitOfHeadersAndTheResolvingOfCreatesActOnTheWire() {
    try (ApiSimulator api = ApiSimulator.builder().policies(3).start()) {
      ClientSettings.Builder settings =
          ClientSettings.builder(Credential.apiToken(api.token()))
              .baseUrl(api.baseUrl())
              .maxAttempts(1);
      AccountId account = new AccountId(api.accountId());
      for (boolean gzip : new boolean[] {true, false}) {
        try (AllowPolicyClient client =
            AllowPolicyClient.create(settings.compression(gzip).build())) {
          client.list(account).blockLast();
          assertThat(api.takeRequests().get(0).headers().toString().contains("gzip"))
              .isEqualTo(gzip);
        }
      }
      for (int limit : new int[] {20_000, 5_000}) {
        api.faults(FaultScript.inOrder(Fault.largeHeaders(10_000)));
        try (AllowPolicyClient client =
            AllowPolicyClient.create(settings.maxHeaderBytes(limit).build())) {
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
