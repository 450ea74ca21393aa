package dev.allowflux.cli.option;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The desired policies of many accounts, in place of a file for one. */
public final class BaseOption {

  @Option(
      names = "--base",
      paramLabel = "FILE",
      description =
          "With --accounts, in place of the parameter: the desired policies that all accounts have;"
              + " - for standard input. The list may have columns with files of an account, in the"
              + " folder of the list: 'add' for what it has besides, 'without' for what it does not"
              + " have of the base.")
  private @Nullable Path base;

  /**
   * Returns the base, or null if the desired policies are those of a file for one account.
   *
   * @param accounts the list of accounts, if one is given
   * @param file the file for one account, if one is given
   */
  public @Nullable Path of(CommandLine command, AccountsOption accounts, @Nullable Path file) {
    if (accounts.given()) {
      if (file != null) {
        throw new ParameterException(
            command, "--accounts takes the desired policies from --base FILE, not from " + file);
      }
      if (base == null) {
        throw new ParameterException(
            command, "--accounts needs --base FILE with the policies that all accounts have");
      }
    } else if (base != null) {
      throw new ParameterException(command, "--base needs --accounts; one account takes FILE");
    } else if (file == null) {
      throw new ParameterException(command, "Missing required parameter: 'FILE'");
    }
    return base;
  }
}
