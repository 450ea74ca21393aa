package dev.allowflux.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Where a command counts its calls together with others. Nothing is opened here. */
class QuotaOptionTest {

  private static final String TOKEN = "canary-token";
  private static final RateLimitSetting OFF = new RateLimitSetting(0, null);

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void setTheFolder() {
    environment.put("XDG_STATE_HOME", folder.toString());
  }

  @Command
  private static final class Probe {
    @Mixin private final QuotaOption quota = new QuotaOption();
  }

  private SharedQuota place(String url, RateLimitSetting rateLimit, String... args) {
    Probe probe = new Probe();
    CommandLine command = new CommandLine(probe);
    command.parseArgs(args);
    ProcessIo io =
        new ProcessIo(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            false,
            false);
    return probe.quota.of(command, new Invocation(io), rateLimit, url, Credential.apiToken(TOKEN));
  }

  private SharedQuota ofThePublicApi(String... args) {
    return place(ClientSettings.DEFAULT_BASE_URL, null, args);
  }

  @Test
  void theDefaultIsAFileOfTheStateFolderThatTellsNothingOfTheCredential() {
    String text = ofThePublicApi().store().toString();
    assertThat(text)
        .startsWith("FileQuotaStore[" + folder.resolve("allowflux/quota-"))
        .doesNotContain(TOKEN)
        .isEqualTo(ofThePublicApi().store().toString());
    RateLimitSetting other = new RateLimitSetting(600, Duration.ofSeconds(300));
    assertThat(place(ClientSettings.DEFAULT_BASE_URL, other).store().toString()).isNotEqualTo(text);
  }

  @Test
  void loopbackAddressesCountAloneUnlessAFileIsNamed() {
    for (String url :
        new String[] {"http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"}) {
      assertThat(place(url, null)).isNull();
      assertThat(place(url, null, "--quota", "file:q").store().toString()).contains("[q]");
    }
  }

  @Test
  void theOptionComesBeforeTheVariableAndTheVariableBeforeTheDefault() {
    environment.put("ALLOWFLUX_QUOTA", "file:of-variable");
    assertThat(ofThePublicApi().store().toString()).contains("[of-variable]");
    assertThat(ofThePublicApi("--quota", "file:of-option").store().toString())
        .contains("[of-option]");
    environment.put("ALLOWFLUX_QUOTA", "none");
    assertThat(ofThePublicApi()).isNull();
  }

  @Test
  void noneAndNoRateLimitCountAlone() {
    assertThat(ofThePublicApi("--quota", "none")).isNull();
    assertThat(place(ClientSettings.DEFAULT_BASE_URL, OFF)).isNull();
    assertThatThrownBy(() -> place(ClientSettings.DEFAULT_BASE_URL, OFF, "--quota", "file:q"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--rate-limit off");
  }

  @Test
  void anotherPlaceIsRefusedInOneLine() {
    for (String wrong : new String[] {"file:", "quota.txt", "http://x", ""}) {
      assertThatThrownBy(() -> ofThePublicApi("--quota", wrong))
          .isInstanceOf(ParameterException.class)
          .message()
          .startsWith("--quota: ")
          .contains("file:PATH")
          .doesNotContain("\n");
    }
  }

  @Test
  void aStateFolderThatCannotBeMadeIsAWarning() throws IOException {
    Files.writeString(folder.resolve("allowflux"), "a file");
    assertThat(ofThePublicApi()).isNull();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(
            "warning: this process counts its calls alone: the state folder cannot be used: ");
  }
}
