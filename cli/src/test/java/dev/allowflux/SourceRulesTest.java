package dev.allowflux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the build holds of the house rules that no compiler knows: words and sizes. */
class SourceRulesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /**
   * Words that are never the right ones in this project, and the field's word for each. They are
   * cut in two here, so that this file does not hold them.
   */
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("wit" + "ness(es)?", "verification"),
          Map.entry("testi" + "mony", "verification"),
          Map.entry("fa" + "tes?", "outcome"),
          Map.entry("in dou" + "bt", "unconfirmed"),
          Map.entry("way ro" + "und", "override"),
          Map.entry("ways ro" + "und", "overrides"),
          Map.entry("bears? (a|its|the) mar" + "ker", "has the owner marker"),
          Map.entry("nobody sa" + "id", "unset"),
          Map.entry("not sa" + "id", "absent"),
          Map.entry("is to" + "ld of", "is notified of"),
          Map.entry("repeat" + "able", "idempotent"),
          Map.entry("done ag" + "ain", "retried"),
          Map.entry("spo" + "il(s|t|ed)?", "fault"),
          Map.entry("do" + "or", "name the thing"),
          Map.entry("rehear" + "sal", "training"),
          Map.entry("wan" + "ted", "desired"),
          Map.entry("wi" + "sh(es|ed)?", "desired policy"),
          Map.entry("des" + "cents?", "complete traversal"),
          Map.entry("ta" + "lly", "counter"),
          Map.entry("ta" + "llies", "counters"),
          Map.entry("roo" + "ms", "packages"),
          Map.entry("(is|are|was|were) to" + "ld", "is notified, is reported to"),
          Map.entry("unless to" + "ld", "unless set"));

  private static final int MAX_FILE = 400;
  private static final int MAX_METHOD = 60;

  private static final int MAX_PACKAGE = 26;

  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^ *public ((static|abstract|final|sealed|non-sealed) )*"
              + "(class|record|@?interface|enum) ");

  /** How a class says in its first comment why it is longer. */
  private static final String REASON = "Longer than most";

  @Test
  void noTextHoldsAWordThatIsNeverTheRightOne() throws IOException {
    Pattern words =
        Pattern.compile(
            "\\b(" + String.join("|", WORDS.keySet()) + ")\\b", Pattern.CASE_INSENSITIVE);
    List<String> found = new ArrayList<>();
    for (Path file : files("")) {
      String name = file.getFileName().toString();
      if (name.endsWith(".java") || name.endsWith(".md") || name.equals("allowflux")) {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
          Matcher word = words.matcher(lines.get(i));
          while (word.find()) {
            found.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + word.group());
          }
        }
      }
    }
    assertThat(found).as("words that have a better one: %s", WORDS).isEmpty();
  }

  @Test
  void noClassAndNoMethodNeedsScrollingWithoutAReason() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : files("src/main/java")) {
      List<String> lines = Files.readAllLines(file);
      boolean reasoned = String.join("\n", lines).replaceAll("\\s*\\n \\* ", " ").contains(REASON);
      if (lines.size() > MAX_FILE && !reasoned) {
        tooLong.add(ROOT.relativize(file) + " has " + lines.size() + " lines");
      }
      int start = -1;
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.matches(" {2}(?! |\\}|\\*|/|@).*") && line.endsWith("{")) {
          start = line.matches(".*\\b(class|record|interface|enum)\\b [A-Z].*") ? -1 : i;
        } else if (line.equals("  }") && start >= 0) {
          if (i - start > MAX_METHOD && !reasoned) {
            tooLong.add(ROOT.relativize(file) + ":" + (start + 1) + " has " + (i - start));
          }
          start = -1;
        }
      }
    }
    assertThat(tooLong).as("longer than %d and %d lines", MAX_FILE, MAX_METHOD).isEmpty();
  }

  @Test
  void noPackageIsTooLargeToOverlook() throws IOException {
    Map<Path, Integer> packages = new TreeMap<>();
    for (Path file : files("src/main/java")) {
      packages.merge(ROOT.relativize(file.getParent()), 1, Integer::sum);
    }
    packages.values().removeIf(count -> count <= MAX_PACKAGE);
    assertThat(packages).as("files by package").isEmpty();
  }

  @Test
  void everyPackageHasItsRowInThePageOnTheArchitecture() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/architecture.md"));
    List<String> missing = new ArrayList<>();
    for (Path file : files("src/main/java")) {
      String name = ROOT.relativize(file.getParent()).toString().replace('/', '.');
      String row = "\n| `" + name.replaceFirst("^.*src\\.main\\.java\\.(dev\\.allowflux\\.)?", "");
      // Examples are no part of the build that the page draws.
      if (!name.startsWith("docs.")
          && !name.startsWith("release.src.strangers.")
          && !name.endsWith("src.main.java")
          && !page.contains(row + "` |")
          && !missing.contains(row)) {
        missing.add(row);
      }
    }
    assertThat(missing).as("packages without a row in docs/architecture.md").isEmpty();
  }

  /** Types within a type have a page of their own in the documentation. */
  @Test
  void everyPublicTypeSaysSinceWhenThereIsOne() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path file : files("src/main/java")) {
      String name = ROOT.relativize(file).toString();
      if (!isPublished(name) || name.contains("/internal/")) {
        continue;
      }
      String javadoc = "";
      boolean inJavadoc = false;
      for (String line : Files.readAllLines(file)) {
        String text = line.strip();
        if (text.startsWith("/**")) {
          javadoc = "";
          inJavadoc = true;
        }
        javadoc += inJavadoc ? text : "";
        if (text.endsWith("*/")) {
          inJavadoc = false;
        } else if (!inJavadoc && PUBLIC_TYPE.matcher(line).find()) {
          if (!javadoc.contains("@since")) {
            missing.add(name + ": " + text);
          }
          javadoc = "";
        }
      }
    }
    assertThat(missing).as("public types without @since").isEmpty();
  }

  private static boolean isPublished(String name) {
    return !name.startsWith("cli/")
        && !name.startsWith("benchmarks/")
        && !name.startsWith("docs/")
        && !name.startsWith("release/")
        && !name.startsWith("testkit/");
  }

  private static List<Path> files(String below) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().contains(below))
          .filter(file -> !file.toString().contains("/target/"))
          .filter(file -> !file.toString().contains("/.git/"))
          .filter(file -> !file.toString().contains("/node_modules/"))
          .filter(file -> below.isEmpty() || file.toString().endsWith(".java"))
          .sorted()
          .toList();
    }
  }
}
