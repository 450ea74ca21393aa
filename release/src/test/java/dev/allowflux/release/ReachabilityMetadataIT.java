package dev.allowflux.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the published jars tell a builder of native images: every type that they name is in the jar,
 * and every file beside the classes that a library reads is named. The form is that of version
 * 1.1.0 of GraalVM's schema, of which only these members are used.
 */
class ReachabilityMetadataIT {
  private static final Pattern MEMBER = Pattern.compile("\"([A-Za-z]+)\"\\s*:");
  private static final Pattern TYPE = Pattern.compile("\"type\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern GLOB = Pattern.compile("\"glob\"\\s*:\\s*\"([^\"]+)\"");
  private static final Set<String> MEMBERS =
      Set.of(
          "comment",
          "reflection",
          "resources",
          "type",
          "methods",
          "name",
          "parameterTypes",
          "glob");

  static List<PublishedModule> libraries() throws IOException {
    return PublishedModule.jars().stream()
        .filter(module -> !module.artifact().equals("allowflux-cli"))
        .toList();
  }

  private static String metadata(ZipFile jar, PublishedModule module) throws IOException {
    String name =
        "META-INF/native-image/dev.allowflux/" + module.artifact() + "/reachability-metadata.json";
    ZipEntry entry = jar.getEntry(name);
    return entry == null ? "" : new String(jar.getInputStream(entry).readAllBytes(), UTF_8);
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void everyFileThatALibraryReadsAndEveryTypeIsThere(PublishedModule module) throws IOException {
    try (ZipFile jar = new ZipFile(module.jar("").toFile())) {
      String metadata = metadata(jar, module);
      for (String type : all(TYPE, metadata)) {
        assertThat(jar.getEntry(type.replace('.', '/') + ".class")).as(type).isNotNull();
      }
      assertThat(MEMBERS).containsAll(all(MEMBER, metadata));
      List<PathMatcher> globs =
          all(GLOB, metadata).stream()
              .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
              .toList();
      List<String> unnamed = new ArrayList<>();
      for (ZipEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        if (name.startsWith("dev/") && !name.matches(".*(/|\\.class|\\.LICENSE)")) {
          if (globs.stream().noneMatch(glob -> glob.matches(Path.of(name)))) {
            unnamed.add(name);
          }
        }
      }
      assertThat(unnamed).as("files of %s that no glob names", module).isEmpty();
    }
  }

  @Test
  void theLibrariesThatReadFilesOrAreReadByReflectionHaveMetadata() throws IOException {
    List<String> have = new ArrayList<>();
    for (PublishedModule module : libraries()) {
      try (ZipFile jar = new ZipFile(module.jar("").toFile())) {
        if (!metadata(jar, module).isEmpty()) {
          have.add(module.artifact());
        }
      }
    }
    assertThat(have)
        .contains(
            "allowflux-reactor",
            "allowflux-sync",
            "allowflux-redis",
            "allowflux-simulator",
            "allowflux-jackson");
  }
}
