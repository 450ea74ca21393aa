package dev.allowflux.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Licences: of what is published, and of everything that it brings. */
class LicencesIT {
  /** What may come with a published artifact. A further one is a decision, made here. */
  private static final Set<String> ALLOWED =
      Set.of("Apache-2.0", "MIT", "MIT-0", "BSD-3-Clause", "CC0-1.0", "EPL-2.0", "MPL-2.0");

  private static final String COMPONENTS = "META-INF/third-party/COMPONENTS";

  static List<PublishedModule> jars() throws IOException {
    return PublishedModule.jars();
  }

  @ParameterizedTest
  @MethodSource("jars")
  void everyJarHasLicenceAndNotice(PublishedModule module) throws IOException {
    for (String classifier : List.of("", "sources", "javadoc")) {
      try (ZipFile jar = new ZipFile(module.jar(classifier).toFile())) {
        for (String name : List.of("LICENSE", "NOTICE")) {
          assertThat(text(jar, "META-INF/" + name))
              .as("%s in %s", name, jar.getName())
              .isEqualTo(Files.readString(PublishedModule.root().resolve(name)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("jars")
  void everythingThatAPublishedArtifactBringsHasAnAllowedLicence(PublishedModule module)
      throws IOException {
    assertThat(licences(module))
        .allSatisfy(
            (component, licence) ->
                assertThat(licence.split(",")).as(component).containsAnyElementsOf(ALLOWED));
  }

  @Test
  void theOneJarNamesEveryComponentInItWithTheTextOfItsLicence() throws IOException {
    PublishedModule cli =
        PublishedModule.jars().stream()
            .filter(module -> module.artifact().equals("allowflux-cli"))
            .findFirst()
            .orElseThrow();
    Path oneJar = cli.folder().resolve("target/allowflux.jar");
    try (ZipFile jar = new ZipFile(oneJar.toFile())) {
      Map<String, String> named = new TreeMap<>();
      List<String> withoutText = new ArrayList<>();
      for (String line : text(jar, COMPONENTS).lines().filter(l -> !l.startsWith("#")).toList()) {
        String[] parts = line.split(" +", 3);
        named.put(parts[0], parts[1]);
        if (jar.getEntry(parts[2]) == null) {
          withoutText.add(line);
        }
      }
      Map<String, String> brought = licences(cli);
      brought.keySet().removeIf(component -> component.startsWith("dev.allowflux:"));
      assertThat(brought).as("what the jar is made of").hasSizeGreaterThan(20);
      assertThat(named).as("what %s names", COMPONENTS).isEqualTo(brought);
      assertThat(withoutText).as("components whose licence has no text").isEmpty();
    }
  }

  /** Component to licence, by the bill of materials. */
  private static Map<String, String> licences(PublishedModule module) throws IOException {
    Map<String, String> licences = new TreeMap<>();
    for (Xml component : module.billOfMaterials().children("components", "component")) {
      List<String> ids = new ArrayList<>(component.texts("licenses", "license", "id"));
      ids.addAll(component.texts("licenses", "license", "name"));
      ids.addAll(component.texts("licenses", "expression"));
      // A licence that the bill knows by its name alone may have a space in it.
      licences.put(
          component.text("group") + ":" + component.text("name"),
          String.join(",", ids).replace(' ', '-'));
    }
    return licences;
  }

  private static String text(ZipFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as("%s in %s", name, jar.getName()).isNotNull();
    return new String(jar.getInputStream(entry).readAllBytes(), UTF_8);
  }
}
