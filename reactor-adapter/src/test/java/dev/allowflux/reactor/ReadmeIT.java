package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

/** The samples of the README, compiled here and found there word for word. */
@Timeout(60)
class ReadmeIT {

  private static final Path README = Path.of("..", "README.md");
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "allowflux", "reactor", "ReadmeIT.java");

  static void firstProgram() {
    ClientSettings settings = ClientSettings.of(Credential.fromEnvironment());
    AccountId account = new AccountId(System.getenv("CLOUDFLARE_ACCOUNT_ID"));
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      client
          .list(account)
          .filter(policy -> Boolean.TRUE.equals(policy.isTrustedSender()))
          .doOnNext(policy -> System.out.println(policy.id() + " " + policy.pattern()))
          .blockLast();
    }
  }

  @Test
  void theSampleOfATestPasses() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).start()) {
      Credential credential = Credential.apiToken(api.token());
      ClientSettings settings = ClientSettings.builder(credential).baseUrl(api.baseUrl()).build();
      try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
        StepVerifier.create(client.list(new AccountId(api.accountId())))
            .expectNextCount(2500)
            .verifyComplete();
      }
    }
  }

  @Test
  void everySampleOfTheReadmeIsCompiledHere() throws IOException {
    String source = Files.readString(THIS);
    Stream<String> samples =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(README))
            .results()
            .map((MatchResult sample) -> sample.group(1).indent(4));
    assertThat(samples).hasSize(2).allSatisfy(sample -> assertThat(source).contains(sample));
  }
}
