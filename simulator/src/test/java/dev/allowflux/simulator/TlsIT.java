package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class TlsIT {

  private static HttpClient trusting(ApiSimulator api) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "simulator",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(api.certificatePem().getBytes(US_ASCII))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static HttpResponse<String> list(HttpClient client, String baseUrl, ApiSimulator api)
      throws Exception {
    String path = "/accounts/" + api.accountId() + "/email-security/settings/allow_policies";
    return client.send(
        HttpRequest.newBuilder(URI.create(baseUrl + path + "?per_page=1000"))
            .header("authorization", "Bearer " + api.token())
            .timeout(Caller.LIMIT)
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void clientThatTrustsTheCertificateIsServed() throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().policies(1000).tls().start()) {
      assertThat(api.baseUrl()).startsWith("https://");
      HttpClient client = trusting(api);
      for (String url :
          new String[] {api.baseUrl(), api.baseUrl().replace("127.0.0.1", "localhost")}) {
        HttpResponse<String> response = list(client, url, api);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Caller.json(response.body()).required("result").size()).isEqualTo(1000);
      }
    }
  }

  @Test
  void clientThatDoesNotTrustTheCertificateSendsNothing() {
    try (ApiSimulator api = ApiSimulator.builder().tls().start()) {
      assertThatThrownBy(() -> list(HttpClient.newHttpClient(), api.baseUrl(), api))
          .isInstanceOf(SSLHandshakeException.class);
      assertThat(api.requestCount()).isZero();
    }
  }

  @Test
  void certificateOfAnotherHostIsRefused() {
    try (ApiSimulator api = ApiSimulator.builder().tls("elsewhere.example").start()) {
      assertThatThrownBy(() -> list(trusting(api), api.baseUrl(), api))
          .isInstanceOf(SSLHandshakeException.class)
          .hasStackTraceContaining("127.0.0.1");
      assertThat(api.requestCount()).isZero();
    }
  }

  @Test
  void plainHttpHasNoCertificate() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      assertThat(api.baseUrl()).startsWith("http://");
      assertThatIllegalStateException().isThrownBy(api::certificatePem);
    }
  }
}
