package dev.allowflux.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of a command, in roff, from the same description as its help. */
public final class ManualPage {
  private final StringBuilder page = new StringBuilder();

  private ManualPage() {}

  /**
   * Returns the page of a command.
   *
   * @param command the command
   * @param version the version of the program
   */
  public static String of(CommandSpec command, String version) {
    ManualPage page = new ManualPage();
    String name = command.qualifiedName("-");
    page.request(
        "TH \"" + name.toUpperCase(Locale.ROOT) + "\" 1 \"\" \"" + version + "\" \"allowflux\"");
    // No hyphens in commands that are copied, and no wide gaps.
    page.request("nh").request("ad l");
    page.section("NAME");
    page.text(name + " - " + lines(command.usageMessage().header()).get(0));
    page.section("SYNOPSIS");
    page.text(command.commandLine().getHelp().synopsis(0).strip().replaceAll("\\s+", " "));
    page.arguments(command);
    page.subcommands(command);
    page.section("EXIT STATUS");
    command.usageMessage().exitCodeList().forEach((code, text) -> page.item(code.strip(), text));
    page.footer(lines(command.usageMessage().footer()));
    if (command.parent() != null) {
      page.section("SEE ALSO").text(command.root().qualifiedName() + "(1)");
    }
    return page.page.toString();
  }

  private void arguments(CommandSpec command) {
    if (!command.positionalParameters().isEmpty()) {
      section("PARAMETERS");
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        item(parameter.paramLabel(), description(parameter));
      }
    }
    section("OPTIONS");
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        item(names(command, option), description(option));
      }
    }
  }

  private void subcommands(CommandSpec command) {
    if (!command.subcommands().isEmpty()) {
      section("COMMANDS");
      command
          .subcommands()
          .forEach(
              (name, sub) ->
                  item(
                      command.qualifiedName("-") + "-" + name + "(1)",
                      lines(sub.getCommandSpec().usageMessage().header()).get(0)));
    }
  }

  /** The footer has headings, each with lines that are to stay as they are, and sentences. */
  private void footer(List<String> lines) {
    boolean verbatim = false;
    for (String line : lines) {
      if (line.isEmpty()) {
        continue;
      }
      boolean indented = line.startsWith(" ");
      if (verbatim != indented) {
        request(indented ? "nf" : "fi");
        verbatim = indented;
      }
      if (indented) {
        text(line.substring(2));
      } else if (line.endsWith(":")) {
        section(line.substring(0, line.length() - 1).toUpperCase(Locale.ROOT));
      } else {
        request("PP").text(line);
      }
    }
    if (verbatim) {
      request("fi");
    }
  }

  /** Returns all names of an option and what follows them. */
  static String names(CommandSpec command, OptionSpec option) {
    List<String> names = new ArrayList<>();
    for (String name : option.names()) {
      names.add(name);
      if (option.negatable()) {
        names.add(command.negatableOptionTransformer().makeNegative(name, command));
      }
    }
    String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
    return String.join(", ", names) + value;
  }

  /** Returns the description in one line, without markup. */
  static String description(ArgSpec argument) {
    return String.join(" ", lines(argument.description())).strip();
  }

  /** Returns texts of picocli as lines, without its markup for colours. */
  static List<String> lines(String... texts) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      lines.addAll(Ansi.OFF.string(text.replace("%n", "\n").replace("%%", "%")).lines().toList());
    }
    return lines;
  }

  private ManualPage request(String request) {
    page.append('.').append(request).append('\n');
    return this;
  }

  private ManualPage section(String title) {
    return request("SH \"" + title + "\"");
  }

  private void item(String term, String text) {
    request("TP").text("\\fB" + escaped(term) + "\\fR", false).text(text);
  }

  private ManualPage text(String text) {
    return text(text, true);
  }

  private ManualPage text(String text, boolean escapes) {
    String line = escapes ? escaped(text) : text;
    page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "");
    page.append(line).append('\n');
    return this;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
