package dev.allowflux.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The POMs as they are published: what a central repository asks of them, and nothing of ours. */
class PublishedPomIT {

  static List<PublishedModule> all() throws IOException {
    return PublishedModule.all();
  }

  static List<PublishedModule> jars() throws IOException {
    return PublishedModule.jars();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aPublishedPomSaysEverythingThatACentralRepositoryAsksFor(PublishedModule module)
      throws IOException {
    Xml pom = module.publishedPom();
    for (String required : List.of("groupId", "artifactId", "version", "name", "description")) {
      assertThat(pom.text(required)).as(required).isNotEmpty();
    }
    assertThat(pom.text("url")).isEqualTo("https://allowflux.dev");
    assertThat(pom.text("licenses", "license", "name")).isEqualTo("Apache-2.0");
    assertThat(pom.text("licenses", "license", "url")).startsWith("https://");
    assertThat(pom.text("developers", "developer", "name")).isNotEmpty();
    for (String required : List.of("connection", "developerConnection", "url")) {
      assertThat(pom.text("scm", required)).as(required).contains("https://allowflux.dev");
      assertThat(pom.text("scm", required)).as("no module's own").doesNotContain("allowflux-");
    }
  }

  @ParameterizedTest
  @MethodSource("jars")
  void aPublishedPomStandsAlone(PublishedModule module) throws IOException {
    Xml pom = module.publishedPom();
    for (String ours : List.of("parent", "dependencyManagement", "build", "profiles", "modules")) {
      assertThat(pom.children(ours)).as(ours).isEmpty();
    }
    for (Xml dependency : pom.children("dependencies", "dependency")) {
      String name = dependency.text("artifactId");
      assertThat(dependency.text("version")).as(name).doesNotContain("$");
      assertThat(dependency.texts("scope")).as(name).doesNotContain("test", "system");
    }
  }

  @Test
  void theBillOfMaterialsNamesEveryPublishedJarAndItsReactorAndNetty() throws IOException {
    PublishedModule bom =
        PublishedModule.all().stream()
            .filter(module -> module.artifact().equals("allowflux-bom"))
            .findFirst()
            .orElseThrow();
    Xml pom = bom.publishedPom();
    List<Xml> managed = pom.children("dependencyManagement", "dependencies", "dependency");
    assertThat(managed.stream().filter(entry -> entry.texts("scope").isEmpty()))
        .extracting(entry -> entry.text("artifactId"))
        .containsExactlyInAnyOrderElementsOf(
            PublishedModule.jars().stream().map(PublishedModule::artifact).toList());
    Xml properties =
        Xml.read(PublishedModule.root().resolve("pom.xml")).children("properties").get(0);
    assertThat(managed.stream().filter(entry -> entry.texts("scope").contains("import")))
        .extracting(entry -> entry.text("artifactId") + " " + entry.text("version"))
        .containsExactlyInAnyOrder(
            "reactor-bom " + properties.text("reactor-bom.version"),
            "netty-bom " + properties.text("netty.version"));
    assertThat(pom.text("version")).isEqualTo(System.getProperty("allowflux.version"));
    assertThat(pom.children("parent")).as("the parent manages the versions of tests").isEmpty();
  }
}
