package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code simulate} in a process of its own, as people start it, and commands against it. */
@Timeout(240)
class SimulateIT {
  private static final int CALLS = 60;

  @TempDir private Path folder;

  private final List<CliProcess> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(CliProcess::close);
  }

  /** Starts a simulator and returns the environment that it prints. */
  private Map<String, String> simulate(String... options) throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of("simulate", "--rate-limit", "off"));
    args.addAll(List.of(options));
    CliProcess process = CliProcess.start(folder, Map.of(), List.of(), args.toArray(new String[0]));
    processes.add(process);
    Map<String, String> environment = new HashMap<>();
    environment.put("XDG_STATE_HOME", folder.toString());
    BufferedReader out = process.process().inputReader(UTF_8);
    assertThat(out.readLine()).startsWith("# serving 50 policies at http://");
    for (int i = 0; i < 3; i++) {
      String line = out.readLine();
      assertThat(line).startsWith("export CLOUDFLARE_");
      environment.put(line.replaceFirst("export (\\w+)=.*", "$1"), line.replaceFirst("[^=]*=", ""));
    }
    return environment;
  }

  /** What each of some equal calls gets, byte for byte, on a connection of its own. */
  private static List<String> responses(Map<String, String> environment) throws IOException {
    URI url = URI.create(environment.get("CLOUDFLARE_BASE_URL"));
    List<String> responses = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      try (Socket socket = new Socket(url.getHost(), url.getPort())) {
        socket.setSoTimeout(5_000);
        String request =
            "GET %s/accounts/%s/email-security/settings/allow_policies?per_page=20&page=%d"
                    .formatted(url.getPath(), environment.get("CLOUDFLARE_ACCOUNT_ID"), i % 3 + 1)
                + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer "
                + environment.get("CLOUDFLARE_API_TOKEN")
                + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(UTF_8));
        responses.add(new String(socket.getInputStream().readAllBytes(), UTF_8));
      } catch (IOException e) {
        responses.add("no response");
      }
    }
    return responses;
  }

  private static Set<String> odd(List<String> responses) {
    Set<String> odd = new HashSet<>();
    for (String response : responses) {
      int policies = response.split("\"pattern\":", -1).length - 1;
      boolean usual = policies == 20 || policies == 10;
      if (!response.startsWith("HTTP/1.1 200 ") || !response.endsWith("}") || !usual) {
        odd.add(response.lines().findFirst().orElse("") + " with " + policies + " policies");
      }
    }
    return odd;
  }

  @Test
  void aContraryServiceContradictsAndAPlainOneDoesNot() throws IOException, InterruptedException {
    assertThat(odd(responses(simulate("--policies", "50")))).isEmpty();
    assertThat(odd(responses(simulate("--policies", "50", "--contrary", "7"))))
        .as("kinds of odd responses to %d calls", CALLS)
        .hasSizeGreaterThan(3);
  }

  @Test
  void anAccountWithChurnChangesWhileNobodyWrites() throws IOException, InterruptedException {
    Map<String, String> environment = simulate("--policies", "50", "--churn", "200,100");
    Set<String> first = ids(environment);
    processes.get(0).await(() -> !ids(environment).containsAll(first));
    assertThat(ids(environment)).as("others add").isNotEmpty();
    try (ApiSimulator still = ApiSimulator.builder().policies(50).start()) {
      assertThat(ids(Run.environment(still))).isEqualTo(ids(Run.environment(still)));
    }
  }

  private static Set<String> ids(Map<String, String> environment) {
    Run run =
        Run.of(environment, "list", "--fields", "id", "--format", "csv", "--rate-limit", "off");
    assertThat(run.exit()).as(run.err()).isZero();
    return new HashSet<>(run.lines());
  }
}
