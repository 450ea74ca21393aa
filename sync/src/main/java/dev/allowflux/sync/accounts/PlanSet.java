package dev.allowflux.sync.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.json.PlanSetReader;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.plan.PlanNotApprovedException;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.PlanFile;
import dev.allowflux.sync.internal.journal.PrivateFiles;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * The plans of many accounts as one document, which is reviewed once and has one digest.
 *
 * <p>The {@linkplain #digest() digest} is the SHA-256 of the digests of all plans, with where their
 * credentials are, and of the accounts that have no plan since they could not be planned, each
 * sorted by account: the order of the list and the times of the readings do not change it. A set
 * with failed accounts can be reviewed and applied; it says which they are, and its digest is
 * another one than that of the set with them.
 *
 * <p>The plans stay on disk and are read one by one, so that a set needs little memory. Safe for
 * use by many threads until it is closed. All methods but the accessors block. Longer than most,
 * since it reads and writes one document.
 *
 * @since 0.1
 */
public final class PlanSet implements Closeable {
  private static final Comparator<Item> BY_ACCOUNT =
      Comparator.comparing(item -> item.account().value());

  private final PlanStorage file;
  private final List<Item> items;
  private final Map<AccountId, Stored> plans;
  private final List<AccountId> failed;
  private final String digest;

  private PlanSet(PlanStorage file, Map<AccountId, Stored> plans, Collection<AccountId> failed) {
    this.file = file;
    this.plans = Map.copyOf(plans);
    this.items = plans.values().stream().map(Stored::item).sorted(BY_ACCOUNT).toList();
    this.failed = failed.stream().sorted(Comparator.comparing(AccountId::value)).toList();
    this.digest = digest(items, this.failed);
  }

  /**
   * What a set says of one plan.
   *
   * @param account the account
   * @param credential where its credential is, as in {@link AccountEntry}, or {@code null}
   * @param counts how many changes of each kind the plan has
   * @param digest the digest of the plan
   * @since 0.1
   */
  public record Item(
      AccountId account, @Nullable String credential, SyncPlan.Counts counts, String digest) {
    /**
     * Tells whether the plan changes nothing.
     *
     * @return true if there are no changes
     */
    public boolean isEmpty() {
      return counts.creates() + counts.edits() + counts.deletes() == 0;
    }
  }

  /** A plan, and where it is in the file, in bytes. */
  private record Stored(Item item, long start, long end) {}

  /**
   * Begins a set. Its plans are kept in a temporary file, which only its owner can read and which
   * is deleted when the builder, or the set, is closed; in the JVM's folder for temporary files.
   *
   * @return a builder without plans
   * @throws IOException if the file cannot be made
   */
  public static Builder builder() throws IOException {
    return builder(Path.of(System.getProperty("java.io.tmpdir", ".")));
  }

  /**
   * Begins a set as {@link #builder()} does, with its temporary file in a folder of the caller's
   * choice.
   *
   * @param folder the folder
   * @return a builder without plans
   * @throws IOException if the file cannot be made there
   */
  public static Builder builder(Path folder) throws IOException {
    return new Builder(requireNonNull(folder, "folder"));
  }

  /**
   * Reads a set from a file, which stays open until the set is closed.
   *
   * @param path a file that has the document of a set and nothing else
   * @return the set, whose digest is that of the document
   * @throws IllegalArgumentException if it is no set, one of an unknown version, or one that was
   *     edited after it was made; in one line that says what is wrong
   * @throws IOException if the file cannot be read
   */
  public static PlanSet read(Path path) throws IOException {
    PlanStorage file = PlanStorage.open(path);
    try {
      Map<AccountId, Stored> plans = new HashMap<>();
      PlanSetReader.Head head =
          PlanSetReader.read(
              file.part(0, file.size()),
              (plan, credential, start, end) -> {
                Stored stored = new Stored(item(plan, credential), start, end);
                if (plans.put(plan.account(), stored) != null) {
                  throw new IllegalArgumentException(
                      "account " + plan.account() + " has two plans");
                }
              });
      PlanSet set = new PlanSet(file, plans, head.failed());
      if (!set.digest.equals(head.digest())) {
        throw new IllegalArgumentException(
            "no plans of many accounts that can be used: the document was edited after it was made:"
                + " its digest is given as another one than "
                + set.digest);
      }
      return set;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Tells whether a file begins as the document of a set does.
   *
   * @param path a file
   * @return false too if it cannot be read
   */
  public static boolean isSet(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes(64), UTF_8).replaceAll("\\s", "").startsWith("{\"plan_set\"");
    } catch (IOException e) {
      return false;
    }
  }

  private static Item item(SyncPlan plan, @Nullable String credential) {
    return new Item(plan.account(), credential, plan.counts(), plan.digest());
  }

  /** Lengths stand in front of texts, so that no two sets have the same bytes. */
  private static String digest(List<Item> items, List<AccountId> failed) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      try (DataOutputStream out =
          new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
        out.writeInt(PlanSetReader.VERSION);
        out.writeInt(items.size());
        for (Item item : items) {
          text(out, item.digest());
          text(out, Objects.requireNonNullElse(item.credential(), ""));
        }
        for (AccountId account : failed) {
          text(out, account.value());
        }
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing can fail here", e);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Returns what there is to say of each plan.
   *
   * @return the plans, sorted by account; immutable
   */
  public List<Item> items() {
    return items;
  }

  /**
   * Returns the accounts that have no plan since they could not be planned.
   *
   * @return the accounts, sorted; immutable
   */
  public List<AccountId> failed() {
    return failed;
  }

  /**
   * Returns the digest, by which a reviewed set is recognised.
   *
   * @return 64 hexadecimal digits in lower case
   */
  public String digest() {
    return digest;
  }

  /**
   * Returns how many changes of each kind there are in all plans.
   *
   * @return the sums
   */
  public SyncPlan.Counts counts() {
    long creates = 0;
    long edits = 0;
    long deletes = 0;
    long unchanged = 0;
    for (Item item : items) {
      creates += item.counts().creates();
      edits += item.counts().edits();
      deletes += item.counts().deletes();
      unchanged += item.counts().unchanged();
    }
    return new SyncPlan.Counts(creates, edits, deletes, unchanged);
  }

  /**
   * Tells whether nothing has to change in any account that was planned.
   *
   * @return true if no plan has changes
   */
  public boolean isEmpty() {
    return items.stream().allMatch(Item::isEmpty);
  }

  /**
   * Reads the plan of an account.
   *
   * @param account an account of {@link #items()}
   * @return the plan, whose digest is that of the item
   * @throws IllegalArgumentException if the account has no plan
   * @throws ApplyRefusedException if the file was changed since the set was read
   * @throws IOException if the file cannot be read
   */
  public SyncPlan plan(AccountId account) throws IOException {
    Stored stored = plans.get(account);
    if (stored == null) {
      throw new IllegalArgumentException("there is no plan of account " + text(account));
    }
    try {
      SyncPlan plan = PlanFile.read(part(stored));
      if (plan.account().equals(account) && plan.digest().equals(stored.item().digest())) {
        return plan;
      }
    } catch (IllegalArgumentException e) {
      // It was a plan when the set was read.
    }
    throw new ApplyRefusedException("the file of the plans was changed while it was used");
  }

  private InputStream part(Stored plan) {
    return file.part(plan.start(), plan.end());
  }

  private static String text(AccountId account) {
    return SafeText.line(account.value());
  }

  /**
   * Approves the plans because they are those that were reviewed.
   *
   * @param reviewed the digest of the set that was reviewed
   * @return this set, to be applied
   * @throws PlanNotApprovedException if this set has another digest
   */
  public ApprovedPlanSet approve(String reviewed) {
    if (!digest.equals(requireNonNull(reviewed, "digest"))) {
      throw new PlanNotApprovedException(
          "the plans are not those that were reviewed: their digest is "
              + digest
              + ", not "
              + reviewed);
    }
    return new ApprovedPlanSet(this);
  }

  /**
   * Approves the plans because somebody who is trusted signed each of them. Reads all plans.
   *
   * @param key the public key of whoever is trusted
   * @return this set, to be applied
   * @throws PlanNotApprovedException if a plan has no signature, or one that the key does not
   *     confirm; it names the account
   * @throws IOException if the file cannot be read
   */
  public ApprovedPlanSet approve(PublicKey key) throws IOException {
    for (Item item : items) {
      try {
        plan(item.account()).approve(key);
      } catch (PlanNotApprovedException e) {
        throw new PlanNotApprovedException(
            "account " + text(item.account()) + ": " + e.getMessage());
      }
    }
    return new ApprovedPlanSet(this);
  }

  /**
   * Finds the entries of the accounts that have changes.
   *
   * @param accounts a list that has every account of this set, with the same credential
   * @return the entries, in the order of the list
   * @throws ApplyRefusedException if an account is not in the list, or has another credential there
   */
  public List<AccountEntry> entries(Collection<AccountEntry> accounts) {
    Map<AccountId, AccountEntry> entries = new HashMap<>();
    accounts.forEach(entry -> entries.put(entry.account(), entry));
    Set<AccountId> changed = new HashSet<>();
    for (Item item : items) {
      AccountEntry entry = entries.get(item.account());
      if (entry == null) {
        throw new ApplyRefusedException(
            "the list lacks account "
                + text(item.account())
                + " of the plans; use the list that they were made with");
      }
      if (!Objects.equals(entry.credential(), item.credential())) {
        throw new ApplyRefusedException(
            "account "
                + SafeText.line(entry.toString())
                + " has the credential "
                + words(entry.credential())
                + " in the list and "
                + words(item.credential())
                + " in the plans; use the list that they were made with, or plan again");
      }
      if (!item.isEmpty()) {
        changed.add(item.account());
      }
    }
    return accounts.stream().filter(entry -> changed.contains(entry.account())).toList();
  }

  private static String words(@Nullable String credential) {
    return credential == null ? "of the command" : SafeText.line(credential);
  }

  /**
   * Writes the set as JSON in UTF-8, one change a line.
   *
   * @param out takes the document; flushed, not closed
   * @throws IOException if it takes no more, or the file of the set cannot be read
   */
  public void write(OutputStream out) throws IOException {
    StringBuilder head = new StringBuilder("{\n\"plan_set\":");
    head.append(PlanSetReader.VERSION).append(",\n\"digest\":").append(quoted(digest));
    head.append(",\n\"failed\":[");
    for (int i = 0; i < failed.size(); i++) {
      head.append(i == 0 ? "" : ",").append(quoted(failed.get(i).value()));
    }
    out.write(head.append("],\n\"plans\":[").toString().getBytes(UTF_8));
    String between = "\n{";
    for (Item item : items) {
      String credential = item.credential();
      String start = credential == null ? "" : "\"credential\":" + quoted(credential) + ",";
      out.write((between + start + "\"plan\":").getBytes(UTF_8));
      part(requireNonNull(plans.get(item.account()))).transferTo(out);
      out.write('}');
      between = ",\n{";
    }
    out.write("]}\n".getBytes(UTF_8));
    out.flush();
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
  }

  /**
   * Writes the set to a file that only its owner can read. The file appears under its name only
   * when it is whole; what is there is replaced, but for something that is no file, such as a pipe,
   * which is written to.
   *
   * @param path the file
   * @throws IOException if it cannot be written; it names the file
   */
  public void write(Path path) throws IOException {
    PrivateFiles.write(path, this::write);
  }

  /**
   * Closes the file of the set; a temporary one is deleted.
   *
   * @throws IOException if that fails
   */
  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Returns the number of plans, of failed accounts, and the digest. */
  @Override
  public String toString() {
    return "PlanSet[plans="
        + items.size()
        + ", failed="
        + failed.size()
        + ", digest="
        + digest
        + "]";
  }

  /**
   * Collects the plans of a set, in any order. Safe for use by many threads; all methods block.
   *
   * @since 0.1
   */
  public static final class Builder implements Closeable {
    private final PlanStorage file;
    private final Map<AccountId, Stored> plans = new HashMap<>();
    private final Set<AccountId> failed = new HashSet<>();
    private boolean built;

    private Builder(Path folder) throws IOException {
      file = PlanStorage.temporary(folder);
    }

    /**
     * Adds the plan of an account.
     *
     * @param entry the account
     * @param plan its plan
     * @return this builder
     * @throws IllegalArgumentException if the plan is of another account, or the set has it already
     * @throws IOException if it cannot be written
     */
    public synchronized Builder add(AccountEntry entry, SyncPlan plan) throws IOException {
      if (!plan.account().equals(entry.account())) {
        throw new IllegalArgumentException("the plan is not of account " + entry);
      }
      requireNew(entry);
      long start = file.size();
      OutputStream out = file.end();
      plan.write(out);
      out.flush();
      plans.put(
          entry.account(), new Stored(item(plan, entry.credential()), start, file.size() - 1));
      return this;
    }

    /**
     * Adds an account that could not be planned.
     *
     * @param entry the account
     * @return this builder
     * @throws IllegalArgumentException if the set has the account already
     */
    public synchronized Builder addFailed(AccountEntry entry) {
      requireNew(entry);
      failed.add(entry.account());
      return this;
    }

    /**
     * Adds what became of an account: its plan, or that it could not be planned.
     *
     * @param outcome an outcome of {@link AccountsSync#plan}
     * @return this builder
     * @throws IllegalArgumentException if the set has the account already
     * @throws IOException if the plan cannot be written
     */
    public Builder add(AccountOutcome<SyncPlan> outcome) throws IOException {
      return outcome instanceof AccountOutcome.Done<SyncPlan> done
          ? add(done.entry(), done.value())
          : addFailed(outcome.entry());
    }

    private void requireNew(AccountEntry entry) {
      if (plans.containsKey(entry.account()) || failed.contains(entry.account())) {
        throw new IllegalArgumentException("the set has account " + entry + " already");
      }
    }

    /**
     * Returns the set. The builder takes nothing more, and closing it does nothing.
     *
     * @return the set, to be closed by the caller
     */
    public synchronized PlanSet build() {
      built = true;
      return new PlanSet(file, plans, failed);
    }

    /**
     * Deletes what was collected, unless a set was built.
     *
     * @throws IOException if that fails
     */
    @Override
    public synchronized void close() throws IOException {
      if (!built) {
        file.close();
      }
    }
  }
}
