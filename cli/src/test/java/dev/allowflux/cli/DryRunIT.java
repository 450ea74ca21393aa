package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are shown for other tools. */
@Timeout(240)
class DryRunIT {
  private static final String ID = "3f1c7a52-8d0b-4c39-9f0e-2b6a5d41e7c8";
  private static final String URL = "https://api.example/client/v4";
  private static final String PATH = URL + "/accounts/acc/email-security/settings/allow_policies";

  private static final Map<String, String> TOKEN =
      Map.of(
          "CLOUDFLARE_API_TOKEN", "very-secret",
          "CLOUDFLARE_ACCOUNT_ID", "acc",
          "CLOUDFLARE_BASE_URL", URL);

  /** Takes curl's place, and prints its arguments and its input, one a line. */
  private static String withoutCurl(Run run) throws IOException, InterruptedException {
    assertThat(run.exit()).as(run.err()).isZero();
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", "curl() { printf '%s\n' \"$@\"; cat; }\n" + run.out());
    shell.environment().put("CLOUDFLARE_API_TOKEN", "from-the-environment");
    shell.environment().put("CLOUDFLARE_EMAIL", "a@b.example");
    shell.environment().put("CLOUDFLARE_API_KEY", "key");
    Process process = shell.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  @Test
  void aCommandForCurlHasTheRequestAndTakesTheTokenFromTheEnvironment()
      throws IOException, InterruptedException {
    Run run =
        Run.of(
            TOKEN,
            "create",
            "--pattern",
            "partner.example",
            "--pattern-type",
            "DOMAIN",
            "--comments",
            "it's $HOME `id` \"${x}\" \\ !",
            "--dry-run=curl");

    assertThat(run.out()).doesNotContain("very-secret").startsWith("curl ");
    assertThat(withoutCurl(run).lines())
        .containsExactly(
            "--request",
            "POST",
            PATH,
            "--header",
            "@-",
            "--header",
            "Accept: application/json",
            "--header",
            "Content-Type: application/json",
            "--data-raw",
            "{\"pattern\":\"partner.example\",\"pattern_type\":\"DOMAIN\",\"is_regex\":false,"
                + "\"is_trusted_sender\":false,\"is_acceptable_sender\":false,"
                + "\"is_exempt_recipient\":false,\"verify_sender\":false,"
                + "\"comments\":\"it's $HOME `id` \\\"${x}\\\" \\\\ !\"}",
            "Authorization: Bearer from-the-environment");
  }

  @Test
  void aGlobalKeyIsTakenFromTheEnvironmentToo() throws IOException, InterruptedException {
    Run run =
        Run.of(
            Map.of(
                "CLOUDFLARE_EMAIL", "hidden@b.example",
                "CLOUDFLARE_API_KEY", "very-secret",
                "CLOUDFLARE_ACCOUNT_ID", "acc"),
            "delete",
            ID,
            "--dry-run=curl");

    assertThat(run.out()).doesNotContain("very-secret");
    assertThat(withoutCurl(run).lines())
        .contains("DELETE")
        .endsWith("X-Auth-Email: a@b.example", "X-Auth-Key: key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "delete"})
  void aWordBehindTheOptionIsTheArgumentOfTheCommand(String command) {
    Run run = Run.of(TOKEN, command, "--dry-run", ID);

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains(PATH + "/" + ID).contains("Bearer ***");
  }

  @Test
  void aListingIsShownByItsFirstPage() throws IOException, InterruptedException {
    Run run = Run.of(TOKEN, "list", "--pattern-type", "IP", "--per-page", "50", "--dry-run=curl");

    assertThat(withoutCurl(run)).contains("GET\n" + PATH + "?page=1&per_page=50&pattern_type=IP");
  }

  @Test
  void aTaskOfAWorkflowHasTheRequestAndNothingThatIsReplacedButTheSecret() {
    Run run =
        Run.of(
            TOKEN, "edit", ID, "--comments", "a ${workflow.input.b} \"c\"", "--dry-run=http-task");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo(
            """
            {
              "name": "allow_policy_edit",
              "taskReferenceName": "allow_policy_edit_ref",
              "type": "HTTP",
              "inputParameters": {
                "http_request": {
                  "uri": "%s",
                  "method": "PATCH",
                  "accept": "application/json",
                  "contentType": "application/json",
                  "headers": {
                    "Authorization": "Bearer ${workflow.secrets.CLOUDFLARE_API_TOKEN}"
                  },
                  "body": "{\\"comments\\":\\"a \\\\u0024{workflow.input.b} \\\\\\"c\\\\\\"\\"}"
                }
              }
            }
            """
                .formatted(PATH + "/" + ID));
  }

  @Test
  void anUnknownFormIsRefused() {
    Run run = Run.of(TOKEN, "delete", ID, "--dry-run=wget");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("HTTP, CURL, HTTP_TASK", "wget");
  }
}
