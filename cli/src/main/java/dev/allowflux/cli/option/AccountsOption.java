package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.Operation;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Many accounts in place of one: those of a list, or all that a credential sees. */
public final class AccountsOption {

  private static final String ALL = "all";
  private static final int LONGEST_SHOWN = 60;

  /** What stands in for the accounts before they are known: it says which credential to use. */
  private static final List<AccountEntry> UNKNOWN =
      List.of(new AccountEntry(new AccountId(ALL), "", null));

  private static final List<AccountEntry> SIMULATED =
      Stream.of("simulated-1", "simulated-2", "simulated-3")
          .map(id -> new AccountEntry(new AccountId(id), "", null))
          .toList();

  @Option(
      names = "--accounts",
      paramLabel = "FILE|all",
      description =
          "Do it in every account of a list: CSV or lines of JSON with account, name and"
              + " credential, which is env:NAME or file:PATH and says where the API token is;"
              + " without it the credential is that of a single account. all: every account that"
              + " this credential sees; one without Email Security is left out and named.")
  private @Nullable Path file;

  public boolean given() {
    return file != null;
  }

  /** Tells whether the accounts are all that the credential sees. */
  public boolean isAll() {
    return file != null && file.toString().equals(ALL);
  }

  /** Refuses an output that would replace the list, or a file that it names. */
  public void keep(CommandLine command, List<AccountEntry> list, String name, @Nullable Path output)
      throws IOException {
    Arguments.differentFiles(command, "--accounts", isAll() ? null : file, name, output);
    for (AccountEntry entry : list) {
      String files = "a file of account " + entry.account();
      Arguments.differentFiles(command, files, entry.add(), name, output);
      Arguments.differentFiles(command, files, entry.without(), name, output);
    }
  }

  /** Reads the list, or asks the API for it. */
  public List<AccountEntry> read(
      CommandLine command, Invocation invocation, ConnectionOptions connection) throws IOException {
    if (file == null) {
      throw new IllegalStateException("there is no list");
    }
    if (!isAll()) {
      return AccountList.read(file);
    }
    List<AccountEntry> start = connection.isSimulated() ? SIMULATED : UNKNOWN;
    try (AccountSessions sessions = connection.openAll(command, invocation, start)) {
      List<AccountEntry> seen =
          ClientSession.await(
              sessions
                  .client(start.get(0), settings -> {})
                  .accounts()
                  .map(AccountsOption::entry)
                  .collectList());
      if (seen.isEmpty()) {
        throw new IOException(
            "the credential sees no account; name the accounts in a file with --accounts FILE");
      }
      return seen;
    }
  }

  /** Takes an account of the service's list, whose faults are none of whoever gave the command. */
  private static AccountEntry entry(Account account) {
    String id = account.id().value();
    if (!Arguments.isAccountId(id)) {
      throw new Malformed(
          FailureDetails.builder(Operation.LIST_ACCOUNTS, null).requestSent(Sent.YES).build(),
          "an account id has letters and digits, and not " + SafeText.line(id, LONGEST_SHOWN));
    }
    return new AccountEntry(account.id(), account.name(), null);
  }
}
