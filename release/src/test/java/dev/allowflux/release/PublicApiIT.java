package dev.allowflux.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The public signatures of each published library, compared with the list in {@code api/}. A change
 * of the API is a change of that list, made on purpose and read by a reviewer: run the build with
 * {@code -P release -Dallowflux.recordApi=true}, and see docs/compatibility.md for what may change.
 */
class PublicApiIT {
  private static final boolean RECORD = Boolean.getBoolean("allowflux.recordApi");

  static List<PublishedModule> libraries() throws IOException {
    return PublishedModule.jars().stream()
        .filter(module -> !module.artifact().equals("allowflux-cli"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void thePublicSignaturesAreTheRecordedOnes(PublishedModule module) throws IOException {
    Path list =
        PublishedModule.root()
            .resolve("release/src/test/resources/api")
            .resolve(module.artifact() + ".txt");
    List<String> signatures = signatures(module.folder().resolve("target/classes"));
    if (RECORD) {
      Files.write(list, signatures);
    }
    assertThat(list).as("the recorded API; -Dallowflux.recordApi=true records it").exists();
    assertThat(signatures)
        .as("public API of %s; -Dallowflux.recordApi=true records a change", module)
        .containsExactlyElementsOf(Files.readAllLines(list));
  }

  private static List<String> signatures(Path classes) throws IOException {
    List<String> files = new ArrayList<>();
    if (!Files.exists(classes)) {
      return files;
    }
    try (Stream<Path> all = Files.walk(classes)) {
      all.filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.toString().contains("/internal/"))
          .filter(file -> !file.getFileName().toString().matches("(package|module)-info.class"))
          .sorted(Comparator.comparing(Path::toString))
          .forEach(file -> files.add(file.toString()));
    }
    if (files.isEmpty()) {
      // A starter brings others and has none of its own.
      return List.of();
    }
    List<String> arguments = new ArrayList<>(List.of("-protected"));
    arguments.addAll(files);
    StringWriter out = new StringWriter();
    int exit =
        ToolProvider.findFirst("javap")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(out), arguments.toArray(new String[0]));
    assertThat(exit).as(out.toString()).isZero();
    return sorted(out.toString().lines().toList());
  }

  /**
   * The public types in order, each with its members in order; a type's end is left out, and so is
   * a type within one that is not public.
   */
  private static List<String> sorted(List<String> lines) {
    Map<String, List<String>> types = new TreeMap<>();
    List<String> type = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("  ")) {
        type.add(line.stripTrailing());
      } else if (line.matches("(public|protected) .*")) {
        type = new ArrayList<>();
        types.put(line.replaceFirst(" \\{$", ""), type);
      } else if (line.endsWith("{")) {
        type = new ArrayList<>();
      }
    }
    Set<String> names = new HashSet<>();
    types.keySet().forEach(header -> names.add(name(header)));
    List<String> sorted = new ArrayList<>();
    types.forEach(
        (header, members) -> {
          String name = name(header);
          if (name.indexOf('$') < 0 || names.contains(name.substring(0, name.lastIndexOf('$')))) {
            sorted.add(header);
            members.stream().sorted().forEach(sorted::add);
          }
        });
    return sorted;
  }

  private static String name(String header) {
    return header.replaceFirst(".*\\b(class|interface) ", "").replaceFirst("[ <].*", "");
  }
}
