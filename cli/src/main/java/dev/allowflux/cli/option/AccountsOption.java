package dev.allowflux.cli.option;

import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A list of accounts in place of one. */
public final class AccountsOption {

  @Option(
      names = "--accounts",
      paramLabel = "FILE",
      description =
          "Do it in every account of a list: CSV or lines of JSON with account, name and"
              + " credential, which is env:NAME or file:PATH and says where the API token is;"
              + " without it the credential is that of a single account.")
  private @Nullable Path file;

  public boolean given() {
    return file != null;
  }

  /** Reads the list. */
  public List<AccountEntry> read() throws IOException {
    if (file == null) {
      throw new IllegalStateException("there is no list");
    }
    return AccountList.read(file);
  }
}
