package dev.allowflux.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

/** The sample of the guide, and that the guide has it word for word. */
@Timeout(240)
@AllowfluxSimulator(policies = 2500)
class MyServiceTest {
  @Test
  void everyPolicyIsListed(AllowPolicyClient client, AccountId account) {
    StepVerifier.create(client.list(account)).expectNextCount(2500).verifyComplete();
  }

  @Test
  void theSampleOfTheGuideIsCompiledHere() throws IOException {
    String guide = Files.readString(Path.of("..", "..", "docs", "simulator.md"));
    int start = guide.indexOf("```java\n@AllowfluxSimulator") + "```java\n".length();
    String sample = guide.substring(start, guide.indexOf("}\n```", start));
    String source =
        Files.readString(
            Path.of("src", "test", "java", "dev", "allowflux", "junit", "MyServiceTest.java"));
    assertThat(source).contains(sample);
  }
}
