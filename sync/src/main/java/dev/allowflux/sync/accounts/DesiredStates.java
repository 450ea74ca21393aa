package dev.allowflux.sync.accounts;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.error.InputException.Problem;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.sync.file.PolicyFileReader;
import dev.allowflux.sync.file.PolicyFileReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The desired policies of many accounts: a base that all of them have, and for an account the file
 * of what it does not have of the base, and the file of what it has besides.
 *
 * <p>An account has {@code (base - without) + add}. What an account is to have in another form than
 * the base gives it stands in both of its files. {@code without} is about what is desired: whether
 * a policy that is not desired is deleted is a matter of the {@linkplain
 * dev.allowflux.plan.SyncMode mode}. Of the policies in {@code without} only the {@linkplain
 * PolicyKey key} counts.
 *
 * <p>The base is in memory, the files of an account are read when it is planned. Immutable and safe
 * for use by many threads.
 *
 * @since 0.1
 */
public final class DesiredStates {
  private static final int MOST_PROBLEMS = 50;

  private final List<DesiredPolicy> base;
  private final Set<PolicyKey> keys;
  private final PolicyFileReader reader;

  private DesiredStates(List<DesiredPolicy> base, PolicyFileReader reader) {
    this.base = base;
    this.reader = reader;
    keys = new HashSet<>();
    base.forEach(policy -> keys.add(policy.key()));
  }

  /**
   * Returns the desired policies of accounts that have a base in common.
   *
   * @param base the policies that all accounts have but for those that they are to be without
   * @param reader reads the files of the accounts
   * @return the desired policies; no file is read yet
   */
  public static DesiredStates of(Collection<DesiredPolicy> base, PolicyFileReader reader) {
    return new DesiredStates(List.copyOf(base), requireNonNull(reader, "reader"));
  }

  /**
   * Returns the policies of the base.
   *
   * @return the base in its order; immutable
   */
  public List<DesiredPolicy> base() {
    return base;
  }

  /**
   * Reads the files of an account, if it has any, and returns what it is to have. Blocks.
   *
   * @param account the account
   * @return the policies of the base that it keeps, then those of its own; immutable
   * @throws InputException if a file is damaged, or if {@code without} has a policy that the base
   *     does not have; it names the line
   * @throws IOException if a file cannot be read
   */
  public List<DesiredPolicy> policies(AccountEntry account) throws IOException {
    return policies(account, report -> {});
  }

  /**
   * Reads the files of an account as {@link #policies(AccountEntry)} does, and reports what
   * somebody should know about them.
   *
   * @param account the account
   * @param reports takes one report for each file
   * @return the policies of the base that it keeps, then those of its own; immutable
   * @throws InputException as for {@link #policies(AccountEntry)}
   * @throws IOException if a file cannot be read
   */
  public List<DesiredPolicy> policies(
      AccountEntry account, Consumer<? super PolicyFileReport> reports) throws IOException {
    List<DesiredPolicy> without = read(account.without(), reports);
    List<DesiredPolicy> add = read(account.add(), reports);
    if (without.isEmpty() && add.isEmpty()) {
      return base;
    }
    Set<PolicyKey> taken = new HashSet<>();
    List<Problem> problems = new ArrayList<>();
    long count = 0;
    for (DesiredPolicy policy : without) {
      PolicyKey key = policy.key();
      if (keys.contains(key)) {
        taken.add(key);
      } else if (++count <= MOST_PROBLEMS) {
        problems.add(notInBase(account, policy));
      }
    }
    if (count > 0) {
      throw count == 1
          ? new InputException(problems.get(0))
          : new InputException(
              account.without() + ": " + count + " policies are not in the base", problems, count);
    }
    List<DesiredPolicy> desired = new ArrayList<>(base.size() + add.size());
    for (DesiredPolicy policy : base) {
      if (taken.isEmpty() || !taken.contains(policy.key())) {
        desired.add(policy);
      }
    }
    desired.addAll(add);
    return List.copyOf(desired);
  }

  private static Problem notInBase(AccountEntry account, DesiredPolicy policy) {
    String origin = policy.origin();
    return new Problem(
        origin == null ? String.valueOf(account.without()) : origin,
        0,
        0,
        policy.key()
            + " is not in the base, so account "
            + account.account()
            + " cannot be without it");
  }

  private List<DesiredPolicy> read(@Nullable Path file, Consumer<? super PolicyFileReport> reports)
      throws IOException {
    if (file == null) {
      return List.of();
    }
    List<DesiredPolicy> policies = new ArrayList<>();
    reports.accept(reader.read(file, policies::add));
    return policies;
  }

  /** Returns the number of policies in the base. */
  @Override
  public String toString() {
    return "DesiredStates[base=" + base.size() + "]";
  }
}
