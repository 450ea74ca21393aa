package dev.allowflux.cli.command;

import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import java.io.IOException;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code completion}: what a shell needs to complete commands and options. */
@Command(
    name = "completion",
    header = "Prints a script that teaches a shell to complete commands and options.",
    footer = {
      "%nExamples:",
      "  source <(allowflux completion bash)",
      "  allowflux completion zsh > ~/.allowflux-completion && . ~/.allowflux-completion"
    })
final class CompletionCommand extends AbstractCommand {

  /** The shells that the script is for; it is the same for both. */
  enum Dialect {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Asked for only so that a shell with a script of its own can be added. */
  @SuppressWarnings("UnusedVariable")
  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Dialect dialect = Dialect.BASH;

  CompletionCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    Output.standard(io())
        .println(
            AutoComplete.bash("allowflux", parser().getCommandSpec().root().commandLine())
                .stripTrailing());
    return ExitCode.DONE;
  }
}
