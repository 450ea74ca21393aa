package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.Sent;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The client against HTTPS: whom it trusts, and what it does when it does not. */
@Timeout(240)
class TlsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final AccountId ACCOUNT = new AccountId("account");

  private static ClientSettings.Builder settings(String token, String baseUrl) {
    return ClientSettings.builder(Credential.apiToken(token))
        .baseUrl(baseUrl)
        .retries(retries -> retries.firstBackoff(Duration.ofMillis(2)));
  }

  private static KeyStore trusting(ApiSimulator api) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "simulator",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    api.certificatePem().getBytes(StandardCharsets.US_ASCII))));
    return store;
  }

  private static ClientSettings trustingSettings(ApiSimulator api) throws Exception {
    KeyStore trusted = trusting(api);
    return settings(api.token(), api.baseUrl())
        .connections(connections -> connections.trustStore(trusted))
        .build();
  }

  private static Consumer<Throwable> failsUnsent(int attempts, Class<? extends Throwable> cause) {
    return failure -> {
      assertThat(failure).isInstanceOf(Unavailable.class);
      Unavailable unavailable = (Unavailable) failure;
      assertThat(unavailable.details().requestSent()).isEqualTo(Sent.NO);
      assertThat(unavailable.getMessage()).contains("no secure connection");
      assertThat(unavailable.details().attempts()).hasSize(attempts);
      assertThat(causes(unavailable)).hasAtLeastOneElementOfType(cause);
    };
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
  }

  @Test
  void aTrustedCertificateOfTheRightHostServesEveryRequest() throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().policies(2_500).tls().start()) {
      try (AllowPolicyClient client = AllowPolicyClient.create(trustingSettings(api))) {
        StepVerifier.create(client.list(new AccountId(api.accountId())).count())
            .expectNext(2_500L)
            .expectComplete()
            .verify(PATIENCE);
        assertThat(api.connectionsAccepted()).isEqualTo(1);
      }
    }
  }

  @Test
  void anUntrustedCertificateEndsTheCallAtItsFirstHandshake() {
    try (ApiSimulator api = ApiSimulator.builder().policies(1).tls().start();
        AllowPolicyClient client =
            AllowPolicyClient.create(settings(api.token(), api.baseUrl()).build())) {
      refusedAtTheFirstHandshake(api, client);
    }
  }

  @Test
  void aTrustedCertificateOfAnotherHostEndsTheCallAtItsFirstHandshake() throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().policies(1).tls("api.example.com").start();
        AllowPolicyClient client = AllowPolicyClient.create(trustingSettings(api))) {
      refusedAtTheFirstHandshake(api, client);
    }
  }

  private static void refusedAtTheFirstHandshake(ApiSimulator api, AllowPolicyClient client) {
    AllowPolicyEdit edit = AllowPolicyEdit.builder().comments("x").build();
    List<Mono<?>> calls =
        List.of(
            client.list(ACCOUNT).collectList(),
            client.delete(ACCOUNT, new PolicyId("p")),
            client.edit(ACCOUNT, new PolicyId("p"), edit));
    for (int i = 0; i < calls.size(); i++) {
      StepVerifier.create(calls.get(i))
          .expectErrorSatisfies(failsUnsent(1, CertificateException.class))
          .verify(PATIENCE);
      assertThat(api.connectionsAccepted()).isEqualTo(i + 1);
    }
    assertThat(api.requestCount()).isZero();
  }

  @Test
  void aHandshakeThatDoesNotEndIsGivenUpAndTriedAgain() throws IOException {
    // The kernel accepts connections, and nobody ever reads from them.
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        AllowPolicyClient client =
            AllowPolicyClient.create(
                settings("token", "https://127.0.0.1:" + silent.getLocalPort())
                    .timeouts(limits -> limits.handshake(Duration.ofMillis(200)))
                    .retries(retries -> retries.maxAttempts(3))
                    .build())) {
      StepVerifier.create(client.list(ACCOUNT))
          .expectErrorSatisfies(failsUnsent(3, SslHandshakeTimeoutException.class))
          .verify(PATIENCE);
    }
  }

  @Test
  void aServerWithoutTlsIsNeverSentARequest() {
    try (ApiSimulator api = ApiSimulator.builder().start();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                settings(api.token(), api.baseUrl().replace("http:", "https:")).build())) {
      StepVerifier.create(client.list(ACCOUNT))
          .expectErrorSatisfies(failsUnsent(4, SSLException.class))
          .verify(PATIENCE);
      assertThat(api.requests())
          .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
    }
  }
}
