package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command of the documents, run in the order of its document against a simulator, in a folder
 * that has the files which a reader would have.
 */
@Timeout(240)
class DocumentedCommandsIT {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("```(?:sh|bash)\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FILE =
      Pattern.compile(
          "(?<=[ ='])[a-z][a-z/{}-]*\\.(csv|json|ndjson|html|sarif|tf|parquet)(?=[ ']|$)");

  /** As a shell cuts a line that has no quotes but single ones around whole words. */
  private static final Pattern WORD = Pattern.compile("'[^']*'|[^ ']+");

  private static final Pattern DIGEST = Pattern.compile("\"digest\" *: *\"([0-9a-f]{64})\"");

  /** What ends otherwise than with 0, and why. */
  private static final Map<String, Integer> OTHER_EXITS =
      Map.of(
          // There is nobody to ask.
          "apply plan.json",
          2,
          "apply plans.json --accounts tenants.csv",
          2,
          // It would mark every policy of the export, which is more than a rule allows.
          "sync policies.csv --mode owned --owner team-a",
          9,
          // It finds something.
          "audit --accounts tenants.csv --format html --output 'audits/{account}.html' --fail-on"
              + " high",
          10);

  /** Another one than that of the simulator in a command. */
  private static final String ACCOUNT = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

  /** Runs until it is ended; SimulateIT does that. */
  private static final String ENDLESS = "simulate ";

  @TempDir Path folder;

  static List<Path> documents() throws IOException {
    try (Stream<Path> all = Files.list(ROOT.resolve("docs"))) {
      List<Path> documents =
          all.filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !commands(file).isEmpty())
              .sorted()
              .collect(Collectors.toCollection(ArrayList::new));
      documents.add(ROOT.resolve("README.md"));
      return documents;
    }
  }

  /** The lines for a shell, without the comment behind them. */
  private static List<String> commands(Path document) {
    String text;
    try {
      text = Files.readString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return BLOCK
        .matcher(text)
        .results()
        .flatMap((MatchResult block) -> block.group(1).replace("\\\n", " ").lines())
        .map(line -> line.replaceFirst(" +#.*$", "").strip())
        .filter(line -> line.startsWith("./allowflux ") || line.startsWith("$EDITOR "))
        .toList();
  }

  @Test
  void theDocumentsHaveManyCommands() throws IOException {
    int count = documents().stream().mapToInt(document -> commands(document).size()).sum();
    assertThat(count).isGreaterThan(35);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyCommandOfADocumentDoesWhatItSays(Path document) throws IOException {
    try (ApiSimulator api =
        ApiSimulator.builder().accountId(ACCOUNT).policies(40).seed(5).noRateLimit().start()) {
      Map<String, String> environment = new HashMap<>(Run.environment(api));
      environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
      writeFiles(api);
      String id = api.policyIds().get(3);
      for (String line : commands(document)) {
        if (line.startsWith("$EDITOR ")) {
          edit(folder.resolve(line.substring("$EDITOR ".length())));
          continue;
        }
        String command = line.substring("./allowflux ".length());
        if (command.startsWith(ENDLESS)) {
          continue;
        }
        Run run = Run.of(environment, arguments(command, id));
        assertThat(run.exit())
            .as("%s: %s%n%s", document.getFileName(), command, run.err())
            .isEqualTo(OTHER_EXITS.getOrDefault(command, 0));
        assertThat(run.err()).as(command).doesNotContain("unexpected failure", "    at ");
      }
    }
  }

  private String[] arguments(String command, String id) throws IOException {
    String words = FILE.matcher(command).replaceAll(this::inFolder).replaceAll("\\bID\\b", id);
    if (words.contains("DIGEST")) {
      Matcher digest = DIGEST.matcher(Files.readString(folder.resolve("plan.json")));
      assertThat(digest.find()).isTrue();
      words = words.replace("DIGEST", digest.group(1));
    }
    return WORD.matcher(words)
        .results()
        .map(word -> word.group().replace("'", ""))
        .toArray(String[]::new);
  }

  private String inFolder(MatchResult name) {
    return Matcher.quoteReplacement(folder.resolve(name.group()).toString());
  }

  /** What stands in the files that the documents' commands read. */
  private void writeFiles(ApiSimulator api) throws IOException {
    Files.writeString(
        folder.resolve("policies.csv"),
        "pattern,pattern_type,is_acceptable_sender,is_trusted_sender,verify_sender,comments\n"
            + "supplier.example,DOMAIN,true,false,true,invoices\n"
            + "billing@partner.example,EMAIL,true,false,true,\n");
    Files.writeString(
        folder.resolve("changes.json"),
        "{\"deletes\":[{\"id\":\"%s\"}]}".formatted(api.policyIds().get(7)));
    Files.createDirectories(folder.resolve("audits"));
    Files.writeString(
        folder.resolve("tenants.csv"),
        "account,name,credential\n%s,Acme,env:CLOUDFLARE_API_TOKEN\n".formatted(api.accountId()));
    Files.writeString(
        folder.resolve("waivers.ndjson"),
        "{\"rule\":\"no-owner\",\"reason\":\"owners are kept elsewhere\"}\n");
    Files.writeString(
        folder.resolve("tabl.csv"),
        "Value,Action,ListType,Notes\nnews@shop.example,Allow,Sender,newsletter\n");
  }

  /** As a person would who adds a sender. */
  private static void edit(Path csv) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(csv));
    String row =
        Stream.of(lines.get(0).replace("\uFEFF", "").split(",", -1))
            .map(
                column ->
                    switch (column) {
                      case "pattern" -> "edited.example";
                      case "pattern_type" -> "DOMAIN";
                      case "is_acceptable_sender", "verify_sender" -> "true";
                      case "is_regex", "is_trusted_sender", "is_exempt_recipient" -> "false";
                      default -> "";
                    })
            .collect(Collectors.joining(","));
    lines.add(row);
    Files.write(csv, lines);
  }
}
