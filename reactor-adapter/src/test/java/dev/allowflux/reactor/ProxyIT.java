package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.Sent;
import dev.allowflux.model.AccountId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.testkit.ConnectProxy;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

/** The client behind an HTTP proxy, with TLS up to the server. */
@Timeout(240)
class ProxyIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String HOST = "api.allowflux.invalid";
  private static final String PASSWORD = "canary-pässword";

  private final ApiSimulator api = ApiSimulator.builder().policies(1_500).tls(HOST).start();
  private final AccountId account = new AccountId(api.accountId());
  private final ConnectProxy proxy = new ConnectProxy(api.port(), "user", PASSWORD);

  @AfterEach
  void stop() {
    proxy.close();
    api.close();
  }

  /** The simulator by a name that no resolver knows. */
  private ClientSettings.Builder settings() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "simulator",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    api.certificatePem().getBytes(StandardCharsets.US_ASCII))));
    return ClientSettings.builder(Credential.apiToken(api.token()))
        .baseUrl("https://" + HOST + "/client/v4")
        .connections(connections -> connections.trustStore(trusted))
        .retries(retries -> retries.firstBackoff(Duration.ZERO).maxAttempts(2));
  }

  @Test
  void callsGoThroughTheProxyOnOneVerifiedConnection() throws Exception {
    try (AllowPolicyClient client =
        AllowPolicyClient.create(
            settings()
                .connections(connections -> connections.proxy(proxy.address(), "user", PASSWORD))
                .build())) {
      assertThat(client.list(account).count().block(PATIENCE)).isEqualTo(1_500);
    }
    assertThat(proxy.targets()).containsExactly(HOST + ":443");
    assertThat(api.requests())
        .isNotEmpty()
        .allSatisfy(
            request -> assertThat(request.headers()).doesNotContainKey("proxy-authorization"));
  }

  @Test
  void aProxyThatIsNotResolvedYetServesTooWhateverResolverTheUserHas() throws Exception {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("127.0.0.1", proxy.port());
    try (AllowPolicyClient client =
        AllowPolicyClient.create(
            settings()
                .connections(
                    connections ->
                        connections
                            .proxy(unresolved, "user", PASSWORD)
                            .httpClient(
                                http -> http.resolver(DefaultAddressResolverGroup.INSTANCE)))
                .build())) {
      assertThat(client.check(account).block(PATIENCE).works()).isTrue();
    }
  }

  @Test
  void aProxyThatIsNowhereIsNamed() throws Exception {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("proxy.invalid", 3128);
    try (AllowPolicyClient client =
        AllowPolicyClient.create(
            settings()
                .connections(connections -> connections.proxy(nowhere))
                .retries(retries -> retries.maxAttempts(1))
                .build())) {
      StepVerifier.create(client.check(account))
          .expectErrorSatisfies(
              failure ->
                  assertThat(failure)
                      .isInstanceOf(Unavailable.class)
                      .hasMessageEndingWith(": unknown host of the proxy"))
          .verify(PATIENCE);
    }
  }

  @Test
  void aProxyThatRefusesIsNoConnectionAndNoSecretIsShown() throws Exception {
    ClientSettings settings =
        settings()
            .connections(connections -> connections.proxy(proxy.address(), "user", "wrong-canary"))
            .build();
    assertThat(settings.toString()).doesNotContain("canary");
    assertThat(settings.transport().toString()).doesNotContain("canary", "user,");
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      StepVerifier.create(client.check(account))
          .expectErrorSatisfies(
              failure -> {
                assertThat(failure)
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("407")
                    .hasMessageNotContaining("canary");
                assertThat(((EmailSecurityException) failure).details().requestSent())
                    .isEqualTo(Sent.NO);
              })
          .verify(PATIENCE);
    }
    assertThat(proxy.refused()).hasSize(2);
    assertThat(api.connectionsAccepted()).isZero();
  }

  @Test
  void aServerBehindTheProxyIsVerifiedToo() throws Exception {
    try (AllowPolicyClient client =
        AllowPolicyClient.create(
            settings()
                .baseUrl("https://other.allowflux.invalid/client/v4")
                .connections(connections -> connections.proxy(proxy.address(), "user", PASSWORD))
                .build())) {
      StepVerifier.create(client.check(account))
          .expectErrorSatisfies(
              failure -> assertThat(failure).hasMessageContaining("no secure connection"))
          .verify(PATIENCE);
    }
    assertThat(api.requestCount()).isZero();
  }

  @Test
  void aUserThatBasicCannotCarryIsRefused() throws Exception {
    ClientSettings.Builder settings = settings();
    for (String user : new String[] {"", "a:b", "a\nb"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  settings.connections(
                      connections -> connections.proxy(proxy.address(), user, "p")));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                settings.connections(
                    connections -> connections.proxy(proxy.address(), "user", "canary\r\nx: y")))
        .withMessageNotContaining("canary");
  }
}
