package dev.allowflux.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A module whose artifacts are published, as it lies in the build that has just made it.
 *
 * @param folder where it is built
 * @param artifact the artifact's id
 * @param packaging {@code jar} or {@code pom}
 */
record PublishedModule(Path folder, String artifact, String packaging) {
  private static final Path ROOT = Path.of(System.getProperty("allowflux.root", ".."));
  private static final String VERSION = System.getProperty("allowflux.version", "");

  /** Returns the root of the build. */
  static Path root() {
    return ROOT.toAbsolutePath().normalize();
  }

  /** Returns every published module, in the order of the build. */
  static List<PublishedModule> all() throws IOException {
    List<PublishedModule> modules = new ArrayList<>();
    for (String name : Xml.read(root().resolve("pom.xml")).texts("modules", "module")) {
      Path folder = root().resolve(name);
      Xml pom = Xml.read(folder.resolve("pom.xml"));
      // What is published has no parent.
      if (!pom.texts("artifactId").get(0).endsWith("-parent")
          && !pom.texts("properties", "maven.deploy.skip").contains("true")) {
        List<String> packaging = pom.texts("packaging");
        modules.add(
            new PublishedModule(
                folder,
                pom.texts("artifactId").get(0),
                packaging.isEmpty() ? "jar" : packaging.get(0)));
      }
    }
    return modules;
  }

  /** Returns the published modules that have a jar. */
  static List<PublishedModule> jars() throws IOException {
    return all().stream().filter(module -> module.packaging().equals("jar")).toList();
  }

  /** Returns the POM that is published, which for a jar is not the one that people edit. */
  Xml publishedPom() throws IOException {
    return Xml.read(
        existing(folder.resolve(packaging.equals("jar") ? ".flattened-pom.xml" : "pom.xml")));
  }

  /**
   * Returns a jar.
   *
   * @param classifier empty, {@code sources} or {@code javadoc}
   */
  Path jar(String classifier) {
    String end = classifier.isEmpty() ? ".jar" : "-" + classifier + ".jar";
    return existing(folder.resolve("target").resolve(artifact + "-" + VERSION + end));
  }

  /** Returns the bill of materials. */
  Xml billOfMaterials() throws IOException {
    return Xml.read(
        existing(folder.resolve("target").resolve(artifact + "-" + VERSION + "-cyclonedx.xml")));
  }

  private static Path existing(Path file) {
    assertThat(Files.exists(file))
        .as("%s is there; build all modules with mvn -P release verify first", file)
        .isTrue();
    return file;
  }

  @Override
  public String toString() {
    return artifact;
  }
}
