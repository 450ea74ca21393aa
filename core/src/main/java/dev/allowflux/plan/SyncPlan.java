package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import dev.allowflux.plan.ExposureCheck.Exposure;
import java.io.IOException;
import java.io.OutputStream;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to change in an account, and how that was found out.
 *
 * <p>A plan is a document. Its <em>canonical form</em> is the JSON that {@link #write} writes, in
 * the spelling of RFC 8785 (members sorted by name, no space, shortest escapes; half of a surrogate
 * pair, which that RFC does not know, as an escape in lower case).
 *
 * <ul>
 *   <li>The {@linkplain #digest() digest} is the SHA-256 of that form without the members {@code
 *       digest}, {@code read} and {@code signature}: two plans with the same changes have the same
 *       digest, whenever the account was read. It is a checksum against accidents, not a proof of
 *       who made the plan.
 *   <li>The {@linkplain #sign signature} covers that form without the member {@code signature}: the
 *       times of the reading too.
 * </ul>
 *
 * <p>A plan cannot be applied as it is: it is approved first, by {@linkplain #approve(String) its
 * digest} or by {@linkplain #approve(PublicKey) its signature}.
 *
 * <p>Immutable and safe for use by many threads. Longer than most, since its accessors have
 * Javadoc.
 *
 * @since 0.1
 */
public final class SyncPlan {
  /** The version of the documents that are written and read. */
  public static final int VERSION = 2;

  private final AccountId account;
  private final SyncMode mode;
  private final AccountRead read;
  private final List<SafetyRule.Overridden> overrides;
  private final List<String> warnings;
  private final List<PolicyChange> changes;
  private final Counts counts;
  private final String digest;
  private final @Nullable String signature;

  private SyncPlan(Builder builder) {
    account = builder.account;
    mode = builder.mode;
    read = builder.read;
    overrides = builder.overrides;
    warnings = builder.warnings;
    changes = builder.changes;
    counts = Counts.of(changes, builder.unchanged);
    signature = builder.signature;
    digest = PlanDocument.digest(this);
  }

  /**
   * Returns a builder of a plan without changes. Plans are made by {@link SyncPlanner}; this is for
   * plans that come from elsewhere, and for tests.
   *
   * @param account the account that the plan is for
   * @param mode which policies the plan answers for
   * @param read when and how the account was read
   * @return a builder that needs nothing more
   */
  public static Builder builder(AccountId account, SyncMode mode, AccountRead read) {
    return new Builder(account, mode, read);
  }

  /**
   * Returns the account that the plan is for.
   *
   * @return the account that was read
   */
  public AccountId account() {
    return account;
  }

  /**
   * Returns which policies the plan answers for.
   *
   * @return the mode that it was made in
   */
  public SyncMode mode() {
    return mode;
  }

  /**
   * Returns when and how the account was read. The plan is as old as {@link
   * AccountRead#startedAt()}.
   *
   * @return how the account was read
   */
  public AccountRead accountRead() {
    return read;
  }

  /**
   * Returns the changes.
   *
   * @return creates, edits and deletes, each sorted by key; immutable
   */
  public List<PolicyChange> changes() {
    return changes;
  }

  /**
   * Returns how many changes of each kind there are.
   *
   * @return the counts of {@link #changes()}, and of the policies that need no change
   */
  public Counts counts() {
    return counts;
  }

  /**
   * Returns the safety rules that the plan breaks, as it was allowed to. Whoever applies the plan
   * allows those on what policies expose again.
   *
   * @return one entry a rule; immutable, empty by default
   */
  public List<SafetyRule.Overridden> overrides() {
    return overrides;
  }

  /**
   * Refuses the plan if its changes expose more than somebody allows; the rules on what policies
   * expose are judged anew, whatever the plan says about them.
   *
   * @param rules judge what patterns expose
   * @param limits what is allowed
   * @throws UnsafePlanException if a rule is broken that is not allowed to be
   */
  public void requireSafe(ExposureRules rules, SyncLimits limits) {
    ExposureCheck check = new ExposureCheck(rules);
    for (PolicyChange change : changes) {
      if (change instanceof PolicyChange.Create create) {
        check.judge(
            create.key(), create.policy().pattern(), Exposure.NONE, Exposure.of(create.policy()));
      } else if (change instanceof PolicyChange.Edit edit) {
        check.judge(
            edit.key(),
            String.valueOf(edit.before().pattern()),
            Exposure.of(edit.before()),
            Exposure.of(edit.after()));
      }
    }
    List<UnsafePlanException.Refusal> refusals = check.refusals(limits);
    if (!refusals.isEmpty()) {
      throw new UnsafePlanException(refusals);
    }
  }

  /**
   * Returns what people should know about the plan.
   *
   * @return one line each; policies are named as far as they are few
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Tells whether nothing has to change.
   *
   * @return true if there are no changes
   */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * Returns the digest, by which a reviewed plan is recognised.
   *
   * @return 64 hexadecimal digits in lower case
   */
  public String digest() {
    return digest;
  }

  /**
   * Returns the signature.
   *
   * @return Base64, or {@code null} if the plan was not signed; nothing says that it is valid
   */
  public @Nullable String signature() {
    return signature;
  }

  /**
   * Signs the plan by Ed25519. An earlier signature is replaced.
   *
   * @param key an Ed25519 key, see {@link PlanKeys#privateKey}
   * @return the same plan with the signature
   * @throws IllegalArgumentException if the key is of another kind
   */
  public SyncPlan sign(PrivateKey key) {
    return new Builder(this).signature(PlanKeys.sign(PlanDocument.signedForm(this), key)).build();
  }

  /**
   * Tells whether the plan was signed with the private half of a key and not changed since.
   *
   * @param key an Ed25519 key, see {@link PlanKeys#publicKey}
   * @return false too if there is no signature, or the key is of another kind
   */
  public boolean isSignedBy(PublicKey key) {
    return signature != null && PlanKeys.verify(PlanDocument.signedForm(this), signature, key);
  }

  /**
   * Approves the plan because it is the one that was reviewed.
   *
   * @param digest the digest of the plan that was reviewed
   * @return this plan, to be applied
   * @throws PlanNotApprovedException if this plan has another digest
   */
  public ApprovedPlan approve(String digest) {
    if (!this.digest.equals(requireNonNull(digest, "digest"))) {
      throw new PlanNotApprovedException(
          "the plan is not the one that was reviewed: its digest is "
              + this.digest
              + ", not "
              + digest);
    }
    return new ApprovedPlan(this);
  }

  /**
   * Approves the plan because somebody who is trusted signed it.
   *
   * @param key the public key of whoever is trusted
   * @return this plan, to be applied
   * @throws PlanNotApprovedException if it has no signature, or one that the key does not confirm
   */
  public ApprovedPlan approve(PublicKey key) {
    if (!isSignedBy(requireNonNull(key, "key"))) {
      throw new PlanNotApprovedException(
          signature == null
              ? "the plan has no signature; sign it, or approve it by its digest " + digest
              : "the signature of the plan is not of the trusted key, or the plan was changed"
                  + " after it was signed");
    }
    return new ApprovedPlan(this);
  }

  /**
   * Writes the plan as JSON in UTF-8, one change a line.
   *
   * @param out takes the document; flushed, not closed
   * @throws IOException if it takes no more
   */
  public void write(OutputStream out) throws IOException {
    PlanDocument.write(this, out);
  }

  /** Two plans are equal if their digests are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SyncPlan that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  /** Returns account, counts and digest. */
  @Override
  public String toString() {
    return "SyncPlan[account=" + account + ", " + counts + ", digest=" + digest + "]";
  }

  /**
   * How many changes of each kind there are.
   *
   * @param creates policies to create
   * @param edits policies to edit
   * @param deletes policies to delete
   * @param unchanged desired policies that are as they should be
   * @since 0.1
   */
  public record Counts(long creates, long edits, long deletes, long unchanged) {
    private static Counts of(List<PolicyChange> changes, long unchanged) {
      long creates = 0;
      long edits = 0;
      long deletes = 0;
      for (PolicyChange change : changes) {
        if (change instanceof PolicyChange.Create) {
          creates++;
        } else if (change instanceof PolicyChange.Edit) {
          edits++;
        } else {
          deletes++;
        }
      }
      return new Counts(creates, edits, deletes, unchanged);
    }
  }

  /**
   * Collects the parts of a plan; a later call replaces an earlier one. Not thread-safe.
   *
   * @since 0.1
   */
  public static final class Builder {
    private final AccountId account;
    private final SyncMode mode;
    private final AccountRead read;
    private long unchanged;
    private List<SafetyRule.Overridden> overrides = List.of();
    private List<String> warnings = List.of();
    private List<PolicyChange> changes = List.of();
    private @Nullable String signature;

    private Builder(AccountId account, SyncMode mode, AccountRead read) {
      this.account = requireNonNull(account, "account");
      this.mode = requireNonNull(mode, "mode");
      this.read = requireNonNull(read, "read");
    }

    private Builder(SyncPlan plan) {
      this(plan.account, plan.mode, plan.read);
      unchanged = plan.counts.unchanged();
      overrides = plan.overrides;
      warnings = plan.warnings;
      changes = plan.changes;
      signature = plan.signature;
    }

    /**
     * Sets how many desired policies need no change.
     *
     * @param count 0 by default
     * @return this builder
     */
    public Builder unchanged(long count) {
      unchanged = count;
      return this;
    }

    /**
     * Sets the rules that the plan breaks, as it was allowed to.
     *
     * @param overrides one entry a rule, copied; none by default
     * @return this builder
     */
    public Builder overrides(List<SafetyRule.Overridden> overrides) {
      this.overrides = List.copyOf(overrides);
      return this;
    }

    /**
     * Sets what people should know about the plan.
     *
     * @param warnings one line each, copied; none by default
     * @return this builder
     */
    public Builder warnings(List<String> warnings) {
      this.warnings = List.copyOf(warnings);
      return this;
    }

    /**
     * Sets the changes.
     *
     * @param changes creates, then edits, then deletes; copied; none by default
     * @return this builder
     */
    public Builder changes(List<? extends PolicyChange> changes) {
      this.changes = List.copyOf(changes);
      return this;
    }

    /**
     * Sets the signature, which is not checked here.
     *
     * @param signature Base64, or {@code null}, the default, for none
     * @return this builder
     */
    public Builder signature(@Nullable String signature) {
      this.signature = signature;
      return this;
    }

    /**
     * Returns the plan; the builder keeps its values.
     *
     * @return the plan with its digest
     */
    public SyncPlan build() {
      return new SyncPlan(this);
    }
  }
}
