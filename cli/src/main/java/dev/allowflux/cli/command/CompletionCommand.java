package dev.allowflux.cli.command;

import dev.allowflux.cli.output.FishCompletion;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import java.io.IOException;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** {@code completion}: what a shell needs to complete commands and options. */
@Command(
    name = "completion",
    header = "Prints a script that teaches a shell to complete commands and options.",
    footer = {
      "%nExamples:",
      "  source <(allowflux completion bash)",
      "  allowflux completion zsh > ~/.allowflux.zsh && . ~/.allowflux.zsh",
      "  allowflux completion fish > ~/.config/fish/completions/allowflux.fish"
    })
final class CompletionCommand extends AbstractCommand {

  /** The shells that the script is for; it is the same for the first two. */
  enum Dialect {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Dialect dialect = Dialect.BASH;

  CompletionCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    CommandSpec root = parser().getCommandSpec().root();
    String script =
        dialect == Dialect.FISH
            ? FishCompletion.of(root)
            : AutoComplete.bash("allowflux", root.commandLine());
    Output.standard(io()).println(script.stripTrailing());
    return ExitCode.DONE;
  }
}
