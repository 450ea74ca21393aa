package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {

  private static Map<String, String> headers(Credential credential) {
    Map<String, String> headers = new LinkedHashMap<>();
    credential.writeTo(headers::put);
    return headers;
  }

  @Test
  void eachSchemeSendsItsOwnHeadersAndNoOther() {
    assertThat(headers(Credential.apiToken("t-1")))
        .isEqualTo(Map.of("Authorization", "Bearer t-1"));
    assertThat(headers(Credential.globalKey("a@b.example", "k")))
        .isEqualTo(Map.of("X-Auth-Email", "a@b.example", "X-Auth-Key", "k"));
    assertThat(headers(Credential.userServiceKey("v1.0-s")))
        .isEqualTo(Map.of("X-Auth-User-Service-Key", "v1.0-s"));
  }

  @Test
  void ofSeveralInTheEnvironmentTheTokenWins() {
    Map<String, String> everything =
        Map.of(
            "CLOUDFLARE_API_TOKEN", " token\n",
            "CLOUDFLARE_EMAIL", "a@b.example",
            "CLOUDFLARE_API_KEY", "key",
            "CLOUDFLARE_API_USER_SERVICE_KEY", "service");
    assertThat(headers(Credential.fromEnvironment(everything)))
        .isEqualTo(Map.of("Authorization", "Bearer token"));
    Map<String, String> noToken = new LinkedHashMap<>(everything);
    noToken.put("CLOUDFLARE_API_TOKEN", "  ");
    assertThat(headers(Credential.fromEnvironment(noToken)))
        .containsOnlyKeys("X-Auth-Email", "X-Auth-Key");
    noToken.remove("CLOUDFLARE_EMAIL");
    assertThat(headers(Credential.fromEnvironment(noToken)))
        .containsOnlyKeys("X-Auth-User-Service-Key");
  }

  @Test
  void anEnvironmentWithoutACredentialSaysWhatToSet() {
    assertThatThrownBy(() -> Credential.fromEnvironment(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no credential: set CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY,"
                + " or CLOUDFLARE_API_USER_SERVICE_KEY");
    assertThatThrownBy(() -> Credential.fromEnvironment(Map.of("CLOUDFLARE_API_KEY", "secret-key")))
        .hasMessageContaining("CLOUDFLARE_API_KEY is set without CLOUDFLARE_EMAIL")
        .hasMessageNotContaining("secret-key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "to ken", "token\n", "token\r\nX-Evil: 1", "tökén", "token\u0000"})
  void aValueThatNoHeaderMayHoldIsRefusedAndNotShown(String token) {
    assertThatThrownBy(() -> Credential.apiToken(token))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(
            failure -> {
              if (!token.isEmpty()) {
                assertThat(failure.getMessage()).doesNotContain(token);
              }
            });
  }

  @Test
  void noSecretIsEverPrinted() {
    for (Credential credential :
        new Credential[] {
          Credential.apiToken("canary-1"),
          Credential.globalKey("canary-2", "canary-3"),
          Credential.userServiceKey("canary-4"),
          Credential.supplied(() -> Credential.apiToken("canary-5"))
        }) {
      assertThat(credential.toString()).doesNotContain("canary");
      assertThat(credential.maskedHeaders().toString()).doesNotContain("canary");
      assertThat(ClientSettings.of(credential).toString()).doesNotContain("canary");
    }
  }

  @Test
  void aSupplierIsAskedEachTime() {
    AtomicInteger asked = new AtomicInteger();
    Credential rotating =
        Credential.supplied(() -> Credential.apiToken("t" + asked.incrementAndGet()));
    assertThat(headers(rotating)).containsEntry("Authorization", "Bearer t1");
    assertThat(headers(rotating)).containsEntry("Authorization", "Bearer t2");
  }

  @Test
  void theKeyOfAQuotaIsTheSameForTheSameCredentialAndGivesNothingAway() {
    assertThat(Credential.apiToken("canary").quotaKey())
        .matches("[0-9a-f]{32}")
        .isEqualTo(Credential.apiToken("canary").quotaKey())
        .isNotEqualTo(Credential.apiToken("canary2").quotaKey())
        .isNotEqualTo(Credential.userServiceKey("canary").quotaKey());
    assertThat(Credential.supplied(() -> Credential.apiToken("canary")).quotaKey()).isNull();
  }
}
