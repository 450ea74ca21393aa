package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.model.Operation;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
}
