package dev.allowflux.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Java samples of the page on replicas, compiled here and found there word for word. */
class SamplesTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "replicas.md");
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "allowflux", "redis", "SamplesTest.java");

  private static final List<RedisQuota> OPENED = new ArrayList<>();

  static ClientSettings settings(Credential credential) {
    RedisQuota shared = RedisQuota.builder("redis://redis.example:6379").name("tenant a").build();
    ApiQuota quota = ApiQuota.builder().store(shared).build();
    ClientSettings settings = ClientSettings.builder(credential).rateLimiter(quota).build();
    OPENED.add(shared);
    return settings;
  }

  @AfterEach
  void close() {
    OPENED.forEach(RedisQuota::close);
    OPENED.clear();
  }

  @Test
  void everySampleOfThePageIsCompiledHere() throws IOException {
    String source = Files.readString(THIS);
    List<String> samples =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE))
            .results()
            .map((MatchResult sample) -> sample.group(1).indent(4))
            .toList();
    assertThat(samples).isNotEmpty().allSatisfy(sample -> assertThat(source).contains(sample));
  }

  @Test
  void theSampleConnectsNowhereByItself() {
    assertThat(settings(Credential.apiToken("t")).toString()).doesNotContain("redis.example");
  }
}
