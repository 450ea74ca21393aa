package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.allowflux.model.Operation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingRequestTest {

  private final OutgoingRequest request = request(Operation.GET);

  private static OutgoingRequest request(Operation operation) {
    return new OutgoingRequest(
        operation, 2, "GET", "https://api.cloudflare.com/client/v4", "/accounts/a1/x?page=1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "authorization",
        "HOST",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "X-Auth-Key",
        "x-auth-email",
        "X-Auth-User-Service-Key",
        "Proxy-Authorization",
        "Cookie",
        "User-Agent"
      })
  void whatTheClientSetsCannotBeReplaced(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request.header(name, "secret-value"))
        .withMessageContaining(name)
        .withMessageNotContaining("secret-value");
    assertThat(request.headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "ä", "a\u0000", ":path"})
  void aNameIsAToken(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> request.header(name, "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\rb", "\u0000", "ä", "\u007f"})
  void aValueIsOneLineOfPrintableText(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request.header("x-a", value))
        .withMessageNotContaining(value);
  }

  @Test
  void sizesAreBounded() {
    assertThatIllegalArgumentException().isThrownBy(() -> request.header("x-a", "v".repeat(8193)));
    assertThatIllegalArgumentException().isThrownBy(() -> request.header("x".repeat(129), "v"));
    for (int i = 0; i < 32; i++) {
      request.header("x-" + i, "v");
    }
    request.header("X-31", "other");
    assertThatIllegalStateException().isThrownBy(() -> request.header("x-32", "v"));
    assertThat(request.headers()).hasSize(32).containsEntry("x-31", "other");
  }

  @Test
  void aLaterValueReplacesAnEarlierOneWhateverTheCase() {
    request.header("Traceparent", "1");
    Map<String, String> before = request.headers();
    request.header("traceparent", "2");
    assertThat(before).isEqualTo(Map.of("traceparent", "1"));
    assertThat(request.headers()).isEqualTo(Map.of("traceparent", "2"));
  }

  @ParameterizedTest
  @CsvSource({
    "LIST, ''",
    "CREATE, ''",
    "GET, /{policy_id}",
    "EDIT, /{policy_id}",
    "DELETE, /{policy_id}",
    "BATCH, /batch"
  })
  void theTemplateHasNamesInPlaceOfIds(Operation operation, String below) {
    OutgoingRequest any = request(operation);
    assertThat(any.urlTemplate())
        .isEqualTo(
            "/client/v4/accounts/{account_id}/email-security/settings/allow_policies" + below);
    assertThat(any.toString()).doesNotContain("a1");
    assertThat(any.uri()).hasToString("https://api.cloudflare.com/client/v4/accounts/a1/x?page=1");
  }
}
