package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.testkit.ConnectProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line behind a proxy and with a private certificate authority. */
@Timeout(240)
class ProxyIT {

  private static final String HOST = "api.allowflux.invalid";
  private static final String PASSWORD = "canary@pass:word";

  @TempDir private Path folder;

  private final ApiSimulator api = ApiSimulator.builder().policies(7).tls(HOST).start();
  private final ConnectProxy proxy = new ConnectProxy(api.port(), "user", PASSWORD);
  private final Map<String, String> environment = new HashMap<>(Run.environment(api));
  private String caFile;

  @BeforeEach
  void trust() throws IOException {
    Path file = folder.resolve("ca.pem");
    Files.writeString(file, api.certificatePem());
    caFile = file.toString();
    environment.put("CLOUDFLARE_BASE_URL", "https://" + HOST + "/client/v4");
    environment.put("ALLOWFLUX_QUOTA", "none");
  }

  @AfterEach
  void stop() {
    proxy.close();
    api.close();
  }

  private static void succeeds(Run run) {
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.lines()).hasSizeGreaterThanOrEqualTo(7);
    assertThat(run.out() + run.err()).doesNotContain("canary");
  }

  @Test
  void theProxyOfTheEnvironmentIsUsedWithItsUserAndPassword() {
    environment.put("HTTPS_PROXY", "http://user:canary%40pass%3Aword@127.0.0.1:" + proxy.port());
    succeeds(Run.of(environment, "list", "--format", "ndjson", "--ca-file", caFile));
    assertThat(proxy.targets()).containsExactly(HOST + ":443");
  }

  @Test
  void thePasswordComesFromAFileOrTheEnvironment() throws IOException {
    Path file = folder.resolve("password");
    Files.writeString(file, PASSWORD + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    String address = "127.0.0.1:" + proxy.port();
    succeeds(
        Run.of(
            environment,
            "list",
            "--format",
            "ndjson",
            "--proxy",
            address,
            "--proxy-user",
            "user",
            "--proxy-password-file",
            file.toString(),
            "--ca-file",
            caFile));
    environment.put("ALLOWFLUX_PROXY_PASSWORD", PASSWORD);
    succeeds(
        Run.of(
            environment,
            "list",
            "--format",
            "ndjson",
            "--proxy",
            "http://" + address,
            "--proxy-user",
            "user",
            "--ca-file",
            caFile));
  }

  @Test
  void aRefusalOfTheProxyIsOneClearLine() {
    environment.put("HTTPS_PROXY", "http://user:canary-wrong@127.0.0.1:" + proxy.port());
    Run run = Run.of(environment, "list", "--max-attempts", "1", "--ca-file", caFile);
    assertThat(run.exit()).isEqualTo(6);
    assertThat(run.err()).contains("proxy", "407").doesNotContain("canary", "\tat ");
  }

  @Test
  void withoutTheCaFileTheServerIsNotTrusted() {
    environment.put("HTTPS_PROXY", "http://user:canary%40pass%3Aword@127.0.0.1:" + proxy.port());
    Run run = Run.of(environment, "list", "--max-attempts", "1");
    assertThat(run.exit()).isEqualTo(6);
    assertThat(run.err())
        .contains("no secure connection", "--ca-file FILE")
        .doesNotContain("again later", "\tat ");
    assertThat(api.requestCount()).isZero();
  }

  @Test
  void aHostOfNoProxyAndALoopbackAddressAreReachedDirectly() {
    environment.put("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port());
    environment.put("NO_PROXY", "other.test, .allowflux.invalid");
    Run named = Run.of(environment, "list", "--max-attempts", "1", "--ca-file", caFile);
    assertThat(named.err()).contains("unknown host");
    environment.remove("NO_PROXY");
    environment.put("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/client/v4");
    Run loopback = Run.of(environment, "list", "--max-attempts", "1");
    assertThat(loopback.exit()).isEqualTo(6);
    assertThat(proxy.targets()).isEmpty();
    assertThat(proxy.refused()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list --proxy user:canary@127.0.0.1:1 | --proxy takes no user and no password",
        "list --proxy socks5://127.0.0.1:1 | --proxy must be HOST:PORT",
        "list --proxy 127.0.0.1:1 --proxy-user user | no password for the proxy",
        "list --proxy-user user | need a proxy",
        "list --simulate 3 --proxy 127.0.0.1:1 | --simulate takes neither",
        "list --ca-file FOLDER/none.pem | none.pem",
        "list --ca-file FOLDER/text.pem | no certificate in PEM form",
      })
  void badInputIsOneLineThatSaysWhatToDo(String command, String expected) throws IOException {
    Files.writeString(folder.resolve("text.pem"), "no certificate\n");
    Run run = Run.of(environment, command.replace("FOLDER", folder.toString()).split(" ", -1));
    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains(expected).doesNotContain("canary", "\tat ");
    assertThat(api.requestCount()).isZero();
  }
}
