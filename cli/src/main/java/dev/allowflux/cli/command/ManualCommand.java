package dev.allowflux.cli.command;

import dev.allowflux.cli.output.ManualPage;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code manual}: the manual page of a command. */
@Command(
    name = "manual",
    header = "Prints the manual page of a command, for man.",
    footer = {"%nExamples:", "  allowflux manual export | man -l -"})
final class ManualCommand extends AbstractCommand {

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "The command; without it, allowflux itself.")
  private @Nullable String name;

  ManualCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    CommandSpec root = parser().getCommandSpec().root();
    CommandLine command = name == null ? root.commandLine() : root.subcommands().get(name);
    if (command == null) {
      throw new ParameterException(parser(), "there is no command " + name);
    }
    Output.standard(io())
        .println(ManualPage.of(command.getCommandSpec(), root.version()[0]).stripTrailing());
    return ExitCode.DONE;
  }
}
