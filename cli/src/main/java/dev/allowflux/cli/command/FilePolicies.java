package dev.allowflux.cli.command;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.query.PolicyDatabase;
import dev.allowflux.query.PolicyQuery;
import dev.allowflux.sync.file.ExportReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stores the policies of a file that a query depends on, with the account that the file says. */
final class FilePolicies implements ExportReader.Visitor {
  private static final int PORTION = 1000;

  private final PolicyQuery query;
  private final PolicyDatabase database;
  private final List<AllowPolicy> portion = new ArrayList<>();
  private @Nullable AccountId account;

  FilePolicies(PolicyQuery query, PolicyDatabase database) {
    this.query = query;
    this.database = database;
  }

  @Override
  public boolean takesAccounts() {
    return true;
  }

  @Override
  public void visit(AllowPolicy policy, String place) {
    visit(policy, place, null);
  }

  @Override
  public void visit(AllowPolicy policy, String place, @Nullable AccountId of) {
    if (!query.filter().matches(policy)) {
      return;
    }
    if (portion.size() == PORTION || !Objects.equals(account, of)) {
      store();
      account = of;
    }
    portion.add(policy);
  }

  /** Stores what is left at the end of the file. */
  void store() {
    try {
      database.add(account, portion);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    portion.clear();
  }
}
