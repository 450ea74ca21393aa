package dev.allowflux.cli.command;

import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.DurationConverter;
import dev.allowflux.cli.option.FaultOptions;
import dev.allowflux.cli.option.RateLimitSetting;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.FaultScript;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code simulate}: the API on the loopback address. */
@Command(
    name = "simulate",
    header = "Serves a simulated API on the loopback address until a signal stops it.",
    description =
        "%nPrints what to paste into another shell. Ctrl-C stops it with exit code 130, a"
            + " termination with 143; the end of its input does not.",
    footer = {
      "%nExamples:",
      "  allowflux simulate --policies 100000 --port 8080",
      "  allowflux simulate --latency 100ms --fault-rate 0.05 --fault-seed 7"
    })
final class SimulateCommand extends AbstractCommand {

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where to listen; default: 0, any free port.")
  private int port;

  @Option(
      names = "--policies",
      paramLabel = "N",
      description = "How many policies there are, 0 to 2000000; default: 1000.")
  private int policies = 1000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What the policies are made from; default: 0.")
  private long seed;

  @Option(
      names = "--latency",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long each answer is held back; default: 0ms.")
  private Duration latency = Duration.ZERO;

  @Option(
      names = "--rate-limit",
      paramLabel = "N/TIME",
      converter = RateLimitSetting.Converter.class,
      description = "How many calls it allows in which time, or off; default: 1200/300s.")
  private @Nullable RateLimitSetting rateLimit;

  @Option(
      names = "--token",
      paramLabel = "TEXT",
      description = "The token that it accepts; a made-up one, since it is printed.")
  private @Nullable String token;

  @Option(names = "--account", paramLabel = "ID", description = "The account that it knows.")
  private @Nullable String account;

  @Option(
      names = "--deprecated-fields",
      negatable = true,
      description = "Whether policies have the fields that are past their end; default: true.")
  private @Nullable Boolean deprecatedFields;

  @Option(
      names = "--churn",
      split = ",",
      paramLabel = "N",
      description =
          "ADDS,DELETES: how many policies a second others add and delete meanwhile; default: 0,0.")
  private double @Nullable [] churn;

  @Option(
      names = "--contrary",
      paramLabel = "SEED",
      description =
          "Contradict: responses that are wrong, late, lost, doubled or of another policy, drawn"
              + " from SEED.")
  private @Nullable Long contrary;

  @Mixin private FaultOptions faults = new FaultOptions();

  SimulateCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException, InterruptedException {
    try (ApiSimulator api = start()) {
      Output output = Output.standard(io());
      output.println("# serving " + CountText.policies(api.size()) + " at " + api.baseUrl());
      output.println("export CLOUDFLARE_BASE_URL=" + quoted(api.baseUrl()));
      output.println("export CLOUDFLARE_ACCOUNT_ID=" + quoted(api.accountId()));
      output.println("export CLOUDFLARE_API_TOKEN=" + quoted(api.token()));
      // Only a signal ends it, and a signal ends the process.
      new CountDownLatch(1).await();
    }
    return ExitCode.DONE;
  }

  private ApiSimulator start() throws IOException {
    FaultScript script = faults.read(parser());
    return Arguments.checked(
        parser(),
        () -> {
          ApiSimulatorBuilder builder =
              ApiSimulator.builder()
                  .port(port)
                  .policies(policies)
                  .seed(seed)
                  .latency(latency)
                  .recordedRequests(0)
                  .faults(script);
          if (rateLimit != null) {
            rateLimit.enforce(builder);
          }
          if (churn != null) {
            if (churn.length != 2) {
              throw new IllegalArgumentException("--churn needs two numbers: ADDS,DELETES");
            }
            builder.churn(churn[0], churn[1]);
          }
          if (contrary != null) {
            builder.contrary(contrary);
          }
          if (token != null) {
            builder.token(token);
          }
          if (account != null) {
            builder.accountId(account);
          }
          if (deprecatedFields != null) {
            builder.deprecatedFields(deprecatedFields);
          }
          return builder.start();
        });
  }

  private static String quoted(String text) {
    return text.matches("[\\w.:/-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
