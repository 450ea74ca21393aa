package dev.allowflux.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The site as it is written: every link leads somewhere, and nothing comes from elsewhere. */
class SiteWriterTest {
  private static final Path ROOT = Path.of("..", "..");

  @TempDir static Path site;

  private static final Map<Path, org.jsoup.nodes.Document> PAGES = new HashMap<>();

  @BeforeAll
  static void write() throws IOException {
    SiteWriter.main(ROOT.toString(), site.toString());
    try (Stream<Path> files = Files.walk(site)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".html")).toList()) {
        PAGES.put(site.relativize(file), Jsoup.parse(file, "UTF-8"));
      }
    }
    assertThat(PAGES).hasSizeGreaterThan(40);
  }

  @Test
  void everyInternalLinkLeadsToAPageAndAnAnchorThatAreThere() {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Map.Entry<Path, org.jsoup.nodes.Document> page : PAGES.entrySet()) {
      for (Element link : page.getValue().select("[href], [src]")) {
        String target = link.hasAttr("href") ? link.attr("href") : link.attr("src");
        if (target.contains("://") || target.startsWith("data:")) {
          continue;
        }
        links++;
        String[] parts = target.split("#", 2);
        Path file =
            parts[0].isEmpty() ? page.getKey() : page.getKey().resolveSibling(parts[0]).normalize();
        boolean there = Files.isRegularFile(site.resolve(file));
        if (there && parts.length == 2 && PAGES.containsKey(file)) {
          there = PAGES.get(file).getElementById(parts[1]) != null;
        }
        if (!there) {
          broken.add(page.getKey() + " -> " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(1000);
  }

  @Test
  void aBrowserReadsNothingFromANetwork() {
    for (Map.Entry<Path, org.jsoup.nodes.Document> page : PAGES.entrySet()) {
      assertThat(page.getValue().select("[src], link[href]"))
          .as("%s", page.getKey())
          .allSatisfy(
              part ->
                  assertThat(part.attr("src") + part.attr("href")).doesNotContain("//", "http"));
    }
  }

  /** Where a newcomer's question is answered, and a word that the answer cannot do without. */
  @ParameterizedTest
  @CsvSource({
    "failures.html, survive a 429, reserve(300)",
    "listing.html, list one tenant's domains, PatternType.DOMAIN",
    "replicas.html, run two replicas, RedisQuota",
    "listing.html, resume an export, traverseFrom",
    "simulator.html, test a service, @AllowfluxSimulator",
  })
  void aQuestionOfANewcomerIsAnsweredWithinThreeClicks(String page, String question, String word) {
    assertThat(PAGES.get(Path.of("index.html")).select("tr"))
        .anySatisfy(
            row -> assertThat(row.text() + row.select("a").attr("href")).contains(question, page));
    Map<Path, Integer> clicks = clicks();
    assertThat(clicks.get(Path.of(page))).isLessThanOrEqualTo(3);
    assertThat(PAGES.get(Path.of(page)).select("main").text()).contains(word);
  }

  @Test
  void everyPageIsReachedFromTheFrontPage() {
    assertThat(clicks().keySet()).containsAll(PAGES.keySet());
  }

  private static Map<Path, Integer> clicks() {
    Map<Path, Integer> clicks = new HashMap<>();
    ArrayDeque<Path> next = new ArrayDeque<>(List.of(Path.of("index.html")));
    clicks.put(next.peek(), 0);
    while (!next.isEmpty()) {
      Path page = next.remove();
      for (Element link : PAGES.get(page).select("main a[href], nav a[href]")) {
        Path target = page.resolveSibling(link.attr("href").replaceFirst("#.*", "")).normalize();
        if (PAGES.containsKey(target) && clicks.putIfAbsent(target, clicks.get(page) + 1) == null) {
          next.add(target);
        }
      }
    }
    return clicks;
  }

  @Test
  void theSearchKnowsEveryPage() throws IOException {
    String index = Files.readString(site.resolve("search-index.js"));
    Set<String> missing = new HashSet<>();
    PAGES.keySet().forEach(page -> missing.add(page.toString()));
    missing.removeIf(page -> index.contains("[\"" + page));
    assertThat(missing).isEmpty();
    assertThat(index).contains("too many calls wait for the rate limit already");
  }

  @Test
  void twoRunsWriteTheSameBytes(@TempDir Path other) throws IOException {
    SiteWriter.main(ROOT.toString(), other.toString());
    try (Stream<Path> files = Files.walk(site)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(other.resolve(site.relativize(file))).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void aPageThatTheFrontPageDoesNotListStandsInTheContents(@TempDir Path sources)
      throws IOException {
    Files.createDirectories(sources.resolve("docs"));
    Files.createDirectories(sources.resolve("benchmarks/results"));
    Files.writeString(sources.resolve("docs/index.md"), "# Front\n\n## Guide\n\n- [One](one.md)\n");
    Files.writeString(sources.resolve("docs/one.md"), "# One\n");
    Files.writeString(sources.resolve("docs/two.md"), "# Two & more\n");
    SiteWriter.main(sources.toString(), sources.resolve("site").toString());
    assertThat(Jsoup.parse(sources.resolve("site/one.html").toFile()).select("nav a").eachText())
        .containsExactly("One", "Two & more");
  }

  @Test
  void aLinkThatLeadsNowhereEndsTheBuildWithItsPlace(@TempDir Path sources) throws IOException {
    Files.createDirectories(sources.resolve("docs"));
    Files.createDirectories(sources.resolve("benchmarks/results"));
    Files.writeString(sources.resolve("docs/index.md"), "# Front\n\n[here](gone.md)\n");
    assertThatThrownBy(
            () -> SiteWriter.main(sources.toString(), sources.resolve("site").toString()))
        .hasMessageContaining("docs/index.md")
        .hasMessageContaining("gone.md");
  }
}
