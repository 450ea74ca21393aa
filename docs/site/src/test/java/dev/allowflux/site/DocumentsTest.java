package dev.allowflux.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say in code is what the code says. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Pattern SAMPLE =
      Pattern.compile("```(java|kotlin)\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LITERALS = Pattern.compile("\"\\s*\\+\\s*\"");

  /** A sample is found word for word in a source that is compiled, but for its indentation. */
  @Test
  void everySampleIsPartOfASourceThatIsCompiled() throws IOException {
    List<String> sources = new ArrayList<>();
    for (Path file : files(ROOT)) {
      String name = ROOT.relativize(file).toString().replace('\\', '/');
      boolean isCompiled = name.contains("src/test") || name.startsWith("docs/examples/");
      if (name.endsWith(".kt") || (name.endsWith(".java") && isCompiled)) {
        sources.add(withoutIndent(Files.readString(file)));
      }
    }
    Map<String, Long> found = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      String name = document.getFileName().toString();
      for (MatchResult sample : SAMPLE.matcher(Files.readString(document)).results().toList()) {
        // A source may go on before a type or a block ends.
        String code = withoutIndent(sample.group(2)).replaceFirst("(\\}\n)+$", "");
        if (sources.stream().noneMatch(source -> source.contains(code))) {
          missing.add(name + ":\n" + code);
        }
        found.merge(name, 1L, Long::sum);
      }
    }
    assertThat(missing).as("samples that are in no source that is compiled").isEmpty();
    assertThat(found).hasSizeGreaterThan(8).containsKeys("README.md", "writing.md", "simulator.md");
  }

  /** The parts of a message that do not differ stand in a source, as literals. */
  @Test
  void everyMessageOfTheTroubleshootingIsOneOfTheCode() throws IOException {
    StringBuilder code = new StringBuilder();
    for (Path file : files(ROOT)) {
      String name = ROOT.relativize(file).toString().replace('\\', '/');
      if (name.endsWith(".java") && name.contains("src/main/") && !name.startsWith("docs/")) {
        code.append(LITERALS.matcher(Files.readString(file)).replaceAll(""));
      }
    }
    String page = Files.readString(ROOT.resolve("docs/troubleshooting.md"));
    String messages =
        page.substring(page.indexOf("## Before a call"), page.indexOf("## In a build"));
    int checked = 0;
    List<String> missing = new ArrayList<>();
    for (String line : messages.lines().filter(l -> l.matches("\\| `.*")).toList()) {
      String first = line.substring(1, line.indexOf('|', 1));
      for (MatchResult message : Pattern.compile("`([^`]+)`").matcher(first).results().toList()) {
        for (String part : message.group(1).split("…", -1)) {
          String text = part.strip();
          if (text.length() > 3) {
            checked++;
            if (code.indexOf(text) < 0) {
              missing.add(message.group(1));
            }
          }
        }
      }
    }
    assertThat(missing).as("messages that are in no source").isEmpty();
    assertThat(checked).isGreaterThan(50);
  }

  @Test
  void theTroubleshootingHasEveryExitCodeAndEveryReasonOfARefusal() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/troubleshooting.md"));
    String cli = "cli/src/main/java/dev/allowflux/cli/runtime/ExitCode.java";
    List<MatchResult> codes =
        Pattern.compile("^  [A-Z_]+\\((\\d+), \"([^\":(]+)", Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve(cli)))
            .results()
            .toList();
    assertThat(codes).hasSizeGreaterThan(10);
    for (MatchResult code : codes) {
      assertThat(page).containsPattern("\\| ([0-9]+, )?" + code.group(1) + "[ ,]");
    }
    String reasons = "core/src/main/java/dev/allowflux/error/RejectionReason.java";
    List<MatchResult> refusals =
        Pattern.compile("^  [A-Z_]+\\(\"([^\"]+)", Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve(reasons)))
            .results()
            .toList();
    assertThat(refusals).hasSizeGreaterThan(6);
    assertThat(
            refusals.stream().map(r -> "`" + r.group(1) + "`").filter(r -> !r.equals("`refused`")))
        .allSatisfy(reason -> assertThat(page).contains(reason));
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (Path file : files(ROOT)) {
      String name = ROOT.relativize(file).toString().replace('\\', '/');
      if (name.matches("[A-Z]+\\.md|docs/([a-z-]+/)?[a-z0-9-]+\\.md")) {
        documents.add(file);
      }
    }
    assertThat(documents).hasSizeGreaterThan(30);
    return documents;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(
              file -> file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(java|kt|md)"))
          .filter(
              file -> !file.toString().matches(".*[/\\\\](target|\\.git|node_modules)[/\\\\].*"))
          .filter(Files::isRegularFile)
          .sorted()
          .collect(Collectors.toList());
    }
  }

  private static String withoutIndent(String code) {
    return code.replaceAll("(?m)^[ \t]+", "");
  }
}
