package dev.allowflux.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Java sample of the document, compiled here and found there word for word. */
@Timeout(240)
class SamplesIT {

  private static final Path DOCUMENT = Path.of("..", "..", "docs", "observations.md");
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "allowflux", "micrometer", "SamplesIT.java");

  private static ClientSettings observed(
      Credential credential, ObservationRegistry observations, MeterRegistry meters) {
    ApiQuota quota = ApiQuota.standard();
    ClientSettings settings =
        ClientSettings.builder(credential)
            .rateLimiter(quota)
            .events(CallObservations.of(observations).andThen(CallMeters.of(meters, quota)))
            .build();
    return settings;
  }

  @Test
  void theSampleObservesAndCounts() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    try (ApiSimulator api = ApiSimulator.builder().policies(3).start();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                observed(Credential.apiToken(api.token()), observations, meters).toBuilder()
                    .baseUrl(api.baseUrl())
                    .build())) {
      client.list(new AccountId(api.accountId())).blockLast(Duration.ofSeconds(30));
    }
    assertThat(meters.get("allowflux.call").timer().count()).isEqualTo(1);
    assertThat(meters.get("allowflux.policies").counter().count()).isEqualTo(3);
  }

  @Test
  void theSampleOfTheDocumentIsTheOneThatIsCompiledHere() throws IOException {
    String compiled = withoutIndent(Files.readString(THIS));
    Matcher sample =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
    int samples = 0;
    while (sample.find()) {
      samples++;
      assertThat(compiled).contains(withoutIndent(sample.group(1)));
    }
    assertThat(samples).isEqualTo(1);
  }

  private static String withoutIndent(String code) {
    return code.replaceAll("(?m)^ +", "");
  }
}
