package dev.allowflux.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The samples of docs/spring-boot.md are those of this service, word for word. */
class GuideTest {
  private static final Path GUIDE = Path.of("..", "..", "spring-boot.md");

  @Test
  void everySampleIsPartOfTheService() throws IOException {
    String service;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      service =
          files.filter(Files::isRegularFile).map(GuideTest::text).collect(Collectors.joining());
    }
    List<String> samples =
        Pattern.compile("```(?:java|yaml)\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(GUIDE))
            .results()
            .map(sample -> bare(sample.group(1)))
            .toList();
    assertThat(samples).hasSizeGreaterThan(2).allSatisfy(s -> assertThat(service).contains(s));
  }

  private static String text(Path file) {
    try {
      return bare(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the indentation, which differs within a class. */
  private static String bare(String text) {
    return text.replaceAll("(?m)^ +", "");
  }
}
