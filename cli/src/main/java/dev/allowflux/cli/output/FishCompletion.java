package dev.allowflux.cli.output;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A script that teaches fish to complete commands and options; picocli writes none. */
public final class FishCompletion {
  private FishCompletion() {}

  /**
   * Returns the script.
   *
   * @param root the program, with all its commands
   */
  public static String of(CommandSpec root) {
    StringBuilder script = new StringBuilder("# allowflux completion for fish\n");
    String program = "complete -c " + root.name();
    for (CommandLine sub : root.subcommands().values()) {
      CommandSpec command = sub.getCommandSpec();
      script
          .append(program)
          .append(" -n __fish_use_subcommand -f -a ")
          .append(command.name())
          .append(" -d ")
          .append(quoted(ManualPage.lines(command.usageMessage().header()).get(0)))
          .append('\n');
      for (OptionSpec option : command.options()) {
        if (!option.hidden()) {
          script
              .append(program)
              .append(" -n ")
              .append(quoted("__fish_seen_subcommand_from " + command.name()))
              .append(flags(command, option))
              .append(" -d ")
              .append(quoted(ManualPage.description(option)))
              .append('\n');
        }
      }
    }
    return script.toString();
  }

  private static String flags(CommandSpec command, OptionSpec option) {
    StringBuilder flags = new StringBuilder();
    for (String name : option.names()) {
      flag(flags, name);
      if (option.negatable()) {
        flag(flags, command.negatableOptionTransformer().makeNegative(name, command));
      }
    }
    if (option.arity().max() > 0) {
      List<String> values = new ArrayList<>();
      if (option.completionCandidates() != null) {
        option.completionCandidates().forEach(values::add);
      }
      // A value of its own is no file; any other may be one.
      flags.append(values.isEmpty() ? " -r" : " -x -a " + quoted(String.join(" ", values)));
    }
    return flags.toString();
  }

  private static void flag(StringBuilder flags, String name) {
    flags.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
